"""Pages and pictures for people, made from what the record holds."""
