"""Rows as the newer Windows tools print them: /fo table, csv or list.

Source: the page "tasklist" of the command reference and published transcripts. Columns are measured as the console
shows them: a Japanese character takes two places.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its title, its width in a table, and whether it stands at the right."""

    title: str
    width: int
    right: bool = False


def width(text: str) -> int:
    """Places that *text* takes on the console."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def as_csv(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, header: bool) -> str:
    """Every field in double quotes; inner ones are not doubled (these tools never print any)."""
    lines = [[column.title for column in columns], *rows] if header else rows
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)


def as_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, header: bool) -> str:
    """Fixed columns under a rule of equal signs; what is too long is cut."""
    text = "\r\n"
    if header:
        text += " ".join(_fit(column.title, column) for column in columns).rstrip() + "\r\n"
        text += " ".join("=" * column.width for column in columns) + "\r\n"
    return text + "".join(
        " ".join(_fit(cell, column) for cell, column in zip(row, columns, strict=True)) + "\r\n" for row in rows
    )


def as_list(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """One line per field, a blank line before each row."""
    room = max(width(column.title) for column in columns) + 2
    text = ""
    for row in rows:
        text += "\r\n"
        for column, cell in zip(columns, row, strict=True):
            title = f"{column.title}:"
            text += f"{title}{' ' * (room - width(title))}{cell}\r\n"
    return text


def _fit(cell: str, column: Column) -> str:
    while width(cell) > column.width:
        cell = cell[:-1]
    room = " " * (column.width - width(cell))
    return room + cell if column.right else cell + room
