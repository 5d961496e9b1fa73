"""Nonsense for every key in turn: it is refused, and the key is named."""

import copy
import io
import itertools
import re

import pytest
from config_examples import CELL, TISSUE
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cardiac.config import Config, ConfigError, dumps, loads
from cardiac.config.messages import dotted

EXAMPLES = {"tissue": TISSUE, "cell": CELL}
DATA = {name: YAML(typ="safe", pure=True).load(io.StringIO(text)) for name, text in EXAMPLES.items()}
CHOSEN_BY_THE_USER = [("regions",), ("record", "probes"), ("record", "electrograms", "at")]

# No key takes the first two, few take another.
WRONG = ({"nonsense": 1}, [["nonsense"]], True, 3, "1 K", "nonsense")
TAKEN = {
    str: {"title", "about", "reference", "name", "dataset", "of"},
    int: {"count", "beat", "seed", "threshold", "fraction", "random"},  # or begins with a key that does
    bool: {"conducts", "counts_in_K_i"},
}

# Keys that are required wherever they occur in the examples.
REQUIRED = {
    *("title", "tissue", "size", "spacing", "run", "shape", "by", "g", "g_max"),
    *("width", "fraction", "file", "points", "semi_axes", "corner", "opposite", "through"),
}
# What may be found wrong elsewhere because a key is missing.
CONSEQUENCES = re.compile(
    "unknown region|unknown probe|which this config does not keep|there are no frames of"
    "|_modified has no balance of K_i"
)


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


def within(section):
    """The paths of a section of an example, itself included, with a copy of the data for each."""
    name, key = section
    for path in [(key,), *paths(DATA[name][key], (key,))]:
        yield path, copy.deepcopy(DATA[name])


def loaded(data, folder):
    """The config made of `data`, without the detour through text."""
    return loads("{}", set=data, folder=folder)


def place(problem):
    """The key path that a problem names; a list in brackets stands for the two ends of a velocity."""
    return (problem.path or problem.file.removeprefix("--set ")).replace(".between", "")


EVERY_VALUE = [(name, path) for name in EXAMPLES for path in paths(DATA[name])]
SECTIONS = [(name, section) for name in EXAMPLES for section in DATA[name]]


@pytest.mark.parametrize("section", SECTIONS, ids=".".join)
def test_a_value_of_a_wrong_kind_is_refused_and_its_key_named(section, folder):
    """One kind a key, all kinds in turn."""
    kinds = itertools.cycle(WRONG)
    for path, data in within(section):
        wrong = next(kind for kind in kinds if path[-1] not in TAKEN.get(type(kind), ()))
        holder(data, path)[path[-1]] = wrong
        found = [place(problem) for problem in problems(lambda data=data: loaded(data, folder))]
        assert any(key.startswith(dotted(path)) for key in found), (dotted(path), wrong, found)


def drawn(maximum):
    """Settings for so many draws; shrinking takes minutes, and what is drawn is small anyway."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    return settings(
        max_examples=maximum, deadline=None, suppress_health_check=list(HealthCheck), phases=phases
    )


# The two ends of a velocity in brackets have no keys of their own, and are reported by their line.
KEYED = [
    (name, path)
    for name, path in EVERY_VALUE
    if path[-2:-1] != ("conduction_velocity",) or path[-1] == "beat"
]


@drawn(20)
@given(case=st.sampled_from(KEYED), wrong=st.sampled_from(WRONG[:2]))
def test_a_wrong_override_is_reported_as_it_was_given(case, wrong, folder):
    name, key = case[0], dotted(case[1])
    found = problems(lambda: loads(EXAMPLES[name], set={key: wrong}, folder=folder))
    assert any(f"--set {key}" in problem.file for problem in found), (key, wrong, found)


ODD = ["-1 mm", "1e999 ms", "3 parsec", "-2 x", "5", "inf mm", "~", "2 x threshold", "a: b", "\t", "a\nb"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ODD)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=5,
)


@drawn(30)
@given(case=st.sampled_from(EVERY_VALUE), anything=ANYTHING)
def test_a_file_with_anything_in_it_is_read_or_refused_in_lines_of_the_file(case, anything, folder):
    name, path = case
    data = copy.deepcopy(DATA[name])
    holder(data, path)[path[-1]] = anything
    for problem in problems(lambda: loads(dumps(data), folder=folder)):
        assert problem.line
        assert "\n" not in problem.text


@pytest.mark.parametrize("section", SECTIONS, ids=".".join)
def test_a_misspelt_key_is_named_and_corrected(section, folder):
    for path, data in within(section):
        if path[:-1] in CHOSEN_BY_THE_USER or isinstance(path[-1], int):
            continue  # any other name will do
        misspelt, above = f"{path[-1]}x", holder(data, path)
        above[misspelt] = above.pop(path[-1])
        wrong = dotted((*path[:-1], misspelt))
        found = {place(problem): problem.text for problem in problems(lambda data=data: loaded(data, folder))}
        assert f'did you mean "{path[-1]}"?' in found[wrong]


@pytest.mark.parametrize("section", SECTIONS, ids=".".join)
def test_a_missing_key_is_named_where_it_is_missed(section, folder):
    for path, data in within(section):
        if isinstance(path[-1], str):
            del holder(data, path)[path[-1]]
            found = problems(lambda data=data: loaded(data, folder))
            if path[-1] in REQUIRED:
                assert (dotted(path), "is missing") in {(place(p), p.text[:10]) for p in found}
            above = dotted(path[:-1] or path)
            assert not found or any(
                place(p).startswith(above) or CONSEQUENCES.search(p.text) for p in found
            ), (dotted(path), found)
