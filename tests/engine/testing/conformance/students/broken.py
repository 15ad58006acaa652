"""A name is missing."""

import numpyy  # noqa: F401
