"""Nonsense for every key in turn: it is refused with a message that names the key, or it makes sense after all."""

import copy
import io

import pytest
from config_examples import CELL, TISSUE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cardiac.config import Config, ConfigError, dumps, loads
from cardiac.config.messages import dotted

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["-1 mm", "1e999 ms", "3 parsec", "-2 x", "1 mV", "5", "inf mm", "nan", "~", "2 x threshold"]
    )
)
NONSENSE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=5,
)
EXAMPLES = {"tissue": TISSUE, "cell": CELL}


def paths(data, above=()):
    """The paths of all values in nested data."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in parts:
        yield (*above, key)
        yield from paths(part, (*above, key))


def data_of(text):
    return YAML(typ="safe", pure=True).load(io.StringIO(text))


def holder(data, path):
    for part in path[:-1]:
        data = data[part]
    return data


EVERY_VALUE = [(name, path) for name, text in EXAMPLES.items() for path in paths(data_of(text))]
EVERY_KEY = [(name, path) for name, path in EVERY_VALUE if isinstance(path[-1], str)]
CHOSEN_BY_THE_USER = [("regions",), ("record", "probes")]


def identity(case):
    return f"{case[0]}:{dotted(case[1])}"


def faults(data, folder):
    """The problems of a config, none if it is valid; anything but a ConfigError fails the test."""
    try:
        assert isinstance(loads(dumps(data), folder=folder), Config)
    except ConfigError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("case", EVERY_VALUE, ids=identity)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(nonsense=NONSENSE)
def test_nonsense_is_named_by_its_key(case, nonsense, folder):
    name, path = case
    data = data_of(EXAMPLES[name])
    holder(data, path)[path[-1]] = nonsense
    found = faults(data, folder)
    assert not found or any(problem.path.startswith(dotted(path)) for problem in found), found
    assert all(problem.line and "\n" not in problem.text for problem in found)


@pytest.mark.parametrize("case", EVERY_VALUE, ids=identity)
def test_nonsense_from_outside_is_named_by_its_key(case, folder):
    name, path = case
    for nonsense in (None, "nonsense 5", -1e300, [["x"]], {"x": {"y": 1}}):
        try:
            loads(EXAMPLES[name], set={dotted(path): nonsense}, folder=folder)
        except ConfigError as error:
            assert any(p.file == f"--set {dotted(path)}" for p in error.problems), error


@pytest.mark.parametrize("case", EVERY_KEY, ids=identity)
def test_a_misspelt_key_is_named_and_corrected(case, folder):
    name, path = case
    data = data_of(EXAMPLES[name])
    parent = holder(data, path)
    misspelt = f"{path[-1]}x"
    items = {misspelt if key == path[-1] else key: value for key, value in parent.items()}
    parent.clear()
    parent.update(items)
    found = faults(data, folder)
    if path[:-1] in CHOSEN_BY_THE_USER:
        return  # another name; what refers to the old one is reported, if anything does
    (problem,) = [p for p in found if p.path == dotted((*path[:-1], misspelt))]
    assert f'did you mean "{path[-1]}"?' in problem.text


@pytest.mark.parametrize("case", EVERY_VALUE, ids=identity)
def test_a_missing_value_is_optional_or_named(case, folder):
    name, path = case
    data = copy.deepcopy(data_of(EXAMPLES[name]))
    del holder(data, path)[path[-1]]
    found = faults(data, folder)
    above = dotted(path[:-1])
    related = [p for p in found if p.path.startswith(above) or path[0] in ("regions", "record", "measure")]
    assert len(related) == len(found) or path == ("tissue",) or path == ("model",)
