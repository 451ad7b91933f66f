"""The kernel's own wall round the engine: Linux's Landlock.

Whatever a query gets past the checks of :mod:`agents.embedded.access`, whoever sends it, the process reads and writes
its own folders only, reads the programs and libraries of this machine, starts no program and connects to no host.
Landlock asks for no privilege (https://docs.kernel.org/userspace-api/landlock.html); what has begun cannot be undone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Numbers of the system calls, the same on all architectures."""
_ASK_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 5: 16}
"""Version of Landlock to the number of its rights on files: all bits below that number."""
_NET_VERSION: Final = 4
_CONNECT_TCP: Final = 1 << 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_READ: Final = _READ_FILE | _READ_DIR
_DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_MACHINE: Final = ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/filesystems")
_LIBRARIES: Final = ("/usr", "/lib", "/lib64", "/etc", "/opt", "/sys", "/proc/self", "/proc/sys", *_MACHINE)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def enclose(own: Iterable[Path]) -> int:
    """Enclose this thread and all that it starts from now on; call it before there are others.

    Args:
        own: folders in which the process may do anything but start programs; those that are missing are made.

    Returns:
        The version of Landlock that holds; 0: this system has none, and nothing was done.
    """
    version = _call(_CREATE_RULESET, None, 0, _ASK_VERSION) if sys.platform == "linux" else 0
    if version < 1:
        return 0
    every = (1 << max(bits for since, bits in _FILE_RIGHTS.items() if since <= version)) - 1
    network = _CONNECT_TCP if version >= _NET_VERSION else 0
    asked = _Ruleset(every, network)
    ruleset = _call(_CREATE_RULESET, ctypes.byref(asked), ctypes.sizeof(asked) if network else 8, 0)
    _check(ruleset)
    for folder in own:
        folder.mkdir(parents=True, exist_ok=True)
        _allow(ruleset, folder, every & ~_EXECUTE)
    for path, rights in _programs().items():
        _allow(ruleset, path, rights)
    for device in _DEVICES:
        _allow(ruleset, Path(device), (_READ_FILE | _WRITE_FILE) & every)
    _check(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _check(_call(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    return version


def forget(variables: Iterable[str]) -> None:
    """Blot out the values of environment variables, so that ``/proc/self/environ`` tells them to nobody any more.

    Call it once they have been read; children get them no more either.
    """
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_void_p
    for name in variables:
        if place := getenv(name.encode()):
            ctypes.memset(place, ord("*"), len(ctypes.string_at(place)))
        os.environ.pop(name, None)


def _programs() -> dict[Path, int]:
    """Where Python, its packages and Khabar itself lie: modules are imported late. Of a checkout, the packages only."""
    places = (*_LIBRARIES, sys.prefix, sys.base_prefix, *sys.path)
    found = {Path(place).resolve(): _READ for place in places if place}
    root = Path(__file__).resolve().parents[2]
    if root.name != "site-packages":
        found |= {root: _READ_DIR, **{root / name: _READ for name in ("agents", "pipeline", "schemas")}}
    return found


def _allow(ruleset: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        rights &= _READ_FILE | _WRITE_FILE
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(rights, place)
        _check(_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def _check(result: int) -> None:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
