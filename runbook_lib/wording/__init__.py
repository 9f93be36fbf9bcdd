"""The words people see, in the language of the site.

The library thinks, journals and raises in English.  What the eye sees goes through `say`, which knows the Japanese for
every sentence that the library makes; `tests/wording` finds the sentences in the source and fails for one without.
"""

from runbook_lib.wording.saying import both, language_of_terminal, say, say_value

__all__ = ["both", "language_of_terminal", "say", "say_value"]
