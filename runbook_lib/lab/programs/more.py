"""more: shows text; into a pipe or file it shows everything at once (Microsoft's `more` page)."""

from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, files, say


def main(call: Invocation) -> int:
    """Run more; its output ends in one more line end."""
    names = [word for word in call.arguments[1:] if not word.startswith(("/", "+"))]
    if not names:
        call.stdout.write_bytes(call.stdin.read_all())
        call.stdout.write("\r\n")
        return 0
    for name in names:
        if name.upper() == "NUL":
            continue
        try:
            call.stdout.write_bytes(files(call).read(absolute(call, name)))
        except FileError:
            path = absolute(call, name)
            call.stderr.write(say(call, f"Cannot access file {path}", f"ファイル {path} にアクセスできません") + "\r\n")
            return 1
    call.stdout.write("\r\n")
    return 0
