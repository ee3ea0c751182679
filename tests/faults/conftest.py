"""The rooms of the campaign and of its checker, in reach of the tests."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE / "checker")]
