"""Start a program that dies with its parent: ``python tether.py PARENT_PID PROGRAM ARG…``.

The kernel kills the program when the thread that started it ends (PR_SET_PDEATHSIG, which survives exec), so a
supervisor that is killed leaves no orphans. Linux only; elsewhere the program just starts.
Imports nothing of Khabar: it runs with ``-I -S`` and costs some 15 ms.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the tie held
        sys.exit(0)
    os.execvp(program[0], program)  # nosec B606 # noqa: S606 - the program is our own


if __name__ == "__main__":
    main()
