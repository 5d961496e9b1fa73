"""The equations of the models against other people's implementations, integrated by an independent method."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardiac import mechanisms, models

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
MODELS = {
    "ms2003": ("mitchell_schaeffer_2003", None),
    "lr1991": ("luo_rudy_1991", None),
    "ttp2006_epi": ("ten_tusscher_panfilov_2006", "epi"),
    "ttp2006_endo": ("ten_tusscher_panfilov_2006", "endo"),
    "ttp2006_mid": ("ten_tusscher_panfilov_2006", "mid"),
}
PULSE = 2.0  # ms


def table(name: str) -> list[dict[str, str]]:
    """The rows of a reference table."""
    lines = [line for line in (REFERENCE / name).read_text().splitlines() if not line.startswith("#")]
    keys = lines[0].split(",")
    return [dict(zip(keys, line.split(","), strict=True)) for line in lines[1:]]


def cell(name: str) -> tuple[models.Model, Any, np.ndarray]:
    """Model, parameters and published initial state of a reference name."""
    file, variant = MODELS[name]
    model = models.load(file)
    return model, model.parameters(variant), np.array([model.V_initial, *model.State()])


def apd90(t: np.ndarray, V: np.ndarray, V_rest: float) -> float:
    """From the first upward to the first downward crossing of 90 % repolarization."""
    level = V.max() - 0.9 * (V.max() - V_rest)
    up = np.flatnonzero((V[:-1] < level) & (V[1:] >= level))[0]
    down = np.flatnonzero((V[:-1] >= level) & (V[1:] < level))[0]
    a, b = (t[k] + (level - V[k]) / (V[k + 1] - V[k]) * (t[k + 1] - t[k]) for k in (up, down))
    return b - a


def response(integrate: Any, model: Any, y: np.ndarray, p: Any, strength: float, times: np.ndarray) -> Any:
    """t and V of the response to a pulse that begins at t = 0: the solver's own steps, then at `times`."""
    pulse = integrate(model, y, PULSE, p, injected=strength, max_step=0.05)
    rest = integrate(model, pulse.y[:, -1], times[-1] - PULSE, p, times=times - PULSE)
    return np.append(pulse.t, PULSE + rest.t), np.append(pulse.y[0], rest.y[0])


@pytest.mark.parametrize("name", ["ms2003", "lr1991", "ttp2006_epi", "ttp2006_mid"])
def test_the_initial_state_is_the_published_one(name: str) -> None:
    published = [float(row["value"]) for row in table("initial_states.csv") if row["model"] == name]
    if name == "ms2003":
        published[0] = -80.0 + 100.0 * published[0]
    assert published == pytest.approx(list(cell(name)[2]), rel=1e-14)


@pytest.mark.parametrize("name", ["ms2003", "lr1991", "ttp2006_epi", "ttp2006_mid"])
def test_the_first_beat_follows_the_reference(name: str, integrate: Any) -> None:
    model, p, y = cell(name)
    row = next(row for row in table("ap_table.csv") if row["model"] == name and row["beat"] == "1")
    trace = np.loadtxt(REFERENCE / f"trace_{name}.csv", delimiter=",", skiprows=6)
    before = integrate(model, y, 10.0, p).y[:, -1]
    times = np.arange(2.0, 590.01, 0.1)
    t, V = response(integrate, model, before, p, float(row["stim_amp"]), times)
    after_pulse = trace[:, 0] >= 20.0
    difference = np.interp(trace[after_pulse, 0] - 10.0, t, V) - trace[after_pulse, 1]
    assert np.sqrt(np.mean(difference**2)) < 0.001  # mV; both solutions are converged to 1e-5
    assert float(row["V_rest"]) == pytest.approx(before[0], abs=1e-4)
    assert float(row["APD90"]) == pytest.approx(apd90(t, V, before[0]), abs=0.002)
    assert float(row["V_peak"]) == pytest.approx(V.max(), abs=0.005)


def test_the_endocardial_variant_responds_as_the_reference(integrate: Any) -> None:
    model, p, y = cell("ttp2006_endo")
    (row,) = table("crosscheck_files.csv")
    settled = integrate(model, y, 10_000.0, p).y[:, -1]
    t, V = response(integrate, model, settled, p, 2.0 * float(row["I_thr_2ms"]), np.arange(2.0, 400.0, 0.1))
    assert float(row["V_rest"]) == pytest.approx(settled[0], abs=1e-4)
    assert float(row["APD90"]) == pytest.approx(apd90(t, V, settled[0]), abs=0.02)  # threshold +- 0.05 %
    assert float(row["V_peak"]) == pytest.approx(V.max(), abs=0.02)


@pytest.mark.parametrize(
    "row",
    [row for row in table("hyperpol.csv") if row["model"] in MODELS],
    ids=lambda row: f"{row['model']}-{row['state']}",
)
def test_hyperpolarized_rest_is_where_the_reference_has_it(row: dict[str, str], integrate: Any) -> None:
    """Bias currents, added K+ conductances and a scaled I_K1, 10 000 ms after they begin."""
    model, p, y = cell(row["model"])
    bias, potassium = mechanisms.load("bias_current"), mechanisms.load("potassium_conductance")
    b = bias.Parameters(float(row["bias"]))
    k = potassium.Parameters(float(row["gk"]), float(row["ek"]))
    if float(row["sk1"]) != 1.0:
        p = p._replace(g_K1=p.g_K1 * float(row["sk1"]))

    def added(V: float) -> float:
        return bias.current(V, None, p, b) + potassium.current(V, None, p, k)

    V_rest = integrate(model, y, 10_000.0, p, added=added).y[0, -1]
    assert float(row["V_rest"]) == pytest.approx(V_rest, abs=0.0005)  # mV; the table has seven digits
