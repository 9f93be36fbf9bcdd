"""What a sheet for a person at another machine is made of: values of one state, as its step read them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SheetLine:
    """One value to enter.

    Attributes:
        row: key of the row of the state that holds the value.
        item, item_ja: what the value is.
        where, where_ja: where it is entered.
    """

    row: str
    item: str
    item_ja: str
    where: str
    where_ja: str


@dataclass(frozen=True)
class Sheet:
    """Values to enter, and what to heed.

    Attributes:
        title, title_ja: heading.
        state: title of the state whose rows hold the values.
        lines: in the order in which they are needed.
        notes: (English, Japanese) sentences below.
        fields: (English, Japanese) what whoever uses the sheet writes on it by hand.
    """

    title: str
    title_ja: str
    state: str
    lines: tuple[SheetLine, ...]
    notes: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
