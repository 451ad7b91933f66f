"""``python -m pipeline.training.tokeniser``, the same as ``python -m pipeline.training tokeniser``."""

from __future__ import annotations

import sys

from pipeline.training.tokeniser import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
