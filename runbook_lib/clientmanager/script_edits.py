"""What a script resource's files become with ClientManager's work in them, and without it again (6-(1), notes 4).

Where nothing else is in them, start.bat and stop.bat are the whole scripts in the manual's form; scripts with lines of
their own keep every one of them, and call a file beside them that does the work.
"""

import re
from collections.abc import Mapping
from typing import Final

from .facts import STOP_PROGRAM, TIME_SERVER_FOLDER, TIME_SERVER_NAME
from .script_lines import clashing_lines, with_our_lines, without_our_lines
from .scripts import PART_NAMES, SCRIPT_NAMES, Moment, script_part, whole_script
from .site import ClientManagerSite

NAMES: Final = (*SCRIPT_NAMES.values(), *PART_NAMES.values())
"""Every file that is ours or has lines of ours."""

_FOLDERS: Final[dict[Moment, str]] = {
    "start": rf'ARMNSADD {TIME_SERVER_NAME} "([^"\r\n]+)\\{TIME_SERVER_FOLDER}"',
    "stop": rf'(?m)^"([^"\r\n]+)\\{re.escape(STOP_PROGRAM)}"',
}
"""Where each script names the directory on the switched partition."""


def with_our_work(found: Mapping[str, bytes], site: ClientManagerSite) -> dict[str, bytes]:
    """The files of a script resource with ClientManager's work in them; what is so already stays as it is.

    Raises:
        ValueError: a script cannot be edited, and why.
    """
    wanted = dict(found)
    for moment, name in SCRIPT_NAMES.items():
        existing = found.get(name)
        if existing is None or _is_ours_alone(existing, site, moment):
            wanted[name] = whole_script(site, moment)
            continue
        try:
            wanted[name] = with_our_lines(existing, moment)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        wanted[PART_NAMES[moment]] = script_part(site, moment)
    return wanted


def without_our_work(found: Mapping[str, bytes], site: ClientManagerSite) -> dict[str, bytes]:
    """What is left of the files of a script resource without ClientManager's work; nothing where they had nothing else.

    Raises:
        ValueError: a script does ClientManager's work in lines that were put in by hand, or our marks were edited.
    """
    left = {name: text for name, text in found.items() if name not in PART_NAMES.values()}
    for moment, name in SCRIPT_NAMES.items():
        existing = found.get(name)
        if existing is None:
            continue
        if _is_ours_alone(existing, site, moment):
            del left[name]
            continue
        try:
            left[name] = without_our_lines(existing)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
        if clashes := clashing_lines(left[name]):
            number, text = clashes[0]
            raise ValueError(
                f"{name}: line {number}, '{text}', starts or stops a part of ClientManager and was put in by hand. "
                "Take such lines out in WebManager, then run this step again."
            )
    return left if any(name in left for name in SCRIPT_NAMES.values()) else {}


def _is_ours_alone(existing: bytes, site: ClientManagerSite, moment: Moment) -> bool:
    """Whether it is our whole script, for whatever directory on the switched partition."""
    whole = whole_script(site, moment)
    if existing == whole:
        return True
    text = existing.decode("cp932", "replace")
    named = re.search(_FOLDERS[moment], text)
    return named is not None and text.replace(named[1], site.clientmanager.shared_folder) == whole.decode("cp932")
