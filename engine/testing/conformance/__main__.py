"""python -m engine.testing.conformance: the suite on one engine, or on a folder of them."""

import sys

from ...show.text import ended
from .command import main

sys.exit(ended(lambda: main(sys.argv[1:])))
