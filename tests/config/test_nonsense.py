"""Nonsense for every key in turn: it is refused by name, or makes sense after all."""

import copy
import io
import re

import pytest
from config_examples import CELL, TISSUE
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cardiac.config import Config, ConfigError, dumps, loads
from cardiac.config.messages import dotted

EXAMPLES = {"tissue": TISSUE, "cell": CELL}
CHOSEN_BY_THE_USER = [("regions",), ("record", "probes")]

ODD = [
    "-1 mm",
    "1e999 ms",
    "3 parsec",
    "-2 x",
    "1 mV",
    "5",
    "inf mm",
    "~",
    "2 x threshold",
    "a: b",
    "\t",
    "a\nb",
]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ODD)
)
NONSENSE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=5,
)


DATA = {name: YAML(typ="safe", pure=True).load(io.StringIO(text)) for name, text in EXAMPLES.items()}


def paths(data, above=()):
    """The paths of all values in nested data."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in parts:
        yield (*above, key)
        yield from paths(part, (*above, key))


def holder(data, path):
    """What contains the value at `path`."""
    for part in path[:-1]:
        data = data[part]
    return data


def problems(read):
    """What `read` finds wrong, nothing if it returns a config; any other exception fails the test."""
    try:
        assert isinstance(read(), Config)
    except ConfigError as error:
        return error.problems
    return ()


EVERY_VALUE = [(name, path) for name in EXAMPLES for path in paths(DATA[name])]
SECTIONS = [(name, section) for name in EXAMPLES for section in DATA[name]]
# Shrinking takes minutes, and what is drawn is small anyway.
READ_AGAIN = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)

# What may be found wrong elsewhere because the value has changed.
CONSEQUENCES = re.compile("unknown region|unknown probe|which this config does not keep")


def loaded(data, folder):
    """The config made of `data`, without the detour through text."""
    return loads("{}", set=data, folder=folder)


def within(section):
    """The paths of a section of an example, itself included, with a copy of the data for each."""
    name, key = section
    for path in [(key,), *paths(DATA[name][key], (key,))]:
        yield path, copy.deepcopy(DATA[name])


def names(problem, path):
    """Whether a problem is about the value at `path`: there, or of a neighbour that has to do with it."""
    there = problem.path or problem.file.removeprefix("--set ")
    return there.startswith(dotted(path)) or str(path[-1]) in problem.text


@pytest.mark.parametrize("section", SECTIONS, ids=".".join)
@settings(READ_AGAIN, max_examples=5)
@given(nonsense=NONSENSE)
def test_nonsense_is_named_by_its_key(section, nonsense, folder):
    for path, data in within(section):
        holder(data, path)[path[-1]] = nonsense
        found = problems(lambda data=data: loaded(data, folder))
        assert not found or any(
            names(problem, path) or CONSEQUENCES.search(problem.text) for problem in found
        ), found


@settings(READ_AGAIN, max_examples=50)
@given(case=st.sampled_from(EVERY_VALUE), nonsense=NONSENSE)
def test_nonsense_in_a_file_is_reported_with_its_line(case, nonsense, folder):
    name, path = case
    data = copy.deepcopy(DATA[name])
    holder(data, path)[path[-1]] = nonsense
    for problem in problems(lambda: loads(dumps(data), folder=folder)):
        assert problem.line
        assert "\n" not in problem.text


@settings(READ_AGAIN, max_examples=50)
@given(case=st.sampled_from(EVERY_VALUE), nonsense=NONSENSE)
def test_a_nonsensical_override_is_reported_as_it_was_given(case, nonsense, folder):
    (name, path), key = case, dotted(case[1])
    found = problems(lambda: loads(EXAMPLES[name], set={key: nonsense}, folder=folder))
    assert not found or any(
        problem.file == f"--set {key}" or CONSEQUENCES.search(problem.text) or names(problem, path)
        for problem in found
    ), found


@pytest.mark.parametrize("section", SECTIONS, ids=".".join)
def test_a_misspelt_key_is_named_and_corrected(section, folder):
    for path, data in within(section):
        if path[:-1] in CHOSEN_BY_THE_USER or isinstance(path[-1], int):
            continue  # any other name will do
        misspelt, above = f"{path[-1]}x", holder(data, path)
        above[misspelt] = above.pop(path[-1])
        wrong = dotted((*path[:-1], misspelt))
        (text,) = [
            problem.text
            for problem in problems(lambda data=data: loaded(data, folder))
            if wrong in (problem.path, problem.file.removeprefix("--set "))
        ]
        assert f'did you mean "{path[-1]}"?' in text


@pytest.mark.parametrize("section", SECTIONS, ids=".".join)
def test_a_missing_key_is_optional_or_named(section, folder):
    for path, data in within(section):
        if isinstance(path[-1], str):
            del holder(data, path)[path[-1]]
            found = problems(lambda data=data: loaded(data, folder))
            assert not found or any(
                names(problem, path[:-1] or path) or CONSEQUENCES.search(problem.text) for problem in found
            ), found
