"""The table of published results in the gallery: every number of ours is computed again here, to its last digit.

Rows are found by their first words. What takes longer than a test should is `slow`.
"""

import functools
import re
from pathlib import Path

import numpy as np
import pytest
from prototype import velocity as euler_velocity
from test_studies import ATRIAL, rest_of, result

import cardiac
from cardiac import mechanisms, models

PAGE = (Path(__file__).parents[1] / "configs" / "README.md").read_text()
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CABLE = """
title: A wave in a cable
model: {model}
tissue: {{size: [20 mm], spacing: {spacing} mm, diffusivity: {D} mm^2/ms}}
mechanisms: [{mechanisms}]
stimuli: [{{at: {{left: 1 mm}}, start: 1 ms, duration: 2 ms, strength: {strength} A/F}}]
run: {{duration: 150 ms, dt: {dt}, space_order: {order}, accuracy: fine}}
record: {{probes: {{near: [8 mm], far: [15 mm]}}}}
measure: [activation, {{conduction_velocity: [near, far]}}]
"""


def row(name):
    """What stands in the row: value, ours."""
    table = PAGE[PAGE.index("# Published results") :]
    line = next(line for line in table.splitlines() if line.startswith(f"| {name}"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:3]


def agrees(name, *found):
    """Whether the numbers of ours in a row are these, as far as they are written down."""
    written = NUMBER.findall(row(name)[1])
    assert len(written) == len(found)
    for text, number in zip(written, found, strict=True):
        digits = len(text.partition(".")[2])
        assert float(text) == pytest.approx(number, abs=0.51 * 10.0**-digits)
    return True


def velocity(model, *, spacing=0.1, D=0.1, added="", strength=100, dt="auto", order=4):
    """Of a wave in a cable [mm/ms]."""
    text = CABLE.format(
        model=model, spacing=spacing, D=D, mechanisms=added, strength=strength, dt=dt, order=order
    )
    return float(cardiac.run(cardiac.loads(text, "cable.yaml"), threads=1)["conduction_velocity_near_far"][0])


@functools.cache
def experiment(model, asked):
    """The tables of an experiment on a cell."""
    text = f"title: A cell\nmodel: {model}\ntissue: cell\nexperiment: {asked}"
    return cardiac.run(cardiac.loads(text, "cell.yaml"), threads=1).tables


CUBIC = "{name: nagumo, parameters: {k: 8 1/ms, a: 0.1}}"
EXACT = {"bias_current: {strength: 0 A/F}": 1.6, "bias_current: {strength: -20 A/F}": 0.77264}


def test_exact_fronts_of_the_cubic():
    """The conductances of tests/proof/test_fronts.py, by a config."""
    found = [velocity(CUBIC, spacing=0.125, D=1, added=added, dt="0.005 ms") for added in EXACT]
    np.testing.assert_allclose(found, [*EXACT.values()], rtol=0.002)
    assert agrees("Cubic front", *found)


def modified_front(g, E=-95.0):
    """The exact speed of the front of the modified Mitchell-Schaeffer model with an open gate [mm/ms]."""
    p = models.load("mitchell_schaeffer_modified").Parameters()
    e = (E - p.V_rest) / p.span
    roots = np.roots([-1.0, 1.0 + p.u_gate, -p.u_gate - g * p.tau_in, g * e * p.tau_in])
    return float(np.sqrt(0.1 / (2.0 * p.tau_in)) * (1.0 + p.u_gate - 3.0 * np.sort(roots.real)[1]))


def test_exact_fronts_of_the_modified_mitchell_schaeffer_model():
    doses = (0.0, 0.03, 0.1, 0.2)
    exact = [modified_front(g) for g in doses]
    np.testing.assert_allclose(100.0 * np.array(exact), [30.21, 27.62, 22.14, 14.55], atol=0.01)
    for name, tau in (
        ("Modified Mitchell-Schaeffer front", "150 ms"),
        ("The same with the gate held", "15000 ms"),
    ):
        cell = f"{{name: mitchell_schaeffer_modified, parameters: {{tau_close: {tau}}}}}"
        added = "potassium_conductance: {{g: {} mS/uF, reversal: -95 mV}}"
        found = [velocity(cell, added=added.format(g), strength=60) for g in doses]
        assert agrees(name, *(100.0 * np.array(found)))
    np.testing.assert_allclose(found, exact, rtol=0.005)


def formula(DI):
    """APD [ms] of Mitchell & Schaeffer, in leading order of tau_in / tau_close."""
    h_min = 4.0 * 0.3 / 6.0
    return 150.0 * np.log((1.0 - (1.0 - h_min) * np.exp(-np.asarray(DI) / 120.0)) / h_min)


@pytest.mark.slow
def test_restitution_of_mitchell_schaeffer():
    """The formula is that of the limit tau_in, tau_out << tau_close: APD comes to it as they are made smaller."""
    intervals = "diastolic_intervals: [100 ms, 150 ms, 200 ms, 400 ms], cycle_lengths: [1000 ms]"
    table = experiment(
        "mitchell_schaeffer_2003", f"{{restitution: {{beats: 3, cycle_length: 1000 ms, {intervals}}}}}"
    )
    curve = {
        round(float(DI)): APD
        for DI, APD in zip(*(table["S1S2"].columns[c] for c in ("DI", "APD90")), strict=True)
    }
    assert agrees("Mitchell-Schaeffer restitution", curve[200] - curve[100], curve[400] - curve[200])
    assert formula(200) - formula(100) == pytest.approx(39.5, abs=0.1)
    assert formula(400) - formula(200) == pytest.approx(20.3, abs=0.1)
    longest = [
        experiment(
            f"{{name: mitchell_schaeffer_2003, parameters: {{tau_in: {0.3 / n} ms, tau_out: {6.0 / n} ms}}}}",
            "{action_potential: {beats: 1}}",
        )["action_potential"].columns["APD90"][0]
        for n in (1, 10, 100)
    ]
    assert agrees("Mitchell-Schaeffer longest", *longest)
    assert formula(np.inf) == pytest.approx(241.4, abs=0.1)
    assert np.all(np.diff(np.abs(np.array(longest) - formula(np.inf))) < 0.0)


@pytest.mark.slow
def test_velocity_of_ten_tusscher_panfilov():
    model, rest = rest_of("ten_tusscher_panfilov_2006")
    coarse = euler_velocity(model, rest, spacing=0.25, dt=0.02, diffusivity=0.154, length=20.0)
    assert agrees("ten Tusscher-Panfilov velocity", 100.0 * coarse, 100.0 * velocity(model.name, D=0.154))


@pytest.mark.slow
def test_bueno_orovio():
    epi = "{name: bueno_orovio_2008, variant: epi}"
    beats = experiment(epi, "{action_potential: {beats: 10}}")["action_potential"].columns
    assert agrees("Bueno-Orovio epi APD90", beats["APD90"][-1])
    coarse = velocity(epi, spacing=0.25, D=0.1171, dt="0.05 ms", order=2)
    assert agrees("Bueno-Orovio epi velocity", 100.0 * coarse, 100.0 * velocity(epi, D=0.1171))


@pytest.mark.slow
def test_velocity_of_luo_rudy_against_potassium():
    def at(K_o):
        key = "mechanisms[0].extracellular_potassium.K_o"
        return float(
            result("velocity_and_rest_cable", **{key: f"{K_o} mM"})["conduction_velocity_near_far"][0]
        )

    assert agrees("Luo-Rudy velocity", *(100.0 * at(K_o) for K_o in (4, 5.4, 6.5, 7.5, 9.5)))


@pytest.mark.slow
def test_acetylcholine_shortens_the_action_potential_of_courtemanche():
    doses = "{kach_current: {acetylcholine: [0 uM, 0.001 uM, 0.005 uM, 0.03 uM, 0.1 uM, 1 uM]}}"
    asked = f"{{dose_response: {{of: {{action_potential: {{beats: 1}}}}, doses: {doses}}}}}"
    assert agrees(
        "Courtemanche with acetylcholine", *experiment(ATRIAL, asked)["action_potential"].columns["APD90"]
    )


@pytest.mark.slow
def test_atp_sensitive_current_shortens_the_action_potential_of_ten_tusscher_panfilov():
    doses = "{katp_current: {f_ATP: [0, 0.001, 0.0025, 0.005, 0.01]}}"
    asked = f"{{dose_response: {{of: {{action_potential: {{beats: 1}}}}, doses: {doses}}}}}"
    table = experiment("ten_tusscher_panfilov_2006", asked)["action_potential"].columns
    assert agrees("Kazbanov f_ATP series", *table["APD90"])


def test_atp_sensitive_current_at_rest():
    """155 / (40 + 3.5 exp(0.025 V)) of it at -86 mV."""
    V, E = -86.0, -86.9
    model = models.load("ten_tusscher_panfilov_2006")
    katp = mechanisms.load("katp_current")
    part = katp.meeting(model)
    inputs = katp.Inputs(f_ATP=0.01, reversal=E)
    I = part.current(V, model.State(), model.parameters(), katp.met(model, inputs))  # noqa: E741
    assert agrees("ATP-sensitive conductance", I / (V - E) / 0.01)
