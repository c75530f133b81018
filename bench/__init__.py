"""The benches. Python puts a script's own folder first, where `telegram` is a bench and not the library."""

import sys
from pathlib import Path

_HERE = Path(__file__).parent
sys.path[:] = [place for place in sys.path if Path(place).resolve() != _HERE]
