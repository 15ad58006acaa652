"""Bootstrap: the start of a worker, with our package under a name of its own.

The file under test may stand beside an engine.py or nn.py, and mean those by `import engine`. So the worker
leaves these names free: it loads this very package, by its place, as `chainrule_suite`. As our modules import
one another relatively, also inside functions, nothing that is called `engine` can come between them.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .exchange import Asked

NAME = "chainrule_suite"


def command(asked: Asked) -> list[str]:
    """The command that starts a worker: no folder put before our paths (-P), no __pycache__ written (-B)."""
    return [sys.executable, "-P", "-B", str(Path(__file__).resolve()), json.dumps(asked)]


def worker() -> ModuleType:
    """The worker's module, in the package loaded as NAME; `import engine` still finds it, last of all."""
    package = Path(__file__).resolve().parents[2]
    spec = importlib.util.spec_from_file_location(NAME, package / "__init__.py",
                                                  submodule_search_locations=[str(package)])
    if spec is None or spec.loader is None:
        raise ImportError(f"{package} cannot be loaded: install chainrule as a folder, not as an archive")
    sys.modules[NAME] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.append(str(package.parent))
    return importlib.import_module(f"{NAME}.testing.conformance.worker")


if __name__ == "__main__":
    sys.exit(worker().main(json.loads(sys.argv[1])))
