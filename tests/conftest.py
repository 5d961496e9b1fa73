"""What takes long is shared: tests of one cell model run in one process, which compiles and paces it once."""

from typing import Any

import pytest

from cardiac import models

SHARED = ("proof/test_reference", "tests/models/", "tests/kernels/test_vectorised")
LARGE = (
    "crn1998",
    "ord2011_endo",
    "torord2019_endo",
)  # minutes to compile, pace a hundred times and send through cables


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Group the tests of a model, as pytest-xdist distributes them; the others go wherever there is time."""
    known = set(models.names())
    for item in items:
        if any(part in str(item.path) for part in SHARED) and hasattr(item, "callspec"):
            values = item.callspec.params.values()
            names = [value.get("model") if isinstance(value, dict) else value for value in values]
            named = next((name for name in names if isinstance(name, str)), None)
            if named is not None:
                kind = "model" if named in known else "reference"
                item.add_marker(pytest.mark.xdist_group(f"{kind} {named}"))
                if named in LARGE:
                    item.add_marker(pytest.mark.slow)
