"""A stack of its own, the road driven on it, and the checker beside these tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
