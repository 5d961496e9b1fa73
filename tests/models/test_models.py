"""What holds for every model in the folder, and the exactness of its equations."""

import math
from typing import Any

import numpy as np
import pytest

from cardiac import models
from cardiac.kernels import Gate
from cardiac.models import luo_rudy_1991, ten_tusscher_panfilov_2006
from cardiac.units import units_of

NAMES = models.names()
CELLS = [(name, variant) for name in NAMES for variant in models.load(name).variants or [None]]
# Removable singularities and switches of the formulas, and everything between them.
POTENTIALS = [*np.arange(-200.0, 100.25, 0.5), -47.13, -77.0, -100.0, -40.0, 15.0, -37.78]


def evaluated(model: models.Model, V: Any, p: Any) -> tuple[Any, Any]:
    """Currents and rates in plain Python at the initial state."""
    s = model.State()
    I = model.currents(V, s, p)  # noqa: E741
    return I, model.rates(V, s, p, I)


def numbers(rates: Any) -> list[float]:
    """The rates as a flat list."""
    return [x for rate in rates for x in (rate if isinstance(rate, Gate) else [rate])]


@pytest.mark.parametrize("name", NAMES)
def test_a_model_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    model = models.load(name)
    assert name == model.name
    assert model.doi.startswith("10.")
    assert model.species
    assert len(model.summary) <= 110
    assert str(next(iter(filter(str.isdigit, name)), "")) in model.doc


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_a_model_has_a_unit(name: str) -> None:
    model = models.load(name)
    for record in (model.State, model.Parameters, model.Currents):
        assert list(record._fields) == list(units_of(record))


@pytest.mark.parametrize(("name", "variant"), CELLS)
def test_rates_are_finite_and_gates_stay_in_range_from_far_below_rest_to_far_above_the_peak(
    name: str, variant: str | None
) -> None:
    model = models.load(name)
    p = model.parameters(variant)
    for V in POTENTIALS:
        currents, rates = evaluated(model, np.float64(V), p)
        assert np.isfinite([*currents, *numbers(rates)]).all(), V
        for field, rate in zip(model.State._fields, rates, strict=True):
            if isinstance(rate, Gate):
                assert 0.0 <= rate.inf <= 1.0, (V, field)
                assert rate.rate > 0.0, (V, field)


@pytest.mark.parametrize(("name", "variant"), CELLS)
def test_compiled_equations_equal_plain_python(name: str, variant: str | None, equations: Any) -> None:
    model = models.load(name)
    p = model.parameters(variant)
    for V in POTENTIALS[::10] + POTENTIALS[-6:]:
        currents, rates = evaluated(model, float(V), p)
        I, r = equations(name)(float(V), model.State(), p)  # noqa: E741
        # 1e-12: fused multiply-adds, amplified where a reversal potential is subtracted.
        np.testing.assert_allclose(I, currents, rtol=1e-12, atol=1e-12, err_msg=str(V))
        np.testing.assert_allclose(numbers(r), numbers(rates), rtol=1e-12, atol=1e-14, err_msg=str(V))


@pytest.mark.parametrize(
    ("name", "V"), [("luo_rudy_1991", -47.13), ("luo_rudy_1991", -77.0), ("ten_tusscher_panfilov_2006", 15.0)]
)
def test_removable_singularities_leave_no_trace(name: str, V: float) -> None:
    model = models.load(name)

    def everything(V: float) -> np.ndarray:
        currents, rates = evaluated(model, V, model.Parameters())
        return np.array([*currents, *numbers(rates)])

    at, below, above = everything(V), everything(V - 1e-4), everything(V + 1e-4)
    # A smooth function differs from the mean of its neighbours by its curvature, here below 1e-8 of its size.
    np.testing.assert_allclose(0.5 * (below + above), at, rtol=1e-8, atol=1e-14)


@pytest.mark.parametrize("V", [-99.0, -78.0, -76.5, 0.0, 15.5, 60.0])
def test_rewritten_formulas_equal_the_published_ones(V: float) -> None:
    x = V + 77.0
    published = 2.837 * (math.exp(0.04 * x) - 1.0) / (x * math.exp(0.04 * (V + 35.0)))
    assert published == pytest.approx(luo_rudy_1991.X_i(V), rel=1e-12)
    F, RT, Ca_ss, Ca_o = 96.485, 8.314 * 310.0, 0.001, 2.0
    e = math.exp(2.0 * (V - 15.0) * F / RT)
    published = 4.0 * (V - 15.0) * F * F / RT * (0.25 * Ca_ss * e - Ca_o) / (e - 1.0)
    assert published == pytest.approx(ten_tusscher_panfilov_2006.calcium_drive(V, Ca_ss, Ca_o), rel=1e-12)


@pytest.mark.parametrize(("name", "variant"), CELLS)
def test_variants_differ_from_the_first_only_in_what_they_name(name: str, variant: str | None) -> None:
    model = models.load(name)
    changed = {
        key
        for key, default, value in zip(
            model.Parameters._fields, model.Parameters(), model.parameters(variant), strict=True
        )
        if default != value
    }
    assert changed == set(model.variants.get(variant, {}))


def test_the_first_variant_is_the_default_and_an_unknown_one_is_answered_with_the_nearest() -> None:
    model = models.load("ten_tusscher_panfilov_2006")
    assert list(model.variants) == ["epi", "endo", "mid"]
    assert model.parameters("epi") == model.parameters()
    with pytest.raises(models.ModelError, match='no variant "endi" - did you mean "endo"'):
        model.parameters("endi")


def test_the_cubic_medium_has_the_cubic_of_the_theory() -> None:
    model = models.load("nagumo")
    p = model.Parameters(k=8.0, a=0.1, V_rest=0.0, span=1.0)
    for u in (-0.5, 0.0, 0.1, 0.5, 1.0):
        assert evaluated(model, u, p)[0].I_cubic == pytest.approx(-8.0 * u * (u - 0.1) * (1.0 - u), abs=1e-15)
