"""chcp.com: shows or changes the code page of the console (page "chcp" of the command reference)."""

from typing import Final

from runbook_lib.lab.process import Invocation

CODE_PAGES: Final = frozenset({437, 932, 1252, 65001})


def main(call: Invocation) -> int:
    """Show or set the code page; `Invocation.code_page` holds the new one when the program ends."""
    typed = call.arguments[1:]
    if not typed:
        _show(call)
        return 0
    japanese = call.machine.language == "ja"
    if len(typed) > 1 or not typed[0].isdigit():
        call.stdout.write(
            f"パラメーターの書式が違います - {typed[-1]}\r\n"
            if japanese
            else f"Parameter format not correct - {typed[-1]}\r\n"
        )
        return 1
    if int(typed[0]) not in CODE_PAGES:
        call.stdout.write("無効なコード ページです\r\n" if japanese else "Invalid code page\r\n")
        return 1
    call.code_page = int(typed[0])
    _show(call)
    return 0


def _show(call: Invocation) -> None:
    # A Japanese Windows words this in English as soon as the console cannot show Japanese.
    japanese = call.machine.language == "ja" and call.code_page == 932
    call.stdout.write(f"{'現在のコード ページ' if japanese else 'Active code page'}: {call.code_page}\r\n")
