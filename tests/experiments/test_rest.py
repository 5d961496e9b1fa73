"""Rest: published potentials and resistances, and cells whose resistance is known."""

import numpy as np
import pytest
from table_cells import cells, cells_of, column, rows, values

from cardiac.experiments import rest

MODIFIED = "mitchell_schaeffer_modified"


@pytest.mark.parametrize("model", ["ms2003", "lr1991"])
def test_rest_and_resistance_of_hyperpolarized_cells(model: str) -> None:
    expected = rows("hyperpol.csv", model)
    found = rest.perform(cells_of(expected), rest.Options())
    assert column(expected, "V_rest") == pytest.approx(values(found, "rest", "V_rest"), abs=0.002)
    assert column(expected, "V_rest") == pytest.approx(values(found, "rest", "V_root"), abs=0.002)
    assert column(expected, "R_in") == pytest.approx(values(found, "rest", "R_in"), rel=1e-3)


def test_a_conductance_adds_to_that_of_the_membrane() -> None:
    """At rest and h = 1 the modified model conducts u_gate / tau_in; E = V_rest leaves it there."""
    g = np.array([0.0, 0.1, 1.0])
    found = rest.perform(cells(MODIFIED, g, reversal=-80.0), rest.Options(current=-1e-4))
    assert 1.0 / (0.13 / 0.3 + g) == pytest.approx(values(found, "rest", "R_in"), rel=1e-4)
    assert np.abs(values(found, "rest", "V_rest") + 80.0).max() < 1e-9


def test_constants_of_time_and_space_follow_from_the_resistance() -> None:
    found = rest.perform(cells(MODIFIED), rest.Options(current=-1e-4, diffusivity=0.2))
    tau = 0.3 / 0.13
    assert tau == pytest.approx(values(found, "rest", "tau_m")[0], rel=1e-4)
    assert np.sqrt(0.2 * tau) == pytest.approx(values(found, "rest", "lambda")[0], rel=1e-4)
    assert found.sentences == ("The cell rests at -80.00 mV with 2.31 kOhm uF.",)


def test_a_pacemaker_does_not_rest_and_has_no_resistance() -> None:
    found = rest.perform(cells("mitchell_schaeffer_2003", bias=[0.0, 0.4]), rest.Options())
    assert "does not rest" in found.sentences[1]
    for name in ("R_in", "tau_m", "lambda"):
        assert np.isnan(values(found, "rest", name)).tolist() == [False, True]
