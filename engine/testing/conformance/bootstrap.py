"""Bootstrap: the start of a witness, with our package under a name of its own.

The file under test may stand beside an engine.py or nn.py, and mean those by `import engine`. So the witness
leaves these names free: it loads its part of this very package, by its place, as `chainrule_suite`. As our
modules import one another relatively, also inside functions, nothing that is called `engine` can come between
them. The packages on the way are entered without what their __init__ brings: most of it knows what is right.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exchange import Asked

NAME = "chainrule_suite"


def command(asked: Asked) -> list[str]:
    """The command that starts a witness: no folder put before our paths (-P), no __pycache__ written (-B)."""
    return [sys.executable, "-P", "-B", str(Path(__file__).resolve()), json.dumps(asked)]


def witness() -> ModuleType:
    """The module of the witness, in the package loaded as NAME; `import engine` still finds the whole of it,
    last of all."""
    package = Path(__file__).resolve().parents[2]
    if not package.is_dir():
        raise ImportError(f"{package} cannot be loaded: install chainrule as a folder, not as an archive")
    for name, folder in ((NAME, package), (f"{NAME}.testing", package / "testing"),
                         (f"{NAME}.testing.conformance", package / "testing" / "conformance")):
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(folder)]
    sys.path.append(str(package.parent))
    return importlib.import_module(f"{NAME}.testing.conformance.witness")


if __name__ == "__main__":
    sys.exit(witness().main(json.loads(sys.argv[1])))
