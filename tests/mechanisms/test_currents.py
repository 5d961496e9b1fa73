"""What each mechanism does, in numbers: published formulas and arithmetic of reversal potentials."""

import numpy as np
import pytest
from mechanism_examples import LUO_RUDY, TEN_TUSSCHER, V_ALL, current, derivative, example

from cardiac import mechanisms
from cardiac.mechanisms import _offered

CHLORIDE, LIGHT = mechanisms.load("chloride_conductance"), mechanisms.load("light_gated_potassium")
E_K = TEN_TUSSCHER.RT_F * np.log(5.4 / TEN_TUSSCHER.State().K_i)  # mV


def conductance(name, V, **known):
    """g(V) [mS/uF] of a K+ current in ten Tusscher-Panfilov 2006."""
    return current(mechanisms.load(name), TEN_TUSSCHER, V, **known) / (V - E_K)


def reversal(mechanism, model=TEN_TUSSCHER, **known):
    """Where the current of an ohmic mechanism is zero [mV]."""
    return -current(mechanism, model, 0.0, **{mechanism.dose: 1.0} | known)


def test_a_positive_bias_depolarizes():
    assert current(mechanisms.load("bias_current"), LUO_RUDY, -85.0, strength=2.0) == -2.0


@pytest.mark.parametrize("name", ["potassium_conductance", "chloride_conductance", "light_gated_potassium"])
def test_a_conductance_pulls_towards_its_reversal_potential(name):
    pull = [
        current(mechanisms.load(name), LUO_RUDY, V, reversal=-90.0, **{mechanisms.load(name).dose: 0.5})
        for V in (-90.0, -80.0, -100.0)
    ]
    assert pull == [0.0, 5.0, -5.0]  # outward above, inward below


def test_k_atp_near_rest():
    """Kazbanov et al. 2014: 3.84 mS/uF with all channels open; proportional to f_ATP, less when depolarized."""
    assert conductance("katp_current", -86.0, f_ATP=1.0) == pytest.approx(3.84, abs=0.01)
    assert conductance("katp_current", -86.0, f_ATP=0.01) == pytest.approx(0.0384, abs=1e-4)
    assert conductance("katp_current", 20.0, f_ATP=1.0) == pytest.approx(155.0 / (40.0 + 3.5 * np.exp(0.5)))


@pytest.mark.parametrize(
    ("ATP", "K_ATP", "g"), [(6.8, 0.042, 1.6e-4), (4.0, 0.306, 0.0244), (0.0, 0.25, 4.192)]
)
def test_k_atp_by_concentration(ATP, K_ATP, g):
    """Shaw & Rudy 1997 with the half activation of human variants; 3.9 (5.4 / 4)^0.24 without ATP."""
    assert conductance("katp_current_shaw_rudy", -70.0, ATP=ATP, K_ATP=K_ATP) == pytest.approx(g, rel=2e-3)


# ACh [uM], rest there [mV] and g [mS/uF]: Courtemanche 1998 with the current of Kneller et al. 2002.
ACETYLCHOLINE = [
    (0.001, -83.2, 0.017),
    (0.005, -84.0, 0.036),
    (0.03, -85.0, 0.084),
    (0.1, -85.6, 0.148),
    (1.0, -86.4, 0.419),
]


@pytest.mark.parametrize(("uM", "V", "g"), ACETYLCHOLINE)
def test_acetylcholine_is_counted_in_micromolar(uM, V, g):
    assert conductance("kach_current", V, acetylcholine=1e-3 * uM) == pytest.approx(g, abs=5.1e-4 + 0.005 * g)


@pytest.mark.parametrize("name", ["katp_current", "katp_current_shaw_rudy", "kach_current"])
def test_a_potassium_current_reverses_at_that_of_the_model_or_as_given(name):
    mechanism = mechanisms.load(name)
    assert current(mechanism, TEN_TUSSCHER, E_K) == pytest.approx(0.0, abs=1e-12)
    assert current(mechanism, TEN_TUSSCHER, -100.0, reversal=-100.0) == 0.0


@pytest.mark.parametrize(
    ("Cl_i", "E_Cl"), [(5, -91), (6, -86), (8, -78), (10, -72.4), (15, -61.5), (20, -54), (30, -43)]
)
def test_chloride_reverses_at_its_nernst_potential(Cl_i, E_Cl):
    assert reversal(CHLORIDE, Cl_i=Cl_i, Cl_o=150.0) == pytest.approx(E_Cl, abs=0.5)


def test_chloride_of_the_model_is_taken_unless_given():
    """A model with chloride: one of its parameters stands for the concentration inside."""
    outside, inside = 130.0, 12.0
    own = mechanisms._chloride.E_Cl
    E = -_offered.RT_F * np.log(outside / inside)
    nan = np.nan
    assert own(nan, nan, nan, inside, outside) == pytest.approx(E)
    assert own(nan, inside, nan, 99.0, outside) == pytest.approx(E)
    assert own(nan, nan, outside, inside, 99.0) == pytest.approx(E)
    assert own(-70.0, nan, nan, inside, outside) == -70.0
    offered = frozenset({"Cl_i", "Cl_o"})
    for chloride in (CHLORIDE, mechanisms.load("light_gated_chloride")):
        assert chloride.resolve(example(chloride), offered) == example(chloride)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "needs the reversal potential, or both"),
        ({"Cl_i": 5.0}, "needs the reversal potential, or both"),
        ({"reversal": -70.0, "Cl_i": 5.0}, "reversal is given, and Cl_i too"),
        ({"reversal": -70.0, "Cl_i": 5.0, "Cl_o": 150.0}, "reversal is given, and Cl_i and Cl_o too"),
    ],
)
@pytest.mark.parametrize("name", ["chloride_conductance", "light_gated_chloride"])
def test_chloride_wants_the_potential_or_both_concentrations(name, inputs, message):
    chloride = mechanisms.load(name)
    with pytest.raises(ValueError, match=message):
        chloride.met(LUO_RUDY, example(chloride, **inputs))


@pytest.mark.parametrize(
    ("preset", "E"), [("HcKCR1", -66.5), ("HcKCR2", -62.0), ("WiChR", -79.0), ("PAC_K", -86.6)]
)
def test_a_light_gated_potassium_channel_reverses_where_its_selectivity_says(preset, E):
    """K_o 5.4, K_i 138, Na_o 140, Na_i 10 mM, nearly those of the model."""
    assert reversal(LIGHT, preset=preset) == pytest.approx(E, abs=0.3)


def test_a_permeability_overrides_that_of_the_preset():
    assert reversal(LIGHT, preset="PAC_K", permeability=1 / 23) == reversal(LIGHT, preset="HcKCR1")
    with pytest.raises(ValueError, match=r"^permeability: 23 is outside 0 \.\.\. 1 - it is P_Na / P_K"):
        LIGHT.met(LUO_RUDY, example(LIGHT, permeability=23.0))


@pytest.mark.parametrize("model", [LUO_RUDY, TEN_TUSSCHER], ids=lambda model: model.name)
def test_potassium_outside_acts_as_the_parameter_of_the_model(model):
    """In part: half way between the model's own and what is asked for."""
    K_o = mechanisms.load("extracellular_potassium")
    parts, q = [K_o.meeting(model)], (8.0,)
    for V in V_ALL:
        for weight, concentration in ((1.0, 8.0), (0.5, 6.7)):
            changed = derivative(model, V, p=model.Parameters(K_o=concentration))
            np.testing.assert_allclose(derivative(model, V, parts, q, weight=weight), changed, rtol=1e-12)


def test_other_mechanisms_see_the_changed_potassium():
    parts = [mechanisms.load(name).meeting(LUO_RUDY) for name in ("extracellular_potassium", "katp_current")]
    for V in V_ALL:
        changed = derivative(LUO_RUDY, V, parts[1:], (0.1, np.nan), p=LUO_RUDY.Parameters(K_o=8.0))
        np.testing.assert_allclose(derivative(LUO_RUDY, V, parts, (8.0, 0.1, np.nan)), changed, rtol=1e-12)


@pytest.mark.parametrize("model", [LUO_RUDY, TEN_TUSSCHER], ids=lambda model: model.name)
def test_a_scaled_inward_rectifier_is_the_parameter_scaled(model):
    """Where K_i is a variable, once the current is counted there."""
    scale = mechanisms.load("inward_rectifier_scale")
    part, g_K1 = scale.meeting(model, counted=model.potassium_rate is not None), model.Parameters().g_K1
    for V in V_ALL:
        scaled = derivative(model, V, p=model.Parameters(g_K1=3.0 * g_K1))
        np.testing.assert_allclose(derivative(model, V, [part], (3.0,)), scaled, rtol=1e-10, atol=1e-13)


def test_a_virtual_anode_has_two_lobes_along_the_fibre_and_no_net_current():
    anode = mechanisms.load("virtual_anode")
    x, y = np.meshgrid(np.arange(0.025, 12.0, 0.05), np.arange(0.025, 12.0, 0.05))
    inputs = anode.Inputs(strength=10.0, center=(6.0, 6.0), radius=1.5, fibre_angle=90.0)
    weight = anode.pattern(inputs, x, y)
    at = {(round(a, 3), round(b, 3)): w for a, b, w in zip(x.flat, y.flat, weight.flat, strict=True)}
    assert at[5.975, 5.975] == 1.0
    assert at[5.975, 8.975] == at[5.975, 2.975] == -0.5  # two radii away, along y
    assert at[8.975, 5.975] == 0.0
    assert weight.sum() == pytest.approx(0.0, abs=1e-2 * np.abs(weight).sum())
    assert (weight > 0).sum() * 0.05**2 == pytest.approx(np.pi * 1.5**2, rel=0.01)


def test_a_virtual_anode_on_a_cable_needs_no_y():
    anode = mechanisms.load("virtual_anode")
    x, y = np.meshgrid(np.arange(0.05, 6.0, 0.1), [0.05])
    weight = anode.pattern(anode.Inputs(strength=10.0, center=(3.0,), radius=0.5), x, y)[0]
    assert list(weight) == [0.0] * 15 + [-0.5] * 10 + [1.0] * 10 + [-0.5] * 10 + [0.0] * 15
