"""Texts and number forms of reg.exe: Windows Server 2003 prints "! REG.EXE VERSION 3.0" and tabs, later ones do not.

Source: the pages "reg", "reg query" and "reg add" of Microsoft's command reference, and published transcripts of both
forms.
"""

from typing import Final, Literal

from runbook_lib.lab.machine import Machine
from runbook_lib.lab.registry import Content, Value, ValueType

TYPES: Final[tuple[ValueType, ...]] = (
    "REG_SZ",
    "REG_MULTI_SZ",
    "REG_EXPAND_SZ",
    "REG_DWORD",
    "REG_QWORD",
    "REG_BINARY",
    "REG_NONE",
)

_TEXTS: Final = {
    "absent": (
        "ERROR: The system was unable to find the specified registry key or value.",
        "エラー: 指定されたレジストリ キーまたは値が見つかりませんでした。",
    ),
    "syntax": (
        'ERROR: Invalid syntax.\r\nType "REG {} /?" for usage.',
        'エラー: 無効な構文です。\r\n"REG {} /?" と入力すると、使用法が表示されます。',
    ),
    "key name": (
        'ERROR: Invalid key name.\r\nType "REG {} /?" for usage.',
        'エラー: キー名が無効です。\r\n"REG {} /?" と入力すると、使用法が表示されます。',
    ),
    "number": (
        "ERROR: Invalid syntax. Specify valid numeric value for '/d'.",
        "エラー: 無効な構文です。'/d' には有効な数値を指定してください。",
    ),
    "network": ("ERROR: The network path was not found.", "エラー: ネットワーク パスが見つかりませんでした。"),
    "file": (
        "ERROR: Error opening the file. There may be a disk or file system error.",
        "エラー: ファイルを開くときにエラーが発生しました。ディスクまたはファイル システムのエラーの可能性があります。",
    ),
    "content": (
        "ERROR: The specified file is not a registry script.",
        "エラー: 指定されたファイルはレジストリ スクリプトではありません。",
    ),
    "done": ("The operation completed successfully.", "この操作を正しく終了しました。"),
    "cancelled": ("The operation was canceled by the user.", "この操作はユーザーによって取り消されました。"),
    "overwrite value": (
        "Value {} exists, overwrite(Yes/No)? ",
        "値 {} は存在します。上書きしますか? (Yes/No) ",
    ),
    "overwrite file": (
        "File {} already exists. Overwrite (Yes/No)? ",
        "ファイル {} は既に存在します。上書きしますか? (Yes/No) ",
    ),
    "delete key": (
        "Permanently delete the registry key {} (Yes/No)? ",
        "レジストリ キー {} を完全に削除しますか (Yes/No)? ",
    ),
    "delete value": ("Delete the registry value {} (Yes/No)? ", "レジストリ値 {} を削除しますか (Yes/No)? "),
    "delete values": (
        "Delete all values under the registry key {} (Yes/No)? ",
        "レジストリ キー {} の下の値をすべて削除しますか (Yes/No)? ",
    ),
    "found": ("End of search: {} match(es) found.", "検索の完了: 該当 {} 件"),
    "default": ("(Default)", "(既定)"),
    "not set": ("(value not set)", "(値の設定なし)"),
}


class RegError(Exception):
    """The command failed; the text goes to standard error, the exit code is 1."""


def text(machine: Machine, name: str, *filled: object) -> str:
    """One of reg's sentences in the language of the node, as its release words it."""
    english, japanese = _TEXTS[name]
    sentence = (japanese if machine.language == "ja" else english).format(*filled)
    if machine.version < (6, 0, 0):
        sentence = sentence.replace("ERROR: ", "Error:  ").replace("エラー: ", "エラー:  ").rstrip(".。")
    return sentence


def value_line(machine: Machine, value: Value) -> str:
    """One value as `reg query` prints it, without line end."""
    if machine.version < (6, 0, 0):
        return "    " + "\t".join((value.name or "<NO NAME>", value.type, content_text(machine, value)))
    return "    " + "    ".join((value.name or text(machine, "default"), value.type, content_text(machine, value)))


def content_text(machine: Machine, value: Value) -> str:
    r"""The content of a value as reg prints it.

    Numbers as 0x…, bytes as hexadecimal, strings of a list joined by \\0.
    """
    match value.content:
        case int(number):
            return f"0x{number:x}"
        case bytes(raw):
            return raw.hex().upper()
        case tuple(parts):
            joined = r"\0".join(parts)
            return joined if machine.version >= (6, 0, 0) else joined + r"\0\0"
        case content:
            return content


def parse_content(machine: Machine, kind: ValueType, typed: str | None, separator: str) -> Content:
    """What `reg add /t KIND /d TYPED` stores; RegError when it is no such content."""
    match kind:
        case "REG_DWORD" | "REG_QWORD":
            try:
                number = int(typed or "0", 16 if (typed or "").lower().startswith("0x") else 10)
            except ValueError as bad:
                raise RegError(text(machine, "number")) from bad
            if not 0 <= number < 1 << (32 if kind == "REG_DWORD" else 64):
                raise RegError(text(machine, "number"))
            return number
        case "REG_BINARY" | "REG_NONE":
            digits = typed or ""
            try:
                return bytes.fromhex("0" * (len(digits) % 2) + digits)
            except ValueError as bad:
                raise RegError(text(machine, "number")) from bad
        case "REG_MULTI_SZ":
            return tuple(part for part in (typed or "").split(separator) if part)
        case _:
            return typed or ""


def parse_type(name: str) -> ValueType | Literal[""]:
    """The value type called *name* in any case, "" when there is none."""
    return next((kind for kind in TYPES if kind == name.upper()), "")
