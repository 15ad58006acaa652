"""A cache of compiled programs for the tests of this folder alone, so that everything is really compiled."""

import os

import pytest

from engine.matrices.native import compiler as compiling


@pytest.fixture(scope="package")
def cache(tmp_path_factory):
    """The folder of the cache; what asks for it is skipped where there is no C compiler."""
    try:
        compiling.compiler()
    except compiling.NoCompiler:
        pytest.skip("there is no C compiler here")
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    compiling.folder.cache_clear()
    yield compiling.folder()
    os.environ.pop("XDG_CACHE_HOME")
    if before is not None:
        os.environ["XDG_CACHE_HOME"] = before
    compiling.folder.cache_clear()



