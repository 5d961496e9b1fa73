"""Published files: what becomes of them, against Myokit's own evaluation and against our Luo-Rudy model."""

import shutil
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("myokit", reason='reading model files takes Myokit: pip install "cardiac-tissue[import]"')

from imported_files import FILES, File, evaluated, file, path

from cardiac import models
from cardiac.importing import imported
from cardiac.kernels import Gate
from cardiac.units import units_of

GATES = {  # states that do not relax by themselves: concentrations, Markov chains, what depends on itself twice
    "beeler_reuter_1977": {"Ca_i"},
    "bueno_2007": set(),
    "courtemanche_1998": {"u", "v", "Na_i", "K_i", "Ca_i", "Ca_up", "Ca_rel"},
    "fenton_karma_1998_BR": set(),
    "luo_rudy_1991": {"Ca_i"},
    "luo_rudy_1991_24d": {"Ca_i"},
    "maltsev_2009_paper": {
        *("R", "O", "I", "RI", "fTMC", "fTMM", "Ca_i", "Ca_sub", "Ca_nsr", "Ca_jsr"),
    },
    "mitchell_schaeffer_2003": set(),
    "nash_panfilov_2004": {"r"},
    "ten_tusscher_2006_endo": {"Ca_i", "Ca_SR", "Ca_ss", "Na_i", "K_i"},
    "ten_tusscher_2006_mid": {"Ca_i", "Ca_SR", "Ca_ss", "Na_i", "K_i"},
    "tomek_2019_endo": {
        *("CaMKt", "Na_i", "nass", "K_i", "kss", "Ca_i", "cass", "cansr", "cajsr"),
        *("C1", "C2", "C3", "O", "I"),
    },
}
POTENTIALS = [*np.arange(-200.0, 100.5, 1.0), -47.13, -77.0, -14.1, 3.3328, 19.9, 7.9, -10.0, 15.0, -23.0]


@cache
def original(name: str) -> Any:
    """The file as Myokit reads it, without its stimulus."""
    import myokit.formats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about units and unconnected variables
        model = myokit.formats.importer("cellml").model(str(path(name)))
    for key in file(name).stimulus:
        model.get(key).set_rhs(0)
    return model


def states(found: File, keys: list[str], initial: np.ndarray) -> list[np.ndarray]:
    """The initial state, and eleven others around it at potentials from -110 to 60 mV."""
    random = np.random.default_rng(1)
    rest, span = found.scale
    where = keys.index(found.potential)
    others = []
    for V in np.linspace(-110.0, 60.0, 11):
        y = initial * random.uniform(0.7, 1.3, len(initial))
        y[where] = (V - rest) / span
        others.append(y)
    return [initial, *others]


@pytest.mark.parametrize("name", FILES)
def test_every_derivative_is_that_of_the_file(name: str) -> None:
    found, reference = file(name), original(name)
    keys = [state.qname() for state in reference.states()]
    rest, span = found.scale
    for y in states(found, keys, np.array(reference.initial_values(as_floats=True))):
        expected = dict(zip(keys, reference.evaluate_derivatives(y, ignore_errors=True), strict=True))
        values = dict(zip(keys, y.tolist(), strict=True))
        V = rest + span * values[found.potential]
        s = found.model.State(**{field: values[key] for key, field in found.fields.items()})
        dV, rates = evaluated(found.model, V, s, found.model.Parameters())
        rates = {key: rates[field] for key, field in found.fields.items()} | {found.potential: dV / span}
        for key in keys:
            assert rates[key] == pytest.approx(expected[key], rel=1e-9, abs=1e-15), (key, V)


@pytest.mark.parametrize("name", FILES)
def test_the_initial_state_is_that_of_the_file(name: str) -> None:
    found, reference = file(name), original(name)
    rest, span = found.scale
    for state in reference.states():
        value = state.initial_value(as_float=True)
        if state.qname() == found.potential:
            assert found.model.V_initial == pytest.approx(rest + span * value, rel=1e-15)
        else:
            assert getattr(found.model.State(), found.fields[state.qname()]) == value


@pytest.mark.parametrize("name", FILES)
def test_what_relaxes_linearly_is_a_gate(name: str) -> None:
    found = file(name)
    assert set(found.gates) == set(found.model.State._fields) - GATES[name]
    s, p = found.model.State(), found.model.Parameters()
    I = found.model.currents(-60.0, s, p)  # noqa: E741
    rates = found.model.rates(-60.0, s, p, I)
    assert {f for f, rate in rates._asdict().items() if isinstance(rate, Gate)} == set(found.gates)


@pytest.mark.parametrize("name", FILES)
def test_rates_are_finite_from_far_below_rest_to_far_above_the_peak(name: str) -> None:
    model = file(name).model
    for V in POTENTIALS:
        if (name, V) == ("nash_panfilov_2004", -115.0):
            continue  # a pole of the published equation, 30 mV below rest
        dV, rates = evaluated(model, float(V), model.State(), model.Parameters())
        assert np.isfinite([dV, *rates.values()]).all(), V


@pytest.mark.parametrize(
    ("name", "V"),
    [("luo_rudy_1991", -47.13), ("luo_rudy_1991", -77.0), ("courtemanche_1998", -14.1)]
    + [("courtemanche_1998", V) for V in (3.3328, 19.9, -10.0, 7.9, -47.13)]
    + [("ten_tusscher_2006_endo", 15.0), ("beeler_reuter_1977", -23.0), ("tomek_2019_endo", 0.0)]
    + [("maltsev_2009_paper", V) for V in (-35.0, 0.0, 5.0)],
)
def test_removable_singularities_leave_no_trace(name: str, V: float) -> None:
    model = file(name).model

    def everything(V: float) -> np.ndarray:
        dV, rates = evaluated(model, V, model.State(), model.Parameters())
        return np.array([dV, *rates.values()])

    at, below, above = everything(V), everything(V - 1e-4), everything(V + 1e-4)
    # A smooth function differs from the mean of its neighbours by its curvature, here below 1e-7 of its size.
    np.testing.assert_allclose(0.5 * (below + above), at, rtol=1e-7, atol=1e-12)


def test_the_imported_luo_rudy_model_is_ours() -> None:
    found, ours = file("luo_rudy_1991").model, models.load("luo_rudy_1991")
    assert found.State._fields == ours.State._fields
    assert found.Currents._fields == ours.Currents._fields
    random = np.random.default_rng(2)
    for V in POTENTIALS:
        s = ours.State(*(x * random.uniform(0.5, 1.5) for x in ours.State()))
        dV, rates = evaluated(found, float(V), found.State(*s), found.Parameters())
        expected, expected_rates = evaluated(ours, float(V), s, ours.Parameters())
        # Sums of currents that cancel have the rounding of the largest one, here 1e4 A/F.
        assert dV == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert rates == pytest.approx(expected_rates, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("name", FILES)
def test_the_text_says_where_it_comes_from_and_what_was_changed(name: str) -> None:
    found = file(name)
    doc = " ".join(found.model.doc.split())
    assert f"Source: {name}.cellml" in doc
    assert "SHA-256" in doc
    assert "Read with Myokit" in doc
    assert f"* V is {'' if found.scale == (0.0, 1.0) else f'{found.scale[0]:g} mV'}" in doc
    assert all(key in doc for key in found.stimulus)
    assert found.model.doi.startswith("unknown")  # no file has one
    for record in (found.model.State, found.model.Parameters, found.model.Currents):
        assert list(record._fields) == list(units_of(record))


@pytest.mark.parametrize("name", FILES)
def test_the_text_is_python_as_we_write_it(name: str) -> None:
    text = file(name).text
    assert max(map(len, text.splitlines())) <= 110
    assert "**" not in text
    assert imported(path(name)) == text


@pytest.mark.skipif(shutil.which("ruff", path=str(Path(sys.executable).parent)) is None, reason="takes ruff")
def test_linters_find_nothing_in_the_texts(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / f"{name}.py").write_text(file(name).text, encoding="utf-8")
    options = [
        "--isolated",
        "--select",
        "E,F,I,UP,B,RUF",
        "--line-length",
        "110",
        "--target-version",
        "py311",
    ]
    command = [sys.executable, "-m", "ruff", "check", *options, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_fields_have_the_names_by_which_mechanisms_ask_for_them() -> None:
    model = file("tomek_2019_endo").model
    assert {"Na_i", "K_i", "Ca_i"} <= set(model.State._fields)
    assert {"K_o", "Na_o", "Ca_o", "Cl_o", "Cl_i", "g_Na"} <= set(model.Parameters._fields)
    assert {"I_Na", "I_K1", "I_Kr", "I_Ks", "I_to", "I_NaK"} <= set(model.Currents._fields)
    assert (
        "K_o: mM = 5.0  # ko in the file; extracellular potassium concentration"
        in file("tomek_2019_endo").text
    )


def test_a_total_current_is_split_where_concentrations_ask_for_its_parts() -> None:
    currents = file("tomek_2019_endo").model.Currents._fields
    assert {"I_CaL_ss", "I_CaL_i"} <= set(currents)
    assert "I_f" in file("maltsev_2009_paper").model.Currents._fields  # needed as a whole only


def test_no_model_has_more_parameters_than_can_be_compiled() -> None:
    found = file("tomek_2019_endo")
    assert len(found.model.Parameters._fields) == 100  # of 105 in the file
    assert "L = 0.01  # cm" in found.text
    assert "more than 100 parameters are too many" in " ".join(found.model.doc.split())
    assert all(len(file(name).model.Parameters._fields) <= 100 for name in FILES)


def test_currents_per_area_and_per_cell_become_those_per_capacitance() -> None:
    beeler = file("beeler_reuter_1977").model
    assert beeler.Parameters().g_Na == 4.0  # 0.04 mS/mm^2 over 0.01 uF/mm^2
    assert units_of(beeler.Parameters)["g_Na"].symbol == "mS/uF"
    assert "I_K1=p.g_K1 * (V - E_K)" in file("courtemanche_1998").text  # Cm g_K1 (V - E_K) in pA there
    assert "i_K1 = p.Cm * I.I_K1  # pA" in file("courtemanche_1998").text
