"""certutil: -encode, -decode and -hashfile.

Sources: Microsoft's `certutil` page; technet cc782874 (2003: -encode and -decode only); published transcripts for the
lines of output. Before Windows 10 and Server 2016 the hash is shown byte by byte with blanks between.
"""

import base64
import binascii
import hashlib
import re

from runbook_lib.lab.files import FileError
from runbook_lib.lab.process import Invocation
from runbook_lib.lab.programs.wording import absolute, files, say, sentence

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_NAMES = {80: "ERROR_FILE_EXISTS", 2: "ERROR_FILE_NOT_FOUND", 3: "ERROR_PATH_NOT_FOUND", 5: "ERROR_ACCESS_DENIED"}
_NAMES |= {13: "ERROR_INVALID_DATA", 87: "ERROR_INVALID_PARAMETER", 1006: "ERROR_FILE_INVALID"}
_NAMES |= {112: "ERROR_DISK_FULL", 32: "ERROR_SHARING_VIOLATION"}
_OLD_HASHES = frozenset({"MD5", "SHA1"})
_HASHES = frozenset({"MD5", "SHA1", "SHA256", "SHA384", "SHA512"})
_FILE_INVALID = 1006


def main(call: Invocation) -> int:
    """Run certutil; a failure's exit code is its HRESULT as a signed number."""
    words = ["-" + word[1:] if word.startswith("/") else word for word in call.arguments[1:]]
    force = "-f" in [word.lower() for word in words]
    words = [word for word in words if word.lower() not in ("-f", "-v", "-gmt", "-seconds", "-silent")]
    verb = words[0].lower() if words else ""
    operands = words[1:]
    try:
        if verb in ("-encode", "-decode") and len(operands) == 2:
            _convert(call, operands, force=force, verb=verb)
        elif verb == "-hashfile" and operands and call.machine.version >= (6, 0):
            return _hash(call, operands)
        else:
            return _refuse(call, verb, known=verb in ("-encode", "-decode"))
    except FileError as error:
        return _failed(call, verb, error.code)
    _completed(call, verb)
    return 0


def _completed(call: Invocation, verb: str) -> None:
    text = say(
        call, f"CertUtil: {verb} command completed successfully.", f"CertUtil: {verb} コマンドは正常に完了しました。"
    )
    call.stdout.write(text + "\r\n")


def _status(call: Invocation, code: int) -> str:
    name = f" {_NAMES[code]}" if code in _NAMES and call.machine.version >= (6, 3) else ""
    return f"0x{0x80070000 | code:08x} (WIN32: {code}{name})"


def _failed(call: Invocation, verb: str, code: int) -> int:
    text = say(call, f"{verb} command FAILED: ", f"{verb} コマンド エラーです: ")
    call.stdout.write(f"CertUtil: {text}{_status(call, code)}\r\nCertUtil: {sentence(call, code)}\r\n")
    return (0x80070000 | code) - (1 << 32)


def _refuse(call: Invocation, verb: str, *, known: bool) -> int:
    if known:
        text = say(call, f"Missing argument: {verb}", f"引数が足りません: {verb}")
    else:
        text = say(call, f"Unknown arg: {verb}", f"不明な引数: {verb}")
    call.stdout.write(f"CertUtil: {text}\r\n")
    return _failed(call, verb, 87)


def _load(call: Invocation, typed: str) -> bytes:
    content = files(call).read(absolute(call, typed))
    if not content and call.machine.version < (10, 0):
        raise FileError(_FILE_INVALID, typed)  # a file of no bytes cannot be mapped (assumed for older releases)
    return content


def _encoded(content: bytes) -> bytes:
    text = base64.b64encode(content).decode("ascii")
    lines = [_BEGIN, *(text[start : start + 64] for start in range(0, len(text), 64)), _END]
    return "".join(line + "\r\n" for line in lines).encode("ascii")


def _decoded(call: Invocation, content: bytes) -> bytes:
    text = content.decode("latin-1")
    framed = re.search(r"-----BEGIN [^-]*-----(.*?)-----END [^-]*-----", text, re.DOTALL)
    if framed is None and call.machine.version < (6, 1):
        raise FileError(13, "")  # older versions want the header lines
    try:
        return base64.b64decode("".join((framed[1] if framed else text).split()), validate=True)
    except binascii.Error:
        raise FileError(13, "") from None


def _convert(call: Invocation, operands: list[str], *, force: bool, verb: str) -> None:
    content = _load(call, operands[0])
    result = _encoded(content) if verb == "-encode" else _decoded(call, content)
    target = absolute(call, operands[1])
    call.stdout.write(say(call, f"Input Length = {len(content)}", f"入力長 = {len(content)}") + "\r\n")
    if files(call).exists(target) and not force:
        function = "EncodeToFile" if verb == "-encode" else "DecodeToFile"
        reason = sentence(call, 80)
        call.stdout.write(f"{function} {say(call, 'returned', 'が返されました:')} {reason} {_status(call, 80)}\r\n")
        raise FileError(80, target)
    files(call).write(target, result)
    call.stdout.write(say(call, f"Output Length = {len(result)}", f"出力長 = {len(result)}") + "\r\n")


def _hash(call: Invocation, operands: list[str]) -> int:
    default = "SHA256" if call.machine.release == "2025" else "SHA1"
    name = operands[1].upper() if len(operands) > 1 else default
    known = _OLD_HASHES if call.machine.version < (6, 1) else _HASHES
    if name not in known:
        code = 0xD00000BB - (1 << 32)
        text = say(call, "-hashfile command FAILED: ", "-hashfile コマンド エラーです: ")
        call.stdout.write(f"CertUtil: {text}0xd00000bb ({code})\r\n")
        return code
    try:
        digest = hashlib.new(name.lower(), _load(call, operands[0]), usedforsecurity=False).hexdigest()
    except FileError as error:
        return _failed(call, "-hashfile", error.code)
    old = call.machine.version < (10, 0)
    file = operands[0]
    english = f"{name} hash of file {file}:" if old else f"{name} hash of {file}:"
    japanese = f"{name} ハッシュ (ファイル {file}):" if old else f"{name} ハッシュ (対象 {file}):"
    shown = " ".join(re.findall("..", digest)) if old else digest
    call.stdout.write(f"{say(call, english, japanese)}\r\n{shown}\r\n")
    _completed(call, "-hashfile")
    return 0
