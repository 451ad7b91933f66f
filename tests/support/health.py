"""What a worker says of itself over HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request


def page(port, path="metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=30) as answer:
        return answer.read().decode()


def status(port, path):
    try:
        page(port, path)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return 200
