"""What takes long is done once: tests that share it run in one process."""

from typing import Any

import pytest

from cardiac import models

SHARED = ("proof/test_reference", "proof/test_steps", "tests/models/test_models", "tests/kernels/test_")
# What these find once they keep in memory: each file in one process.
KEPT = ("tests/experiments/", "tests/importing/", "test_configs.py", "test_experiments.py", "test_studies.py")
# Together they take longer than all the others: run on request.
LONG = (
    *(
        "ap1996",
        "fk1998br",
        "bo2008_epi",
        "bo2008_mcell",
        "ttp2006_mid",
        "br1977",
        "crn1998",
        "ord2011_endo",
        "torord2019_endo",
    ),
    *("courtemanche_1998", "ohara_rudy_2011", "tomek_2019"),
)
# And the velocities of the largest model that is compared by default.
LONG_CABLES = ("ttp2006_epi",)
# So do these of every model but the small ones, of which the equations are compared one by one elsewhere.
LONG_UNLESS_SMALL = ("test_plain_python", "test_imported_simulations", "test_steps")
SMALL = (
    *("mitchell_schaeffer_2003", "mitchell_schaeffer_modified", "nagumo", "luo_rudy_1991"),
    *("aliev_panfilov_1996", "mixed"),
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Group the tests of a model and those of a file, for pytest-xdist; the others go wherever there is time."""
    known = set(models.names())
    for item in items:
        if any(part in str(item.path) for part in KEPT):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        if any(part in str(item.path) for part in SHARED) and hasattr(item, "callspec"):
            values = item.callspec.params.values()
            names = [value.get("model") if isinstance(value, dict) else value for value in values]
            named = next((name for name in names if isinstance(name, str)), None)
            if named is not None:
                kind = "model" if named in known else "reference"
                item.add_marker(pytest.mark.xdist_group(f"{kind} {named}"))
                if named in LONG:
                    item.add_marker(pytest.mark.slow)
        if "test_reference_cables" in str(item.path) and item.callspec.params["name"] in LONG_CABLES:
            item.add_marker(pytest.mark.slow)
        if any(part in str(item.path) for part in LONG_UNLESS_SMALL):
            params = item.callspec.params if hasattr(item, "callspec") else {}
            if params.get("name", SMALL[0]) not in SMALL:
                item.add_marker(pytest.mark.slow)
