"""What the tests of experiments share: nothing that an earlier run remembered."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def _nothing_remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rest and thresholds are found here and now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDIAC_CACHE", str(tmp_path_factory.mktemp("cells")))
        yield
