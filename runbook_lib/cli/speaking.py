"""Which language the command speaks: that of the site it is about, until one is read that of the terminal."""

from contextvars import ContextVar
from typing import Final

from runbook_lib.parameters import Site
from runbook_lib.wording import language_of_terminal, say

_LANGUAGE: Final[ContextVar[str]] = ContextVar("language", default="en")


def begin() -> None:
    """Speak the language of the terminal (LC_ALL, LC_MESSAGES or LANG)."""
    _LANGUAGE.set(language_of_terminal())


def speak_for(site: Site) -> None:
    """Speak the language of *site* from here on."""
    _LANGUAGE.set(site.language)


def spoken(text: str) -> str:
    """*text*, an English sentence of this library, in the language that is spoken."""
    return say(_LANGUAGE.get(), text)
