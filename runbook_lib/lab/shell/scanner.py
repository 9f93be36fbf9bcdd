"""The characters of a command line under phase 2 of cmd.exe: quotes, carets, words and redirections.

Sources: Microsoft's `cmd` page; "How does the Windows Command Interpreter (CMD.EXE) parse scripts?"
(stackoverflow.com/questions/4094699), phase 2.
"""

from collections.abc import Callable
from typing import Final, Literal

from runbook_lib.lab.shell.syntax import Redirection

DELIMITERS: Final = " \t,;=\x0b\x0c\xa0"
OPERATORS: Final = "&|<>"


class BadSyntax(Exception):  # noqa: N818  (it is what cmd.exe says)
    """The line cannot be understood.

    Attributes:
        unexpected: the word that "was unexpected at this time", or "" for the general complaint.
    """

    def __init__(self, unexpected: str = "") -> None:
        super().__init__(unexpected)
        self.unexpected = unexpected


class Scanner:
    """A place in a line (and in those that follow, while a parenthesis is open, in a batch file)."""

    def __init__(self, text: str, more: Callable[[], str | None] | None = None) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._more = more

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _skip(self, characters: str) -> None:
        while self._peek() and self._peek() in characters:
            self._at += 1

    def _next_line(self) -> bool:
        line = self._more() if self._more else None
        if line is None:
            return False
        self._text, self._at = line, 0
        return True

    def _word_here(self) -> str:
        rest = self._text[self._at :]
        for operator in ("&&", "||", ">>"):
            if rest.startswith(operator):
                return operator
        end = next((n for n, sign in enumerate(rest) if n and sign in DELIMITERS + OPERATORS + "()"), len(rest))
        return rest[:end]

    def _keyword(self, word: str) -> bool:
        """Consume *word* when it stands here as a word of its own."""
        end = self._at + len(word)
        if self._text[self._at : end].lower() != word or self._text[end : end + 1] not in ("", *DELIMITERS, "("):
            return False
        self._at = end
        return True

    def _caret(self) -> str:
        """The character that a caret at this place protects; at the end of a line the next line goes on."""
        self._at += 1
        if self._at >= len(self._text) and not self._next_line():
            return ""
        sign = self._peek()
        self._at += 1
        return sign

    def _words(self) -> tuple[str, list[Redirection]]:
        """The text of a command up to its end, and its redirections."""
        text: list[str] = []
        redirections: list[Redirection] = []
        quoted = False
        while (sign := self._peek()) != "":
            if sign == '"':
                quoted = not quoted
            elif not quoted:
                if sign == "^":
                    text.append(self._caret())
                    continue
                if sign in "<>":
                    handle = self._handle_behind("".join(text))
                    if handle:
                        text = [*"".join(text)[:-1]]
                    redirections.append(self._redirection(handle))
                    continue
                if sign in "&|" or (sign == ")" and self._depth):
                    break
            text.append(sign)
            self._at += 1
        return "".join(text), redirections

    def _handle_behind(self, text: str) -> str:
        """The digit that names the handle: it must stand alone, directly before the sign."""
        before = self._text[self._at - 1] if self._at else ""
        if not text or not before.isdigit() or not text.endswith(before):
            return ""
        return before if self._text[self._at - 2 : self._at - 1] in ("", *DELIMITERS, "@", "(", "&", "|") else ""

    def _redirection_here(self) -> bool:
        return self._peek() in ("<", ">") or (self._peek().isdigit() and self._peek(2)[1:] in ("<", ">"))

    def _redirection(self, handle: str) -> Redirection:
        if self._peek().isdigit():
            handle = self._peek()
            self._at += 1
        kind: Literal["<", ">", ">>"] = "<" if self._peek() == "<" else ">>" if self._peek(2) == ">>" else ">"
        self._at += len(kind)
        number = int(handle) if handle else (0 if kind == "<" else 1)
        if self._peek() == "&":
            self._at += 1
            self._skip(DELIMITERS)
            target = "&" + self._peek()
            self._at += 1
            if not target[1:].isdigit():
                raise BadSyntax(target[1:])
            return Redirection(number, kind, target)
        self._skip(DELIMITERS)
        target = self._token()
        if not target:
            if self._peek():
                raise BadSyntax(self._word_here())
            raise BadSyntax
        return Redirection(number, kind, target)

    def _token(self, stops: str = "") -> str:
        """One word: up to a delimiter or operator outside quotes; carets are taken out, quotes stay."""
        text: list[str] = []
        quoted = False
        while (sign := self._peek()) != "":
            if sign == '"':
                quoted = not quoted
            elif not quoted:
                if sign == "^":
                    text.append(self._caret())
                    continue
                if sign in DELIMITERS + OPERATORS + stops or (sign == ")" and self._depth):
                    break
            text.append(sign)
            self._at += 1
        return "".join(text)
