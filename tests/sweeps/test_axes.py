"""Axes: numbers with units as coordinates, whatever else as texts; ranges; samples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweep_examples import WIDTH, G, planned

from cardiac.sweeps.axes import Amount, Axis, amount, listed


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0.5 mm", Amount(0.5, "mm")),
        ("500 um", Amount(0.5, "mm")),
        ("2 uA/uF", Amount(2.0, "A/F")),
        ("50 %", Amount(0.5, "")),
        (3, Amount(3.0, "")),
        ("2 x", Amount(2.0, "x")),
        ("1.5 × threshold", Amount(1.5, "x threshold")),
        ("luo_rudy_1991", None),
        ("3 parrots", None),
        (True, None),
        (["1 mm"], None),
    ],
)
def test_a_number_with_its_unit_is_an_amount(written, expected):
    assert amount(written) == expected


def test_values_in_several_units_lie_on_one_axis():
    axis = listed("width", ("a",), ["500 um", "1 mm", "0.2 cm"])
    assert axis.unit == "mm"
    assert [value.at for value in axis.values] == [0.5, 1.0, 2.0]
    assert [value.written for value in axis.values] == [("500 um",), ("1 mm",), ("0.2 cm",)]


def test_values_that_are_no_amounts_are_named():
    axis = listed("model", ("model",), ["luo_rudy_1991", {"name": "nagumo"}])
    assert [value.at for value in axis.values] == ["luo_rudy_1991", "{name: nagumo}"]


def test_a_list_has_a_value_for_each_of_several_keys_and_one_value_is_for_all():
    axis = listed("width", ("w", "center"), [["1 mm", "5 mm"], "2 mm"])
    assert [value.written for value in axis.values] == [("1 mm", "5 mm"), ("2 mm", "2 mm")]
    assert [value.at for value in axis.values] == [1.0, 2.0]


def test_values_that_share_the_first_of_several_keys_are_named_by_all():
    axis = listed("width", ("w", "g"), [["1 mm", "0.1 mS/uF"], ["1 mm", "0.8 mS/uF"]])
    assert [value.at for value in axis.values] == ["1 mm + 0.1 mS/uF", "1 mm + 0.8 mS/uF"]


def test_values_whose_names_are_cut_to_the_same_are_told_apart():
    """Texts are cut at 40 letters, numbers at 8 digits."""
    long = [{"name": "mitchell_schaeffer_2003", "parameters": {"tau_in": f"0.{k} ms"}} for k in (2, 3, 4)]
    labels = [value.label for value in listed("model", ("model",), long).values]
    assert len(set(labels)) == 3
    assert len({label.partition(" #")[0] for label in labels}) == 1
    close = listed("g", ("g",), [1.000000001, 1.000000002]).values
    assert len({value.label for value in close}) == len({value.at for value in close}) == 2


@given(st.floats(1e-3, 1e3), st.floats(1.01, 1e3), st.integers(2, 30), st.booleans())
def test_a_range_goes_from_end_to_end_in_equal_steps(low, ratio, count, log):
    axis = Axis("g", ("g",), "mS/uF", (), (low, low * ratio), log).divided(count)
    at = np.array([value.at for value in axis.values])
    assert len(at) == count
    np.testing.assert_allclose(at[[0, -1]], [low, low * ratio], rtol=1e-7)  # DIGITS
    steps = np.diff(np.log(at)) if log else np.diff(at)
    # Coordinates have 8 digits, so two of them are uncertain by 1e-7.
    np.testing.assert_allclose(steps, steps.mean(), rtol=1e-4, atol=2e-7 if log else 1e-6 * low)
    assert all(value.written == (f"{value.at:.8g} mS/uF",) for value in axis.values)


SAMPLE = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, from: 0.5 mm, to: 2.5 mm}}
  g: {{set: {G}, from: 0.1 mS/uF, to: 1 mS/uF, spacing: log}}
  model: {{set: model, values: [mitchell_schaeffer_2003, mitchell_schaeffer_modified]}}
collect: [block.strip.outcome]
"""


@pytest.mark.parametrize("way", ["random", "latin_hypercube"])
def test_a_sample_is_the_same_for_the_same_seed(folder, way):
    first, again, other = (
        [case.name for case in planned(f"{SAMPLE}{way}: {{count: 10, seed: {seed}}}").cases()]
        for seed in (1, 1, 2)
    )
    assert len(first) == 10
    assert first == again
    assert set(first).isdisjoint(other)


def test_a_latin_hypercube_has_one_point_in_each_part_of_each_axis(folder):
    plan = planned(f"{SAMPLE}latin_hypercube: {{count: 10, seed: 3}}")
    width, g = (np.array([value.at for value in axis.values]) for axis in plan.axes[:2])
    np.testing.assert_array_equal(np.sort((width - 0.5) / 2.0 * 10 // 1), range(10))
    np.testing.assert_array_equal(np.sort(np.log10(g / 0.1) * 10 // 1), range(10))
    assert math.prod(len(axes[0].values) for axes in plan.dimensions.values()) == 10


def test_axes_that_are_zipped_go_together(folder):
    swept = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, values: [0.5 mm, 1 mm]}}
  g: {{set: {G}, values: [0.1 mS/uF, 0.2 mS/uF]}}
  duration: {{set: run.duration, values: [80 ms, 90 ms, 100 ms]}}
zip: [width, g]
collect: [block.strip.outcome]
"""
    plan = planned(swept)
    assert {name: len(axes[0].values) for name, axes in plan.dimensions.items()} == {
        "width": 2,
        "duration": 3,
    }
    assert [case.name for case in plan.cases()][:2] == [
        "width=0.5 mm, g=0.1 mS/uF, duration=80 ms",
        "width=0.5 mm, g=0.1 mS/uF, duration=90 ms",
    ]


def test_zipped_values_may_be_given_twice_if_those_they_go_with_differ(folder):
    swept = f"""\
base: strip.yaml
sweep:
  width: {{set: {WIDTH}, values: [1 mm, 1 mm, 2 mm]}}
  g: {{set: {G}, values: [0.1 mS/uF, 0.2 mS/uF, 0.2 mS/uF]}}
zip: [width, g]
collect: [block.strip.outcome]
"""
    assert len({case.name for case in planned(swept).cases()}) == 3
