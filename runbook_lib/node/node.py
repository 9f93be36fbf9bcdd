"""One node: reading, which may be repeated, and executing, which never is."""

import secrets
import threading
import time
from collections.abc import Callable, Sequence

from runbook_lib.commands.joining import join, split
from runbook_lib.errors import NodeError, OutcomeUnknown, Unreachable
from runbook_lib.node import facts
from runbook_lib.node.endpoint import Endpoint
from runbook_lib.node.facts import NodeFacts
from runbook_lib.node.reply import Reply
from runbook_lib.node.shell import RemoteShell

_READ_TRIES = 3


class Node:
    """A node of the cluster, reached over WinRM.  Calls from several threads wait for each other.

    Attributes:
        name: the node's name in the site file.
        read_s: default deadline of a reading, in seconds.
    """

    def __init__(self, endpoint: Endpoint, code_page: int, read_s: float = 120) -> None:
        self.name = endpoint.node
        self.read_s = read_s
        self._shell = RemoteShell(endpoint, code_page)
        self._lock = threading.RLock()
        self._facts: NodeFacts | None = None

    @property
    def encoding(self) -> str:
        """Python's name of the code page that the node's commands print in."""
        return self._shell.encoding

    @property
    def facts(self) -> NodeFacts:
        """What the node says of itself; read when first asked, and the shell then speaks the node's code page."""
        with self._lock:
            if self._facts is None:
                found = facts.parse(self.read(facts.READINGS))
                if found.code_page and found.code_page != self._shell.code_page:
                    self._shell.close()
                    self._shell.code_page = found.code_page
                    found = facts.parse(self.read(facts.READINGS))
                self._facts = found
            return self._facts

    @property
    def has_answered(self) -> bool:
        """Whether `facts` have been read."""
        return self._facts is not None

    def read(self, lines: Sequence[str], deadline_s: float | None = None) -> list[Reply]:
        """Answer each of *lines*, which must only read: they are sent together, and again when the reply is lost.

        Args:
            lines: command lines that change nothing.
            deadline_s: for each remote command, in seconds; None takes `read_s`.

        Raises:
            Unreachable, NotAuthenticated, CommandFailed: as `RemoteShell.run`.
        """
        token = "rb" + secrets.token_hex(6)
        replies: list[Reply] = []
        for joined in join(lines, token):
            whole = self._read_one(joined.line, deadline_s or self.read_s)
            for (output, exit_code), line in zip(
                split(whole.output, token, joined),
                lines[joined.first : joined.first + joined.count],
                strict=True,
            ):
                replies.append(Reply(line, exit_code, output, whole.encoding, whole.seconds, whole.whole))
        return replies

    def _read_one(self, line: str, deadline_s: float) -> Reply:
        for attempt in range(1, _READ_TRIES + 1):
            try:
                with self._lock:
                    reply = self._shell.run(line, deadline_s)
                if reply.whole:
                    return reply
                error: NodeError = Unreachable(f"The connection to {self.name} was lost while it answered.")
            except OutcomeUnknown as lost:
                error = lost
            if attempt < _READ_TRIES:
                time.sleep(0.3 * attempt)
        if isinstance(error, OutcomeUnknown):
            raise Unreachable(
                f"{self.name} was read {_READ_TRIES} times and the connection was lost each time. "
                "Check the network between this machine and the node, then run this step again."
            ) from error
        raise error

    def execute(self, line: str, deadline_s: float, on_output: Callable[[bytes], None] | None = None) -> Reply:
        """Run *line*, which may change the node; it is sent once.

        Args:
            line: the command line.
            deadline_s: seconds until it is told to end.
            on_output: is given the output as it comes, for progress.

        Raises:
            OutcomeUnknown: the reply was lost; only reading can tell what happened.
            Unreachable, NotAuthenticated, CommandFailed: as `RemoteShell.run`.
        """
        with self._lock:
            return self._shell.run(f"({line})", deadline_s, on_output)

    def close(self) -> None:
        """End the remote shell and the connection."""
        with self._lock:
            self._shell.close()
