import pytest
from config_examples import touch_files


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A folder with the files that the examples name."""
    return touch_files(tmp_path_factory.mktemp("configs"))
