"""The papermill engine `runbook`: a notebook is run so that what is on disk is true whatever happens.

::

    papermill --engine runbook notebooks/05_share_work_folder.ipynb out.ipynb -p site lab -p node node1

papermill's own engine records a run whose kernel died, or whose cell timed out, as completed.  This one leaves a
notebook and a journal (`out.jsonl`, beside it) that say which cells ran, which did not, and why: after a failed step, a
dead kernel, a timeout, Ctrl-C, SIGTERM and SIGHUP, and, as far as it had come, after SIGKILL.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["RunbookEngine"]


class RunbookEngine:
    """The engine registered with papermill as `runbook`; see `runbook_lib.engine.running.execute`.

    It stands before every import: papermill fetches it through its entry point at the end of its own import, and so in
    the middle of ours when ours comes first.
    """

    @classmethod
    def execute_notebook(cls, nb: "NotebookNode", kernel_name: str, **options: Any) -> "NotebookNode":  # noqa: ANN401
        """Run *nb*; called by papermill."""
        from runbook_lib.engine.running import execute

        return execute(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: "NotebookNode", name: str | None = None) -> str:
        """Name of the kernel; called by papermill."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: "NotebookNode", language: str | None = None) -> str:
        """Language of the notebook; called by papermill."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


from runbook_lib.engine import files  # noqa: E402, F401 - makes papermill write its files in one piece
