"""What holds for every mechanism in the folder, and what each one does."""

from pathlib import Path
from typing import Any

import numba
import pytest

from cardiac import mechanisms
from cardiac.kernels.compose import FAST
from cardiac.units import units_of

NAMES = mechanisms.names()
CHLORIDE = mechanisms.load("chloride_conductance")


def example(mechanism: mechanisms.Mechanism, dose: float) -> Any:
    """Parameters with a dose, and -90 mV for whatever has no default."""
    record = mechanism.Parameters
    values = {field: record._field_defaults.get(field, -90.0) for field in record._fields}
    return record(**{**values, mechanism.dose: dose})


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_says_what_it_is_and_every_field_has_a_unit(name: str) -> None:
    mechanism = mechanisms.load(name)
    assert name == mechanism.name
    assert len(mechanism.summary) <= 110
    assert list(mechanism.Parameters._fields) == list(units_of(mechanism.Parameters))
    assert mechanism.dose in mechanism.Inputs._fields


@pytest.mark.parametrize("name", NAMES)
def test_the_current_is_proportional_to_the_dose(name: str) -> None:
    mechanism = mechanisms.load(name)
    for V in (-200.0, -87.0, 0.0, 100.0):
        one, two = (mechanism.current(V, None, None, example(mechanism, dose)) for dose in (0.3, 0.6))
        assert 2.0 * one == pytest.approx(two, rel=1e-14)
        assert mechanism.current(V, None, None, example(mechanism, 0.0)) == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_current_equals_plain_python(name: str) -> None:
    mechanism = mechanisms.load(name)
    current = mechanism.current
    q = example(mechanism, 0.3)
    compiled = numba.njit(lambda V, q: current(V, None, None, q), error_model="numpy", fastmath=FAST)
    for V in (-200.0, -87.3, 0.0, 100.0):
        assert current(V, None, None, q) == pytest.approx(compiled(V, q), rel=1e-12)


def test_a_positive_bias_depolarizes() -> None:
    bias = mechanisms.load("bias_current")
    assert bias.current(-85.0, None, None, bias.Parameters(2.0)) == -2.0


@pytest.mark.parametrize("name", ["potassium_conductance", "chloride_conductance"])
def test_a_conductance_pulls_towards_its_reversal_potential(name: str) -> None:
    mechanism = mechanisms.load(name)
    q = mechanism.Parameters(0.5, -90.0)
    assert mechanism.current(-90.0, None, None, q) == 0.0
    assert mechanism.current(-80.0, None, None, q) == 5.0  # outward above, inward below
    assert mechanism.current(-100.0, None, None, q) == -5.0


@pytest.mark.parametrize(("Cl_i", "E_Cl"), [(5.0, -90.9), (10.0, -72.4), (15.0, -61.5), (30.0, -43.0)])
def test_chloride_reverses_at_its_nernst_potential(Cl_i: float, E_Cl: float) -> None:
    q = CHLORIDE.resolve(CHLORIDE.Inputs(g=0.2, Cl_i=Cl_i, Cl_o=150.0))
    assert E_Cl == pytest.approx(q.reversal, abs=0.1)
    assert q.g == 0.2


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "needs the reversal potential, or both"),
        ({"Cl_i": 5.0}, "needs the reversal potential, or both"),
        ({"reversal": -70.0, "Cl_i": 5.0}, "reversal is given, and Cl_i too"),
        ({"reversal": -70.0, "Cl_i": 5.0, "Cl_o": 150.0}, "reversal is given, and Cl_i and Cl_o too"),
        ({"Cl_i": 0.0, "Cl_o": 150.0}, "must be positive"),
    ],
)
def test_chloride_wants_the_potential_or_both_concentrations(inputs: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CHLORIDE.resolve(CHLORIDE.Inputs(g=0.2, **inputs))


def test_a_given_chloride_reversal_is_kept() -> None:
    assert CHLORIDE.resolve(CHLORIDE.Inputs(g=0.2, reversal=-70.0)) == CHLORIDE.Parameters(0.2, -70.0)


def test_an_unknown_mechanism_is_answered_with_the_nearest() -> None:
    with pytest.raises(mechanisms.MechanismError, match='"bias_curent" - did you mean "bias_current"'):
        mechanisms.load("bias_curent")


def test_a_file_that_is_no_mechanism_is_told_what_is_wrong(tmp_path: Path) -> None:
    source = mechanisms.load("potassium_conductance").file.read_text()
    path = tmp_path / "leak.py"
    path.write_text(source.replace('DOSE = "g"', 'DOSE = "gg"').replace("V, s, p, q", "V, q"))
    with pytest.raises(mechanisms.MechanismError) as raised:
        mechanisms.load(path)
    assert 'DOSE is "gg", which is not in Parameters' in str(raised.value)
    assert "current takes (V, q), expected (V, s, p, q)" in str(raised.value)
    path.write_text(source)
    assert (
        mechanisms.load(path).current(0.0, None, None, mechanisms.load(path).Parameters(1.0, -90.0)) == 90.0
    )
