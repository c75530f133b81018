#!/bin/sh
# Find a Python that is new enough and let it run setup.py: the environment's own when it works (a second
# run costs two starts of Python), else the first of the usual names that answers.
cd "$(dirname "$0")/.." || exit 1
enough='import sys; sys.exit(sys.version_info < (3, 11))'
for python in .venv/bin/python "${PYTHON:-python3.13}" python3.13 python3.12 python3.11 python3 python; do
    if "$python" -ISc "$enough" >/dev/null 2>&1; then
        exec "$python" -I tools/setup.py "$@"
    fi
done
if uv python install --quiet 3.13 2>/dev/null; then
    exec uv run --quiet --no-project --python 3.13 tools/setup.py "$@"
fi
found=$(python3 --version 2>/dev/null || python --version 2>/dev/null)
cat >&2 <<END
Catwalk needs Python 3.11 or newer, and found ${found:-none} here.
Install one (Debian or Ubuntu: sudo apt install python3 python3-venv; macOS: brew install python) and run
make again. One that is installed elsewhere can be named: PYTHON=/path/to/python3.12 make demo
END
exit 1
