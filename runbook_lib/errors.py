"""Every error a user may meet, and nothing else is raised on purpose.

::

    RunbookError
    ├── ParameterError        a site file or a notebook parameter is wrong; nothing was connected to
    ├── NodeError             the way to a node
    │   ├── Unreachable       no connection, or the node went away
    │   ├── NotAuthenticated  the node refused the credentials
    │   ├── CommandFailed     a command could not be run, or ran past its deadline
    │   └── OutcomeUnknown    a command was sent and its reply was lost
    ├── NoDesk                the desk's JupyterLab is not there, or does not answer
    └── StepError             the procedure
        ├── NotConfirmed      something that must already be true is not
        ├── NotApplied        something was to be made true and is not, or a guard forbade it
        └── Waiting           a person must act first

A message says where, what is, what was expected and what to do, in one to three sentences, and never holds a secret.
"""


class RunbookError(Exception):
    """The root of the tree: a foreseen problem, told in full by its message."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a stack trace: the reader of a record needs the sentence, not our calls."""
        return [f"{type(self).__name__}: {self}"]


class ParameterError(RunbookError):
    """A site file or a notebook parameter is wrong."""


class NodeError(RunbookError):
    """Something between this library and a node went wrong."""


class Unreachable(NodeError):
    """The node does not answer."""


class NotAuthenticated(NodeError):
    """The node refused the credentials."""


class CommandFailed(NodeError):
    """A command could not be run to its end."""


class OutcomeUnknown(NodeError):
    """A command was sent, and whether it ran is not known: only reading the node can tell."""


class NoDesk(RunbookError):
    """There is no desk here, or its server does not answer."""


class StepError(RunbookError):
    """A step of the procedure did not end as it must."""


class NotConfirmed(StepError):
    """A state that must already hold does not."""


class NotApplied(StepError):
    """A state was to be made true and does not hold, or what it requires does not."""


class Waiting(StepError):
    """A person must act before the procedure can go on."""
