"""`python -m runbook_lib.cli`, where the command itself is not on the path."""

import sys

from runbook_lib.cli import main

sys.exit(main())
