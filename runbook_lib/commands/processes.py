"""``tasklist``: command line and the parsing of what it prints.

The CSV form has no headings with ``/nh``, and its first two columns, image name and process id, are the same in every
language (Microsoft, command reference, "tasklist").  With nothing to list it prints a translated sentence.
"""

import csv
import re
from typing import Final

LIST_ALL: Final = "tasklist /fo csv /nh"
"""Lists every process."""


def parse_list(output: str) -> list[tuple[str, int]]:
    """(image name, process id) of each process in what `LIST_ALL` printed, in its order."""
    lines = [line for line in output.splitlines() if re.match(r'"[^"]+","\d+"', line)]
    return [(row[0], int(row[1])) for row in csv.reader(lines)]
