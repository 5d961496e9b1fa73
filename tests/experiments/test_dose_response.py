"""Dose-response: the experiment at each dose, as it is on its own."""

from types import ModuleType

import numpy as np
import pytest
from frozen import Frozen
from table_cells import cells, column, published_rest, rows, values

from cardiac import mechanisms, models
from cardiac.cell import Cell
from cardiac.experiments import (
    ExperimentError,
    current_voltage,
    dose_response,
    recovery_from_inactivation,
    rest,
    strength_duration,
    threshold,
)
from cardiac.experiments.dose_response import Options
from cardiac.references import Doses

PLAIN = Cell(models.load("mitchell_schaeffer_2003"), {}, [])
DOSES = (0.0, 0.05, 0.1, 0.2)  # mS/uF


def use(name: str = "potassium_conductance", **inputs: float) -> Doses:
    """A mechanism; its doses are given later."""
    mechanism = mechanisms.load(name)
    filled = {mechanism.dose: 1.0} | ({"reversal": -95.0} if name == "potassium_conductance" else {})
    return Doses(name, mechanism.Inputs(**filled | inputs), mechanism.dose, ())


def asked(of: object, use: Doses, doses: tuple[float, ...]) -> Options:
    """An experiment at doses of a mechanism."""
    return Options(of, use._replace(values=doses))


def test_published_dose_response_of_a_potassium_conductance() -> None:
    expected = [row for row in rows("hyperpol.csv", "ms2003", ek=-95.0) if row["bias"] == 0.0]
    found = dose_response.perform(PLAIN, asked(threshold.Options(), use(), DOSES))
    assert list(DOSES) == values(found, "threshold", "dose").tolist() == column(expected, "gk").tolist()
    assert column(expected, "V_rest") == pytest.approx(values(found, "threshold", "V_rest"), abs=0.002)
    assert column(expected, "I_thr_2ms") == pytest.approx(values(found, "threshold", "current"), rel=0.003)
    assert found.tables["threshold"]["dose"].unit == "mS/uF"
    assert found.tables["threshold"]["dose"].about == "g of potassium_conductance"
    assert found.sentences[0].startswith(
        "From 0 to 0.2 mS/uF g of potassium_conductance: V_rest from -80 to -85.39 mV, current from 2.78"
    )


@pytest.mark.parametrize(
    ("experiment", "of"),
    [
        (rest, rest.Options()),
        (threshold, threshold.Options()),
        (strength_duration, strength_duration.Options((0.5, 2.0, 5.0))),
        (current_voltage, current_voltage.Options(gates="resting")),
        (recovery_from_inactivation, recovery_from_inactivation.Options()),
    ],
    ids=lambda part: getattr(part, "__name__", "").rpartition(".")[2],
)
def test_each_dose_is_the_experiment_on_that_cell(experiment: ModuleType, of: object) -> None:
    """Every table but that of trials: a search with other cells beside ends elsewhere in the bracket (0.5 %)."""
    found = dose_response.perform(PLAIN, asked(of, use(), DOSES))
    for dose in (DOSES[0], DOSES[-1]):
        alone = experiment.perform(cells("mitchell_schaeffer_2003", dose), of)
        for name in alone.tables.keys() - {"tried"}:
            table, here = found.tables[name], found.tables[name]["dose"].values == dose
            for key in table.keys() & alone.tables[name].keys():
                expected = pytest.approx(table[key].values[here], rel=0.01, abs=0.005, nan_ok=True)
                assert alone.tables[name][key].values == expected


def test_every_cell_gets_every_dose() -> None:
    two = Cell(PLAIN.model, {"tau_out": np.array([6.0, 9.0])}, [], 2)
    found = dose_response.perform(
        two, asked(current_voltage.Options(gates="resting"), use(), (0.0, 0.1, 0.3))
    )
    table = found.tables["conductance"]
    assert table["cell"].values.tolist() == [0, 0, 0, 1, 1, 1]
    assert table["dose"].values.tolist() == [0.0, 0.1, 0.3] * 2
    own = table["slope"].values[[0, 3]]
    assert own == pytest.approx(np.array([1.0 / 6.0, 1.0 / 9.0]), rel=1e-6)
    assert len(found.sentences) == 2


def test_doses_add_to_the_mechanisms_that_the_cell_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.05 and then 0.05 mS/uF are 0.1."""
    monkeypatch.setattr(current_voltage, "rest", published_rest)
    here = cells("mitchell_schaeffer_modified", 0.05)
    found = dose_response.perform(here, asked(current_voltage.Options(gates="resting"), use(), (0.0, 0.05)))
    roots = values(found, "roots", "V").reshape(2, 3)
    exact = [Frozen("mitchell_schaeffer_modified", g).roots() for g in (0.05, 0.1)]
    assert np.array(exact) == pytest.approx(roots, abs=1e-4)


def test_trials_have_their_dose() -> None:
    found = dose_response.perform(PLAIN, asked(threshold.Options(tolerance=0.05), use(), DOSES))
    assert set(values(found, "tried", "cell")) == {0}
    for dose, current in zip(DOSES, values(found, "threshold", "current"), strict=True):
        own = values(found, "tried", "dose") == dose
        tried, excited = (values(found, "tried", name)[own] for name in ("current", "excited"))
        assert tried[excited == 0].max() < current < tried[excited == 1].min()


def test_a_mechanism_that_changes_a_parameter() -> None:
    """Extracellular potassium through the model's own Nernst law: V_rest falls with it."""
    here = Cell(models.load("luo_rudy_1991"), {}, [])
    doses = (5.4, 4.0, 3.0)
    found = dose_response.perform(
        here, asked(current_voltage.Options(), use("extracellular_potassium"), doses)
    )
    assert found.tables["conductance"]["dose"].unit == "mM"
    # SCIENCE of the project, from another program with another g_Na: -84.5, -90.8, -96.0
    assert np.array([-84.5, -90.8, -96.0]) == pytest.approx(values(found, "conductance", "V_rest"), abs=0.1)
    assert "extracellular_potassium" not in found.tables["current_voltage"]


def test_answers_that_are_no_numbers_are_told_in_words_with_their_doses() -> None:
    found = dose_response.perform(PLAIN, asked(threshold.Options(), use(), (0.0, 0.2, 0.55, 5.0)))
    (sentence,) = found.sentences
    assert sentence.startswith("From 0 to 0.55 mS/uF g of potassium_conductance: V_rest from -80 to")
    assert sentence.endswith("; graded at 0.55 mS/uF; inexcitable from 5 mS/uF on.")
    found = dose_response.perform(PLAIN, asked(rest.Options(), use("bias_current"), (0.4, 0.5, 0.0, -1.0)))
    (sentence,) = found.sentences
    assert sentence.startswith("From 0 to -1 A/F strength of bias_current: V_rest from -80 to")
    assert sentence.endswith("; spontaneously active down to 0.5 A/F.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (asked(threshold.Options(), use(), ()), "there are no doses"),
        (asked("threshold", use(), DOSES), "'threshold' are not the Options of an experiment"),
        (
            asked(asked(threshold.Options(), use(), DOSES), use(), DOSES),
            "a dose-response of a dose-response",
        ),
        (
            asked(threshold.Options(), use("inward_rectifier_scale"), DOSES),
            "inward_rectifier_scale: needs I_K1, which mitchell_schaeffer_2003 does not have",
        ),
        (
            asked(threshold.Options(), use("virtual_anode", center=(1.0, 1.0)), DOSES),
            "acts differently at different places",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(options: Options, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        dose_response.perform(PLAIN, options)


def test_a_dose_outside_what_makes_sense_is_refused() -> None:
    here = Cell(models.load("luo_rudy_1991"), {}, [])
    with pytest.raises(ExperimentError, match=r"extracellular_potassium: K_o: 0 mM is outside 0.5 ... 30 mM"):
        dose_response.perform(here, asked(rest.Options(), use("extracellular_potassium"), (0.0, 5.4)))
