"""The grammar of a command line: what `Scanner` reads becomes commands.

Sources: Microsoft's `cmd` page; "How does the Windows Command Interpreter (CMD.EXE) parse scripts?"
(stackoverflow.com/questions/4094699), phase 2. Precedence, from tight to loose: |, &&, ||, &, else.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from runbook_lib.lab.shell.scanner import DELIMITERS, OPERATORS, BadSyntax, Scanner
from runbook_lib.lab.shell.syntax import Block, Chain, Command, Condition, For, If, Redirection, Remark, Simple

__all__ = ["BadSyntax", "Parser"]

_COMPARISONS: Final = frozenset({"EQU", "NEQ", "LSS", "LEQ", "GTR", "GEQ"})
_TESTS: Final = frozenset({"EXIST", "DEFINED", "ERRORLEVEL", "CMDEXTVERSION"})


class Parser(Scanner):
    """Reads one command line (with further lines while a parenthesis is open, in a batch file)."""

    def __init__(self, text: str, more: Callable[[], str | None] | None = None) -> None:
        super().__init__(text, more)
        self._ifs = 0

    def parse(self) -> Command | None:
        """The whole line; None when there is nothing on it.

        Raises:
            BadSyntax: as cmd.exe would complain.
        """
        self._skip(DELIMITERS)
        if self._peek() in ("", ")"):
            return None  # an unmatched ")" makes a remark of the line
        command = self._line()
        if self._peek() == ")":
            return command
        if self._at < len(self._text):
            raise BadSyntax(self._word_here())
        return command

    # Lists

    def _line(self) -> Command:
        left = self._either()
        while self._peek() == "&" and self._peek(2) != "&&":
            self._at += 1
            self._skip(DELIMITERS)
            if self._peek() == "" or (self._depth and self._peek() == ")"):
                return left
            left = Chain("&", left, self._either())
        return left

    def _either(self) -> Command:
        return self._joined("||", self._both)

    def _both(self) -> Command:
        return self._joined("&&", self._piped)

    def _piped(self) -> Command:
        left = self._command()
        while self._peek() == "|" and self._peek(2) != "||":
            self._at += 1
            left = Chain("|", left, self._command())
        return left

    def _joined(self, operator: Literal["&&", "||"], part: Callable[[], Command]) -> Command:
        left = part()
        while self._peek(2) == operator:
            self._at += 2
            left = Chain(operator, left, part())
        return left

    # One command

    def _command(self) -> Command:
        self._skip(DELIMITERS)
        quiet = False
        while self._peek() == "@":
            quiet = True
            self._at += 1
            self._skip(DELIMITERS)
        if self._peek() == "(":
            return replace(self._block(()), quiet=quiet)
        leading: list[Redirection] = []
        while self._redirection_here():
            leading.append(self._redirection(""))
            self._skip(DELIMITERS)
        if leading and self._peek() == "(":
            return replace(self._block(tuple(leading)), quiet=quiet)
        if self._peek() in ("", "&", "|") or (self._depth and self._peek() == ")"):
            if leading and self._peek() in ("", ")"):
                return Simple("", tuple(leading), quiet)
            raise BadSyntax(self._word_here())
        for word, read in (("if", self._if), ("for", self._for), ("rem", self._remark)):
            if self._keyword(word):
                if leading and word == "rem":
                    return Remark("rem", quiet)
                return replace(read(), quiet=quiet)
        words, redirections = self._words()
        return Simple(words, (*leading, *redirections), quiet)

    def _block(self, leading: tuple[Redirection, ...]) -> Block:
        self._at += 1
        self._depth += 1
        outer_ifs, self._ifs = self._ifs, 0
        commands: list[Command] = []
        while True:
            self._skip(DELIMITERS)
            if self._peek() == "":
                if not self._next_line():
                    raise BadSyntax
            elif self._peek() == ")":
                break
            else:
                commands.append(self._line())
        self._at += 1
        self._depth -= 1
        self._ifs = outer_ifs
        redirections = list(leading)
        self._skip(DELIMITERS)
        while self._redirection_here():
            redirections.append(self._redirection(""))
            self._skip(DELIMITERS)
        ended = self._peek() in ("", "&", "|") or (self._peek() == ")" and self._depth)
        if not ended and not (self._ifs and self._text[self._at : self._at + 4].lower() == "else"):
            raise BadSyntax(self._word_here())
        if not commands:
            raise BadSyntax(")")
        return Block(tuple(commands), tuple(redirections))

    # rem, if, for

    def _remark(self) -> Remark:
        rest = self._text[self._at :]
        if rest.lstrip(DELIMITERS).startswith("&"):
            self._skip(DELIMITERS)
            return Remark("rem")
        self._at = len(self._text)
        return Remark("rem" + rest)

    def _operand(self) -> str:
        self._skip(DELIMITERS)
        word = self._token()
        if not word:
            if self._peek():
                raise BadSyntax(self._word_here())
            raise BadSyntax
        return word

    def _if(self) -> If:
        condition = Condition("", "")
        word = self._operand()
        while word.lower() in ("/i", "not") and not self._text[self._at :].lstrip(" \t").startswith("=="):
            if word.lower() == "/i":
                condition = replace(condition, ignore_case=True)
            else:
                condition = replace(condition, negated=not condition.negated)
            word = self._operand()
        if word.upper() in _TESTS and not self._text[self._at :].lstrip(" \t").startswith("=="):
            condition = replace(condition, kind=word.lower(), left=self._operand())
        else:
            condition = self._comparison(condition, word)
        self._ifs += 1
        self._skip(DELIMITERS)
        if self._peek() == "":
            raise BadSyntax
        then = self._line()
        self._ifs -= 1
        otherwise = None
        if self._ends_in_block(then) and self._keyword("else"):
            otherwise = self._line()
        return If(condition, then, otherwise)

    def _comparison(self, condition: Condition, left: str) -> Condition:
        self._skip(" \t")
        if self._peek(2) == "==":
            self._at += 2
            return replace(condition, kind="==", left=left, right=self._operand())
        operator = self._operand()
        if operator.upper() not in _COMPARISONS:
            raise BadSyntax(operator)
        return replace(condition, kind=operator.upper(), left=left, right=self._operand())

    def _ends_in_block(self, command: Command) -> bool:
        self._skip(DELIMITERS)
        while isinstance(command, Chain | If | For):
            if isinstance(command, Chain):
                command = command.right
            elif isinstance(command, If):
                command = command.otherwise or command.then
            else:
                command = command.body
        return isinstance(command, Block)

    def _for(self) -> For:
        kind, root, options = "", "", ""
        self._skip(DELIMITERS)
        while self._peek() == "/":
            switch = self._token()[1:].lower()
            if switch not in ("d", "r", "l", "f"):
                raise BadSyntax("/" + switch)
            kind += switch
            self._skip(DELIMITERS)
            if switch == "r" and self._peek() not in ("%", "/"):
                root = self._token()
            elif switch == "f" and self._peek() != "%":
                options = self._token()
            self._skip(DELIMITERS)
        variable = self._token("(")
        if len(variable) != 2 or variable[0] != "%":
            raise BadSyntax(variable)
        self._skip(DELIMITERS)
        if not self._keyword("in"):
            raise BadSyntax(self._word_here())
        self._skip(DELIMITERS)
        if self._peek() != "(":
            raise BadSyntax(self._word_here())
        words = self._for_words()
        self._skip(DELIMITERS)
        if not self._keyword("do"):
            raise BadSyntax(self._word_here())
        self._skip(DELIMITERS)
        if self._peek() == "":
            raise BadSyntax
        body = self._line()
        options = options[1:-1] if len(options) > 1 and options[0] == options[-1] == '"' else options
        return For(kind, variable[1], words, body, root, options)

    def _for_words(self) -> str:
        self._at += 1
        text: list[str] = []
        quoted = False
        while True:
            sign = self._peek()
            if sign == "":
                if not self._next_line():
                    raise BadSyntax
                text.append(" ")
                quoted = False
                continue
            if sign == '"':
                quoted = not quoted
            elif not quoted:
                if sign == "^":
                    text.append(self._caret())
                    continue
                if sign == ")":
                    self._at += 1
                    return "".join(text)
                if sign in OPERATORS:
                    raise BadSyntax(self._word_here())
            text.append(sign)
            self._at += 1
