"""What a headless kernel imports: every run pays for it."""

import subprocess
import sys


def test_a_headless_kernel_imports_nothing_of_the_desk() -> None:
    heavy = {"ipywidgets", "ipylab", "jupyter_client", "nbformat", "papermill"}
    seen = "import sys, runbook_lib; from runbook_lib.panel import desk, showing; print(*sys.modules)"
    there = subprocess.run([sys.executable, "-c", seen], capture_output=True, check=True, text=True).stdout.split()
    assert not heavy & set(there)
