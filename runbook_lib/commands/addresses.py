"""``ipconfig``: the addresses a machine has.

Its labels are translated and differ by release; an address is whatever stands alone behind a colon, or behind nothing
on a line that goes on the one before (Microsoft, command reference, "ipconfig").
"""

import re
from typing import Final

LIST_ALL: Final = "ipconfig"
"""Shows every adapter with its addresses, masks and gateways."""


def parse_list(output: str) -> frozenset[str]:
    """Every IPv4 address in what `LIST_ALL` printed: also masks and gateways, which no group has for its own."""
    return frozenset(re.findall(r"(?m)(?:^|[:\s])((?:\d{1,3}\.){3}\d{1,3})(?=[\s(]|$)", output))
