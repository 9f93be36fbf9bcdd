"""The site's own command lines for set-ups, and the file with their answers, with the site's values in the braces."""

import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

from runbook_lib.clientmanager.setup_section import PLACEHOLDERS
from runbook_lib.clientmanager.site import ClientManagerSite
from runbook_lib.errors import ParameterError
from runbook_lib.states.product import Silent

_ANSI: Final = {"ja": "cp932", "en": "cp1252"}
_WORD: Final = rf"\{{({'|'.join(PLACEHOLDERS)})\}}"


def silent_set_up(site: ClientManagerSite) -> Silent | None:
    """The site's command that sets the manager up, with its answers; None where a person does.

    Raises:
        ParameterError: the response file is not there, or asks for a value that the site lacks or no node can spell.
    """
    setup = site.setup
    if not setup.command:
        return None
    line = filled(site, setup.command, "setup.command")
    if not setup.response_file:
        return Silent(line)
    path = (site.path.parent / setup.response_file).resolve()
    try:
        template = path.read_bytes()
    except OSError as error:
        raise ParameterError(
            f"{site.path}: setup.response_file {setup.response_file} cannot be read at {path}: {error.strerror}. "
            "Put it there, or correct the path; nothing was started."
        ) from error
    return Silent(line, _response_path(site), _answers(site, template, path))


def filled(site: ClientManagerSite, line: str, key: str) -> str:
    """A command line of the site, with its values in the braces; *key* is where the site file has it.

    Raises:
        ParameterError: the site has no value for a word in braces.
    """
    words = _words(site)
    return re.sub(_WORD, lambda found: _known(site, words, found[1], key), line)


def _answers(site: ClientManagerSite, template: bytes, path: Path) -> bytes:
    """The template with the site's values; every other byte stays, for it may be in any encoding that keeps ASCII."""
    words, page = _words(site), _ANSI[site.windows.language]

    def value(found: re.Match[bytes]) -> bytes:
        word = found[1].decode("ascii")
        text = _known(site, words, word, path.name)
        try:
            return text.encode(page)
        except UnicodeEncodeError as error:
            raise ParameterError(
                f"{site.path}: '{text}', which {{{word}}} stands for, has '{text[error.start]}' in it, and code page "
                f"{page.removeprefix('cp')} does not. Choose another value, or set the manager up by hand."
            ) from error

    return re.sub(_WORD.encode("ascii"), value, template)


def _known(site: ClientManagerSite, words: Mapping[str, str | None], word: str, where: str) -> str:
    value = words[word]
    if value is None:
        raise ParameterError(
            f"{site.path}: {where} asks for {{{word}}}, and the section setup has no value for it. Write it there; "
            "nothing was started."
        )
    return value


def _words(site: ClientManagerSite) -> dict[str, str | None]:
    """What the words in braces stand for."""
    database = site.setup.database
    values = (
        site.local_folder,
        site.clientmanager.shared_folder,
        site.setup.manager_id,
        site.clientmanager.user_group,
        database.data_source if database else None,
        database.name if database else None,
        database.server if database else None,
        str(site.group.address.ip),
        _response_path(site),
    )
    return dict(zip(PLACEHOLDERS, values, strict=True))


def _response_path(site: ClientManagerSite) -> str:
    """Where the answers are put on a node: Windows' own folder for temporary files."""
    suffix = PurePath(site.setup.response_file or "").suffix
    return f"{site.windows.system_drive}\\Windows\\Temp\\clientmanager-setup{suffix}"
