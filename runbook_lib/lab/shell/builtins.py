"""The commands that cmd.exe itself knows, by name."""

from functools import partial
from string import ascii_lowercase
from typing import Final

from runbook_lib.lab.shell import copying, deleting, flow, folders, listing, saying, starting, variables
from runbook_lib.lab.shell.effects import Builtin, Effect

__all__ = ["BUILTINS", "Builtin", "Effect"]

BUILTINS: Final[dict[str, Builtin]] = {
    "echo": Builtin(saying.echo, Effect.NEVER),
    "rem": Builtin(saying.nothing, Effect.NEVER),
    "title": Builtin(saying.nothing, Effect.NEVER),
    "cls": Builtin(saying.nothing, Effect.NEVER),
    "ver": Builtin(saying.ver, Effect.ALWAYS),
    "vol": Builtin(listing.vol, Effect.ALWAYS),
    "date": Builtin(saying.date, Effect.ALWAYS),
    "time": Builtin(saying.time, Effect.ALWAYS),
    "pause": Builtin(saying.pause, Effect.ON_FAILURE),
    "type": Builtin(saying.type_file, Effect.ALWAYS),
    "set": Builtin(variables.set_variable, Effect.IN_CMD_FILES),
    "path": Builtin(variables.path, Effect.IN_CMD_FILES),
    "prompt": Builtin(saying.nothing, Effect.IN_CMD_FILES),
    "setlocal": Builtin(flow.setlocal, Effect.ALWAYS),
    "endlocal": Builtin(flow.endlocal, Effect.NEVER),
    "start": Builtin(starting.start, Effect.NEVER),
    "call": Builtin(flow.call, Effect.NEVER),
    "goto": Builtin(flow.goto, Effect.NEVER),
    "exit": Builtin(flow.leave, Effect.NEVER),
    "shift": Builtin(flow.shift, Effect.ON_FAILURE),
    "cd": Builtin(folders.change, Effect.ALWAYS),
    "chdir": Builtin(folders.change, Effect.ALWAYS),
    "pushd": Builtin(folders.push, Effect.ALWAYS),
    "popd": Builtin(folders.pop, Effect.NEVER),
    "md": Builtin(folders.make, Effect.ALWAYS),
    "mkdir": Builtin(folders.make, Effect.ALWAYS),
    "rd": Builtin(deleting.remove_folder, Effect.NEVER),
    "rmdir": Builtin(deleting.remove_folder, Effect.NEVER),
    "del": Builtin(deleting.delete, Effect.ALWAYS),
    "erase": Builtin(deleting.delete, Effect.ALWAYS),
    "dir": Builtin(listing.listing, Effect.ALWAYS),
    "copy": Builtin(copying.copy, Effect.ALWAYS),
    "move": Builtin(copying.move, Effect.ALWAYS),
    "ren": Builtin(copying.rename, Effect.ALWAYS),
    "rename": Builtin(copying.rename, Effect.ALWAYS),
    **{f"{letter}:": Builtin(partial(folders.change_drive, letter), Effect.ON_FAILURE) for letter in ascii_lowercase},
}
