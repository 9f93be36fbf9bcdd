"""sort: sorts lines whatever their case (Microsoft's `sort` page)."""

from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, decode, files, sentence
from runbook_lib.lab.shell.streams import codec


def main(call: Invocation) -> int:
    """Run sort: [/r] [/+n] [file] [/o file]."""
    words = call.arguments[1:]
    reverse, column, source, target = False, 1, "", ""
    while words:
        word = words.pop(0)
        lower = word.lower()
        if lower.startswith("/r"):
            reverse = True
        elif lower.startswith("/+"):
            column = int(lower[2:] or "1")
        elif lower.startswith("/o") and words:
            target = words.pop(0)
        elif lower.startswith(("/l", "/m", "/t")) and words:
            words.pop(0)
        elif not word.startswith("/"):
            source = word
    try:
        content = files(call).read(absolute(call, source)) if source else call.stdin.read_all()
        lines = decode(call, content).replace("\r\n", "\n").split("\n")
        lines = lines[:-1] if lines[-1] == "" else lines
        lines.sort(key=lambda line: line[column - 1 :].lower(), reverse=reverse)
        text = "".join(line + "\r\n" for line in lines)
        if target:
            files(call).write(absolute(call, target), text.encode(codec(call.code_page), errors="replace"))
        else:
            call.stdout.write(text)
    except FileError as error:
        call.stderr.write(sentence(call, error.code) + "\r\n")
        return 1
    return 0
