"""Current-voltage relations: roots that are known exactly, and consistency with rest and with the currents."""

import numpy as np
import pytest
from frozen import Frozen
from table_cells import cells, published_rest, values

from cardiac import models
from cardiac.experiments import ExperimentError, current_voltage, rest

PLAIN, MODIFIED, LUO_RUDY = "mitchell_schaeffer_2003", "mitchell_schaeffer_modified", "luo_rudy_1991"
RESTING = current_voltage.Options(gates="resting")


def test_roots_of_the_plain_model_with_its_gate_at_rest() -> None:
    """u (1 - u) = tau_in / tau_out, and 0."""
    found = current_voltage.perform(cells(PLAIN), RESTING)
    beyond = np.sqrt(0.25 - 0.3 / 6.0)
    exact = -80.0 + 100.0 * np.array([0.0, 0.5 - beyond, 0.5 + beyond])
    assert exact == pytest.approx(values(found, "roots", "V"), abs=1e-6)
    assert values(found, "roots", "stable").tolist() == [1, 0, 1]
    assert "-80.00 mV (stable), -74.72 mV (unstable) and 14.72 mV (stable)" in found.sentences[0]


def test_roots_of_the_modified_model_with_its_gate_at_rest() -> None:
    found = current_voltage.perform(cells(MODIFIED), RESTING)
    assert values(found, "roots", "V") == pytest.approx(np.array([-80.0, -67.0, 20.0]), abs=1e-6)
    assert values(found, "conductance", "slope")[0] == pytest.approx(0.13 / 0.3, rel=1e-6)


@pytest.mark.parametrize("model", [PLAIN, MODIFIED])
def test_roots_of_hyperpolarized_cells_are_those_of_the_cubic(model: str) -> None:
    """With g and bias the sum of the roots stays: that of a cubic whose highest terms are the cell's own."""
    g, bias = [0.0, 0.1, 0.2, 0.0], [0.0, 0.0, 0.0, -2.0]
    found = current_voltage.perform(cells(model, g, bias), RESTING)
    roots = values(found, "roots", "V").reshape(4, 3)
    exact = [Frozen(model, *state).roots() for state in zip(g, bias, strict=True)]
    assert np.array(exact) == pytest.approx(roots, abs=1e-4)
    assert np.ptp(roots.sum(axis=1)) < 1e-4


def test_with_gates_in_their_steady_state_the_excited_root_is_gone() -> None:
    """The gate closes above -67 mV, where the plain model's current jumps outward."""
    found = current_voltage.perform(cells(PLAIN), current_voltage.Options())
    assert values(found, "roots", "V") == pytest.approx(np.array([-80.0, -74.7213595, -67.0]), abs=1e-6)
    assert values(found, "roots", "slope")[2] == np.inf
    assert found.sentences[0].endswith("and -67.00 mV (jump).")


@pytest.mark.parametrize("model", [PLAIN, LUO_RUDY])
def test_currents_add_up_and_the_stable_root_is_rest(model: str) -> None:
    here = cells(model, [0.0, 0.1], [-1.0, 0.0])
    found = current_voltage.perform(here, current_voltage.Options(-120.0, 40.0, 2.0))
    table = found.tables["current_voltage"]
    assert table["V"].values.tolist() == 2 * np.arange(-120.0, 41.0, 2.0).tolist()
    parts = [*here.model.Currents._fields, "potassium_conductance", "bias_current"]
    assert [*table] == ["cell", "V", *parts, "I"]
    total = sum(table[name].values for name in parts)
    assert total == pytest.approx(table["I"].values, rel=1e-12, abs=1e-12)
    g = np.array([0.0, 0.1])[table["cell"].values]
    assert g * (table["V"].values + 95.0) == pytest.approx(table["potassium_conductance"].values, abs=1e-12)
    lowest = [values(found, "roots", "V")[values(found, "roots", "cell") == k].min() for k in (0, 1)]
    V_rest = values(rest.perform(here, rest.Options()), "rest", "V_rest")
    assert np.array(lowest) == pytest.approx(V_rest, abs=0.001)


def test_the_sodium_current_shows_with_slow_gates_at_rest() -> None:
    """In the steady state h and j are closed and it is a small window current."""
    here, V = cells(LUO_RUDY), -20.0
    resting, steady = (
        current_voltage.perform(here, current_voltage.Options(V, V + 1.0, gates=gates)).tables[
            "current_voltage"
        ]
        for gates in ("resting", "steady")
    )
    assert resting["I_Na"].values[0] < -1000.0
    assert -0.1 < steady["I_Na"].values[0] <= 0.0


def test_an_outward_rectifier_below_rest_has_the_greater_chord() -> None:
    """Parabolic inward current of the plain model: slope 1 / tau_out, chord 0.1 (1 + 0.1) / tau_in more."""
    found = current_voltage.perform(cells(PLAIN), current_voltage.Options())
    slope, chord = (values(found, "conductance", name)[0] for name in ("slope", "chord"))
    assert slope == pytest.approx(1.0 / 6.0, rel=1e-6)
    assert chord == pytest.approx(1.0 / 6.0 + 0.11 / 0.3, rel=1e-6)


def test_two_mechanisms_of_one_kind_have_a_column_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_voltage, "rest", published_rest)
    here = cells(PLAIN, 0.1)
    twice = here._replace(mechanisms=[here.mechanisms[0], *here.mechanisms])
    table = current_voltage.perform(twice, current_voltage.Options()).tables["current_voltage"]
    assert table["potassium_conductance"].values.tolist() == table["potassium_conductance_2"].values.tolist()


@pytest.mark.parametrize("wrong", [(40.0, -120.0, 1.0), (-120.0, 40.0, 0.0), (-120.0, 40.0, 1e-6)])
def test_a_range_that_is_none_is_refused(wrong: tuple[float, float, float]) -> None:
    with pytest.raises(ExperimentError, match=r"is not above from|makes no steps"):
        current_voltage.perform(cells(PLAIN), current_voltage.Options(*wrong))


def test_a_model_without_gates_has_the_same_relation_either_way() -> None:
    here = cells("nagumo")
    roots = [
        values(current_voltage.perform(here, current_voltage.Options(gates=gates)), "roots", "V")
        for gates in ("steady", "resting")
    ]
    assert roots[0].tolist() == roots[1].tolist()
    a = models.load("nagumo").Parameters().a
    assert roots[0] == pytest.approx(np.array([-80.0, -80.0 + 100.0 * a, 20.0]), abs=1e-6)
