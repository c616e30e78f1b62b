"""The command line: one file a command."""

import sys

from verify.cli.start import leave_quietly

if sys.argv[:1] == ["-m"]:      # this is `python -m verify.cli.app`, and the program is loaded next
    leave_quietly()
