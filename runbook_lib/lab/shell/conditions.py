"""What `if` tests (Microsoft's `if` page)."""

from runbook_lib.lab import paths
from runbook_lib.lab.shell.session import Session
from runbook_lib.lab.shell.syntax import Condition


def holds(session: Session, condition: Condition) -> bool:
    """Whether the condition, its words already expanded, is true."""
    return _plain(session, condition) != condition.negated


def _plain(session: Session, condition: Condition) -> bool:
    left, right = condition.left, condition.right
    match condition.kind:
        case "exist":
            return _exists(session, left)
        case "defined":
            return session.lookup(left) is not None
        case "errorlevel":
            return session.errorlevel >= (number(left) or 0)
        case "cmdextversion":
            return (number(left) or 0) <= 2
        case "==":
            return left.lower() == right.lower() if condition.ignore_case else left == right
    return _compares(condition.kind, left, right, ignore_case=condition.ignore_case)


def _compares(operator: str, left: str, right: str, *, ignore_case: bool) -> bool:
    one, other = number(left), number(right)
    if one is not None and other is not None:
        order = (one > other) - (one < other)
    else:
        # By letter whatever the case first, then lower before upper, as lstrcmp orders words.
        first, second = (text.lower() if ignore_case else text for text in (left, right))
        low, high = (first.lower(), first.swapcase()), (second.lower(), second.swapcase())
        order = (low > high) - (low < high)
    return {
        "EQU": order == 0,
        "NEQ": order != 0,
        "LSS": order < 0,
        "LEQ": order <= 0,
        "GTR": order > 0,
        "GEQ": order >= 0,
    }[operator]


def number(text: str) -> int | None:
    """A number as cmd.exe reads it: decimal, 0x hexadecimal, 0 octal; None for anything else."""
    digits = text.removeprefix("-").removeprefix("+")
    if not digits.isascii() or not digits[:1].isdigit():
        return None
    try:
        if digits[:2].lower() == "0x":
            value = int(digits, 16)
        elif digits.startswith("0") and len(digits) > 1:
            value = int(digits, 8)
        else:
            value = int(digits)
    except ValueError:
        return None
    return -value if text.startswith("-") else value


def _exists(session: Session, text: str) -> bool:
    text = text.replace('"', "")
    if not text:
        return False
    if paths.is_device(text):
        return True
    path = session.absolute(text)
    name = paths.name_of(path)
    if paths.has_wildcard(name):
        folder = paths.parent(path)
        if not session.files.is_folder(folder):
            return False
        found = any(paths.matches(name, entry.name) for entry in session.files.entries(folder))
        return found or (paths.matches(name, "..") and len(folder) > len("C:\\"))
    if text.replace("/", "\\").endswith("\\"):
        return session.files.is_folder(path)
    return session.files.exists(path)
