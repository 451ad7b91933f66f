#!/bin/sh
# Khabar from a checkout, in one command: makes .venv beside this file, installs into it, and runs `khabar demo`.
#
#   sh khabar.sh                 the demo: everything on this machine, on sample articles
#   sh khabar.sh up              any other command of khabar
#   sh khabar.sh test            the tests (what follows goes to pytest)
#
# The first run fetches packages (Stanza needs PyTorch: some GB on Linux, unless pip is told of PyTorch's CPU index)
# and Apache Kafka (45 MB). Later runs install nothing unless pyproject.toml or constraints.txt changed.
# KHABAR_PYTHON names the Python to use; pip reads its own PIP_* variables.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
venv=$here/.venv

say() { printf '%s\n' "khabar.sh: $*" >&2; }

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    for candidate in "${KHABAR_PYTHON:-}" python3.13 python3.12 python3.11 python3 python; do
        if [ -n "$candidate" ] && fits "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "no Python 3.11, 3.12 or 3.13 found: install one, or name it in KHABAR_PYTHON"
    exit 3
}

make_venv() {
    if [ -x "$venv/bin/python" ] && fits "$venv/bin/python"; then
        return
    fi
    python=$(find_python)
    say "making $venv with $("$python" --version)"
    rm -rf -- "$venv"
    if ! "$python" -m venv "$venv"; then
        say "this Python cannot make virtual environments: install its venv package (Debian: python3-venv)"
        exit 3
    fi
}

wanted() {
    "$venv/bin/python" --version
    cat -- "$here/pyproject.toml" "$here/constraints.txt" 2>/dev/null | cksum
    printf '%s\n' "$here"
}

# install EXTRAS: what is installed with them is remembered in a stamp of its own
install() {
    stamp=$venv/khabar-installed-$1
    if [ -f "$stamp" ] && [ "$(wanted)" = "$(cat -- "$stamp")" ]; then
        return
    fi
    say "installing; the first time takes some minutes"
    set -- "$stamp" --disable-pip-version-check -e "$here[$1]"
    if [ -f "$here/constraints.txt" ]; then
        set -- "$@" -c "$here/constraints.txt"
    fi
    shift
    if ! "$venv/bin/python" -m pip install "$@"; then
        say "pip failed; its last lines say why. Behind a proxy set HTTPS_PROXY, for a mirror set PIP_INDEX_URL"
        exit 3
    fi
    wanted >"$stamp"
}

if [ $# -eq 0 ]; then
    set -- demo
fi
make_venv
if [ "$1" = test ]; then
    shift
    install embedded,web,training,dev
    cd -- "$here"
    exec "$venv/bin/python" -m pytest "$@"
fi
install embedded,web
exec "$venv/bin/khabar" "$@"
