"""``python -m support.worker STAGE``: one stage, settings from the environment, errors as the exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agents.settings import Settings
from agents.stage import run_stage
from schemas.errors import KhabarError
from support import controls

if __name__ == "__main__":
    if controls.FILE_VARIABLE in os.environ:
        controls.follow(Path(os.environ[controls.FILE_VARIABLE]))
    try:
        sys.exit(run_stage(sys.argv[1], Settings()))
    except KhabarError as error:
        sys.exit(f"{type(error).__name__}: {error}")
