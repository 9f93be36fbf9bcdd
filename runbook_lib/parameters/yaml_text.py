"""Reading YAML for people: every surprise of YAML 1.1 becomes a problem with its line, and nothing is lost silently.

Keys are always text as written.  Values keep YAML's type, and how they were written is kept beside them, so that a
version 3.10, which YAML takes for the number 3.1, can be told as the person wrote it.
"""

import re
from dataclasses import dataclass, field
from typing import Final

import yaml

from .section import Problem

Path = tuple[str, ...]

_HINTS: Final = (
    (
        "mapping values are not allowed",
        "has a ':' where none may be. Put a value that holds one in quotes; or the line above lacks its own ':'.",
    ),
    ("unknown escape character", r"has a '\' in double quotes, which YAML reads as an escape. Use single quotes."),
    ("that cannot start any token", "begins a value with a character that needs quotes, or is indented with a tab."),
    ("found undefined alias", "begins a value with '*', which means a reference to YAML. Put the value in quotes."),
    ("could not find expected ':'", "lacks a ':' after a key, or the text is not indented as the lines around it."),
    ("expected ',' or", "lacks a ',' or a closing bracket, or a value with a ':' needs quotes, such as 'W:'."),
    ("expected <block end>", "is indented otherwise than the lines around it, or quotes above it are not closed."),
    ("while scanning a quoted scalar", "opens quotes that are never closed."),
)
_KINDS: Final = {
    "int": "a number",
    "float": "a number",
    "bool": "a yes/no value",
    "timestamp": "a date",
    "null": "nothing",
}
_PLAIN_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True)
class Written:
    """How a value stands in the file: its line, its text, and what YAML takes it for ("" where that is text)."""

    line: int
    text: str = ""
    kind: str = ""


@dataclass
class Document:
    """A file as read: values (sequences as tuples), how each was written, and what is wrong with it as YAML."""

    values: dict[str, object] = field(default_factory=dict)
    written: dict[Path, Written] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest one above it that is in the file."""
        while path and path not in self.written:
            path = path[:-1]
        return self.written[path].line if path in self.written else 1


def read_yaml(text: str) -> Document:
    """The document in a text; what is wrong is in its `problems`, never an exception."""
    document = Document()
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        document.problems.append((line, Problem(f"line {line}, column {column}", _syntax(error))))
        return document
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.problems.append(
            (line, Problem(f"line {line}", "holds a character that no YAML text may hold. Delete it."))
        )
        return document
    if not isinstance(node, yaml.MappingNode):
        document.problems.append(
            (1, Problem("line 1", "is not a key with a value. Write keys such as description: ..."))
        )
        return document
    values = _Reader(document).value(node, (), ())
    assert isinstance(values, dict)  # noqa: S101 - a mapping node gives a dict
    document.values = values
    return document


def _syntax(error: yaml.MarkedYAMLError) -> str:
    # Only our own words: PyYAML's quote the line, and a password may stand in it.
    told = f"{error.context or ''} {error.problem or ''}"
    for part, hint in _HINTS:
        if part in told:
            return hint
    return "is not YAML: " + re.sub(r"'[^']*'", "...", error.problem or "it cannot be read").strip() + "."


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.scalars = yaml.constructor.SafeConstructor()

    def problem(self, node: yaml.Node, path: Path, text: str) -> None:
        self.document.problems.append((node.start_mark.line + 1, Problem(shown_key(path), text)))

    def value(self, node: yaml.Node, path: Path, above: tuple[yaml.Node, ...]) -> object:
        if any(node is other for other in above):
            self.problem(node, path, "refers to itself. Write the values out.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path, (*above, node))
        if isinstance(node, yaml.SequenceNode):
            return tuple(
                self.item(item, (*path, str(number)), (*above, node)) for number, item in enumerate(node.value)
            )
        assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - YAML has no fourth kind
        return self.scalar(node, path)

    def item(self, node: yaml.Node, path: Path, above: tuple[yaml.Node, ...]) -> object:
        self.document.written.setdefault(path, Written(node.start_mark.line + 1))
        return self.value(node, path, above)

    def mapping(self, node: yaml.MappingNode, path: Path, above: tuple[yaml.Node, ...]) -> dict[str, object]:
        values: dict[str, object] = {}
        first: dict[str, tuple[str, int]] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, path, f"has a key on line {line} that is not plain text. Write a word and ':'.")
                continue
            key = key_node.value
            if key.casefold() in first:
                other, other_line = first[key.casefold()]
                how = "stands twice" if key == other else f"differs from {shown_key((*path, other))} only in capitals"
                self.problem(key_node, (*path, key), f"{how} (lines {other_line} and {line}). Keep one of them.")
                continue
            first[key.casefold()] = (key, line)
            self.document.written[(*path, key)] = Written(line)
            values[key] = self.value(value_node, (*path, key), above)
        return values

    def scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        line = self.document.written[path].line if path in self.document.written else node.start_mark.line + 1
        self.document.written[path] = Written(line, node.value, _KINDS.get(kind, ""))
        if kind == "str":
            return node.value
        if kind not in _KINDS or node.style in {"'", '"'}:
            self.problem(node, path, "begins with a tag ('!'). Put the value in single quotes.")
            return None
        if kind in {"int", "float"} and not _PLAIN_NUMBER.fullmatch(node.value):
            # 007 is 7, 010 is 8, 1_0 is 10 and 12:30 is 750 to YAML 1.1, and nobody means that.
            self.problem(node, path, self.odd_number(node.value, path))
            return None
        try:
            value: object = self.scalars.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.problem(node, path, "cannot be read as what its form says. Put the value in quotes.")
            return None
        return value

    @staticmethod
    def odd_number(text: str, path: Path) -> str:
        shown = "the value" if is_secret(path) else text
        return (
            f"{shown} is a number to YAML, and another one than it looks. Write it in digits alone, or text in quotes."
        )


def is_secret(path: Path) -> bool:
    """Whether what stands at this key is never shown: everything of a credential, and whatever is called a password."""
    return any(re.search(r"(?i)credential|pass(word|wd)?|pwd|secret|token", part) for part in path)


def shown_key(path: Path) -> str:
    """A key path for a message; what stands below a password is not shown, because it may be one."""
    for number, part in enumerate(path):
        if part == "password":
            path = path[: number + 1]
            break
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in ".".join(path))
