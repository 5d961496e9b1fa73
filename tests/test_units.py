"""What a number with a unit means, with pint as the oracle."""

import contextlib
import math
from typing import NamedTuple

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardiac.units import UNITS, Positive, Unit, UnitError, extent, factor, mV, one, parse, units_of, written

INTERNAL = {quantity: unit for unit, (quantity, scale) in reversed(UNITS.items()) if scale == 1.0}
QUANTITIES = sorted({quantity for quantity, _ in UNITS.values()} - {"number"})


@pytest.fixture(scope="module")
def registry():
    return pint.UnitRegistry()


@pytest.mark.parametrize("unit", sorted(set(UNITS) - {"%"}))
def test_units_convert_as_pint_converts_them(unit, registry):
    quantity, _ = UNITS[unit]
    expected = registry.Quantity(2.5, unit).to(INTERNAL[quantity]).magnitude
    assert math.isclose(expected, parse(f"2.5 {unit}", quantity), rel_tol=1e-15)


def test_percent_is_a_hundredth():
    assert parse("12 %", "number") == 0.12


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("0.07 cm", "length", 0.7),
        ("0.3 cm", "length", 3.0),
        (" 1e-3mm ", "length", 1e-3),
        ("+.5 um", "length", 5e-4),
        ("-95 mV", "voltage", -95.0),
        ("5 µm", "length", 0.005),
        ("1 mm²/ms", "diffusivity", 1.0),
        (2, "number", 2.0),
        ("2", "number", 2.0),
    ],
)
def test_a_quantity_is_read_to_the_last_bit(text, quantity, value):
    assert value == parse(text, quantity)


def test_minus_zero_is_zero():
    assert math.copysign(1.0, parse("-0 mV", "voltage")) == 1.0


@pytest.mark.parametrize(
    ("text", "quantity", "message"),
    [
        (0.25, "length", 'needs a unit: write "0.25 mm" (a length; um, mm, cm, m)'),
        ("22 mV", "length", '"22 mV": mV is a voltage, a length is expected (um, mm, cm, m)'),
        ("3 msec", "time", '"3 msec": unknown unit "msec" - did you mean "ms"? (us, ms, s)'),
        ("3 MV", "voltage", 'did you mean "mV"?'),
        ("3 parsec", "voltage", "a voltage is expected (mV, V)"),
        ("1,5 mm", "length", "write a decimal point, not a comma"),
        ("1 Hz", "time", "write the period"),
        ("1 ms", "rate", "write the reciprocal"),
        ("5 mm", "number", 'a number is expected (no unit, or "%")'),
        ("wide", "length", '"wide" is not a length - write it as "1 mm"'),
        ("", "angle", '"" is not an angle'),
        (True, "length", "true is not a length"),
        (None, "length", "nothing is not a length"),
        ([1], "length", "a list is not a length"),
        ({}, "number", "a mapping is not a number"),
        (math.inf, "length", "is not finite"),
        (math.nan, "number", "is not finite"),
        ("1e400 mm", "length", "is too large"),
        ("1e306 m", "length", "is too large"),
    ],
)
def test_what_is_not_a_quantity_is_refused_with_the_way_out(text, quantity, message):
    with pytest.raises(UnitError) as error:
        parse(text, quantity)
    assert message in str(error.value)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(QUANTITIES))
def test_what_is_written_is_read_back(value, quantity):
    assert value == parse(written(value, INTERNAL[quantity]), quantity)


@given(st.text())
def test_any_text_is_a_quantity_or_a_unit_error(text):
    with contextlib.suppress(UnitError):
        assert math.isfinite(parse(text, "length"))


def test_a_factor_is_a_number_and_x():
    assert factor("2 x") == 2.0
    assert factor("0.5x") == 0.5
    assert factor("2 mm") is None
    assert factor(2) is None
    with pytest.raises(UnitError, match="cannot be negative"):
        factor("-1 x")


def test_the_units_of_a_record_are_those_of_its_annotations():
    class Record(NamedTuple):
        V: mV
        width: extent
        h: one = 1.0
        label: str = ""

    assert units_of(Record) == {
        "V": Unit("mV", "voltage"),
        "width": Unit("mm", "length"),
        "h": Unit("1", "number"),
    }
    assert Positive() in extent.__metadata__


def test_a_unit_that_only_a_model_has_is_written_as_the_model_has_it() -> None:
    """Fields of imported models: Annotated[float, Unit("uF/mm^2", "uF/mm^2")]."""
    assert parse("0.129 uF/mm^2", "uF/mm^2") == 0.129
    assert parse(written(185.0, "pF"), "pF") == 185.0
    with pytest.raises(UnitError, match=r'needs a unit: write "3 uF/mm\^2"'):
        parse("3", "uF/mm^2")
    with pytest.raises(UnitError, match=r"unknown unit"):
        parse("3 pF", "uF/mm^2")
