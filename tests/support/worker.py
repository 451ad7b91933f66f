"""``python -m support.worker STAGE``: one stage, settings from the environment, errors as the exit status."""

from __future__ import annotations

import sys

from agents.settings import Settings
from agents.stage import run_stage
from schemas.errors import KhabarError

if __name__ == "__main__":
    try:
        sys.exit(run_stage(sys.argv[1], Settings()))
    except KhabarError as error:
        sys.exit(f"{type(error).__name__}: {error}")
