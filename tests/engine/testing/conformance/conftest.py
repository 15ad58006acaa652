"""An installation that the tests of conformance share, and the engines they ask."""

import pytest

from tests.engine.testing.conformance.installation import installed


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder that an installation would have filled."""
    return installed(tmp_path_factory.mktemp("site"))
