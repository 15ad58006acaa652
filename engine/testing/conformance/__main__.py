"""python -m engine.testing.conformance: the suite on one engine, or on a folder of them."""

import sys

from .command import main

sys.exit(main(sys.argv[1:]))
