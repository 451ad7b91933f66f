"""``python -m schemas`` writes the generated contract files anew."""

from __future__ import annotations

from schemas.export import artefacts

if __name__ == "__main__":
    for path, content in artefacts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
