"""`set /a`: 32-bit arithmetic (Microsoft's `set` page; ``set /?`` for the precedence)."""

import re
from collections.abc import Callable
from typing import Final

from runbook_lib.lab.shell.conditions import number

_TOKEN: Final = re.compile(r"\s*(<<=|>>=|[-+*/%&^|]=|<<|>>|[-+*/%&^|~!(),=]|[^\s\-+*/%&^|~!(),=<>]+)")
_BINARY: Final = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
_ASSIGNMENTS: Final = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "<<=", ">>="})


class BadArithmetic(Exception):  # noqa: N818
    """An expression that cannot be calculated.

    Attributes:
        code: the return code of `set`, a 32-bit number.
        english, japanese: what is said.
    """

    def __init__(self, code: int, english: str, japanese: str) -> None:
        super().__init__(english)
        self.code = code
        self.english = english
        self.japanese = japanese


def _missing_operand() -> BadArithmetic:
    return BadArithmetic(1073750990, "Missing operand.", "演算対象がありません。")


def _unbalanced() -> BadArithmetic:
    return BadArithmetic(1073750988, "Unbalanced parenthesis.", "かっこが閉じていません。")


def _wrap(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


class _Reader:
    def __init__(self, text: str, lookup: Callable[[str], str | None]) -> None:
        self._tokens: list[str] = []
        place = 0
        text = text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise _missing_operand()
            self._tokens.append(match[1])
            place = match.end()
        self._at = 0
        self._lookup = lookup
        self.changed: dict[str, int] = {}

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def sequence(self) -> int:
        """Expressions with commas between; answers the last."""
        value = self._assignment()
        while self._peek() == ",":
            self._take()
            value = self._assignment()
        return value

    def whole(self) -> int:
        """Everything."""
        value = self.sequence()
        if self._peek() == ")":
            raise _unbalanced()
        if self._peek():
            raise BadArithmetic(1073750991, "Missing operator.", "演算子がありません。")
        return value

    def _assignment(self) -> int:
        following = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else ""
        if following not in _ASSIGNMENTS or not re.match(r"[^\d\W]|_", self._peek()):
            return self._binary(0)
        name, operator = self._take(), self._take()
        value = self._assignment()
        if operator != "=":
            value = _apply(operator[:-1], self._value(name), value)
        self.changed[name] = value
        return value

    def _binary(self, level: int) -> int:
        if level == len(_BINARY):
            return self._unary()
        value = self._binary(level + 1)
        while self._peek() in _BINARY[level]:
            operator = self._take()
            value = _apply(operator, value, self._binary(level + 1))
        return value

    def _unary(self) -> int:
        sign = self._take()
        match sign:
            case "-":
                return _wrap(-self._unary())
            case "+":
                return self._unary()
            case "~":
                return ~self._unary()
            case "!":
                return int(not self._unary())
            case "(":
                value = self.sequence()
                if self._take() != ")":
                    raise _unbalanced()
                return value
        if not sign or sign in ")," or sign in _ASSIGNMENTS or any(sign in level for level in _BINARY):
            raise _missing_operand()
        return self._value(sign)

    def _value(self, token: str) -> int:
        if token[:1].isdigit():
            value = number(token)
            if value is None:
                raise BadArithmetic(
                    1073750992,
                    "Invalid number.  Numeric constants are either decimal (17),\r\n"
                    "hexadecimal (0x11), or octal (021).",
                    "無効な数です。  数値定数は 10 進数 (17)、\r\n16 進数 (0x11)、または 8 進数 (021) です。",
                )
            return _wrap(value)
        if token in self.changed:
            return self.changed[token]
        return _wrap(number((self._lookup(token) or "0").strip()) or 0)


def _apply(operator: str, left: int, right: int) -> int:
    match operator:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/" | "%":
            if right == 0:
                raise BadArithmetic(1073750993, "Divide by zero error.", "0 で除算しました。")
            quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            value = quotient if operator == "/" else left - quotient * right
        case "<<":
            value = left << right if 0 <= right < 32 else 0
        case ">>":
            value = left >> right if 0 <= right < 32 else (-1 if left < 0 else 0)
        case "&":
            value = left & right
        case "^":
            value = left ^ right
        case _:
            value = left | right
    return _wrap(value)


def evaluate(text: str, lookup: Callable[[str], str | None]) -> tuple[int, dict[str, int]]:
    """The value of an expression and the variables that it sets.

    Raises:
        BadArithmetic: as `set /a` complains.
    """
    reader = _Reader(text, lookup)
    return reader.whole(), reader.changed
