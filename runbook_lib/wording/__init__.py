"""The words people see, in the language of the site."""
