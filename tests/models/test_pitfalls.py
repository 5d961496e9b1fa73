"""What goes wrong below rest is told to those whom it concerns, and to no others."""

import numpy as np
import pytest

from cardiac import mechanisms, models
from cardiac.simulation import Added

BIAS = {"strength": -1.0}


def pitfall(model: str, name: str, inputs: dict[str, object], **parameters: object) -> str:
    """What is told where a mechanism meets a model with these parameters."""
    cell, mechanism = models.load(model), mechanisms.load(name)
    met = mechanism.met(cell, mechanism.Inputs(**inputs))
    return mechanisms.pitfall(cell, parameters, [Added(mechanism, met)])


@pytest.mark.parametrize("model", ["aliev_panfilov_1996", "bueno_orovio_2008", "fenton_karma_1998"])
def test_a_hyperpolarizing_current_meets_the_pitfall_of_the_model(model: str) -> None:
    assert pitfall(model, "bias_current", BIAS) == models.load(model).pitfall != ""
    assert not pitfall(model, "bias_current", {"strength": 1.0})
    assert not mechanisms.pitfall(models.load(model), {}, [])


@pytest.mark.parametrize(
    ("model", "answer"),
    [("aliev_panfilov_1996", {"clamp_recovery": 1.0}), ("bueno_orovio_2008", {"g_rect": 0.167})],
)
def test_the_documented_option_answers_it(model: str, answer: dict[str, float]) -> None:
    assert not pitfall(model, "bias_current", BIAS, **answer)
    somewhere = {name: np.array([value, 0.0]) for name, value in answer.items()}
    assert pitfall(model, "bias_current", BIAS, **somewhere)


def test_a_conductance_is_what_the_pitfall_of_fenton_and_karma_asks_for() -> None:
    assert not pitfall("fenton_karma_1998", "potassium_conductance", {"g": 0.1})


def test_a_model_without_a_pitfall_tells_of_none() -> None:
    assert not pitfall("luo_rudy_1991", "bias_current", BIAS)


@pytest.mark.parametrize("name", models.names())
def test_nernst_potentials_are_those_of_body_temperature(name: str) -> None:
    assert pytest.approx(26.72, abs=0.02) == models.load(name).RT_F
