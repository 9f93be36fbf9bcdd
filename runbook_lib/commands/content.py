r"""The content of one file, byte for byte, without PowerShell.

Reading: ``type`` hands bytes through as they are, except that it translates UTF-16 and may stop early, so the size that
the file system names is read beside it and compared.  Writing: base64 by ``echo``, then ``certutil -decode`` into a new
file beside the old one, then one ``move`` (works from Windows Server 2003 to 2025).
"""

import base64
import re

from runbook_lib.commands.quoting import LINE_LIMIT, path

_SIZE = re.compile(rb"^size (\d*)\r?\n")


def read_file(file: str) -> str:
    """Prints the size of *file* and then its bytes; "absent" when it is not there."""
    return f"if exist {path(file)} (for %f in ({path(file)}) do @(echo size %~zf&type {path(file)})) else (echo absent)"


def parse_file(output: bytes, file: str) -> bytes | None:
    """The bytes of the file, None when it is not there.

    Raises:
        ValueError: when fewer or other bytes came than the file has: it cannot be edited safely from here.

    """
    if output.strip() == b"absent":
        return None
    found = _SIZE.match(output)
    if not found:
        raise ValueError(f"{file} could not be read: {output[:80]!r}")
    content = output[found.end() :]
    if len(content) != int(found[1] or 0):
        raise ValueError(
            f"{file} has {int(found[1] or 0)} bytes and `type` printed {len(content)}: it is not a plain text file, "
            "or the account may not read it"
        )
    return content


def write_file(file: str, content: bytes) -> list[str]:
    """The commands that make *file* hold exactly *content*, replacing it in one act at the end."""
    encoded = base64.b64encode(content).decode()
    carrier, fresh = path(file + ".b64"), path(file + ".new")
    # The redirection stands first, so that no digit before it can name a handle.
    lines = [f">{carrier} echo -----BEGIN CERTIFICATE-----"]
    echoes = [f">>{carrier} echo {encoded[start : start + 64]}" for start in range(0, len(encoded), 64)]
    together = (LINE_LIMIT - 100) // (len(echoes[0]) + 1) if echoes else 1
    lines += ["&".join(echoes[start : start + together]) for start in range(0, len(echoes), together)]
    lines.append(f">>{carrier} echo -----END CERTIFICATE-----")
    lines.append(f"certutil -f -decode {carrier} {fresh}")
    # A full disk cuts the carrier short without a word, and what was in the file would be gone with it.  Where this is
    # lost the file tells whether it ran, and then the carrier is gone too.
    whole = f'if "%~zf"=="{len(content)}" (move /y %f {path(file)}&&del /f /q {carrier}) else (cmd /c exit 112)'
    lines.append(f"for %f in ({fresh}) do @{whole}")
    return lines
