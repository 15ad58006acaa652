"""draw: a graph as a picture (first version: plain text; the picture follows)."""

from __future__ import annotations

from .value import Value


def mimebundle(x: Value) -> dict[str, str]:
    """What Jupyter shows."""
    return {"text/plain": repr(x)}
