"""What imported files do, against the traces of the same files integrated by somebody else's program."""

import csv
from functools import cache
from typing import Any

import numpy as np
import pytest

pytest.importorskip("myokit", reason='reading model files takes Myokit: pip install "cardiac-tissue[import]"')

from imported_files import DATA, file, solution, table

PULSE = 2.0  # ms
ALIEV_PANFILOV = {"Vr": -80.0, "Vp": 20.0, "Vth": -65.0, "k": 8.0, "Cm": 0.129, "mu2": 0.3} | {
    "epsilon": 0.002 / 12.9,
    "mu1": 0.2 / 12.9,
}
TRACES = {  # name of the trace -> file, and parameters that differ
    "ap1996": ("nash_panfilov_2004", ALIEV_PANFILOV),
    "bo2008_epi": ("bueno_2007", {}),
    "bo2008_mcell": ("bueno_2007", {"epi": 0.0}),
    "crn1998": ("courtemanche_1998", {}),
    "fk1998br": ("fenton_karma_1998_BR", {}),
    "lr1991": ("luo_rudy_1991", {}),
    "ms2003": ("mitchell_schaeffer_2003", {}),
    "torord2019_endo": ("tomek_2019_endo", {}),
}
CROSSCHECKS = {
    "x_br1977_pmr": "beeler_reuter_1977",
    "x_lr1991_pmr24d": "luo_rudy_1991_24d",
    "x_ttp2006_endo_pmr604": "ten_tusscher_2006_endo",
    "x_ttp2006_mid_pmr": "ten_tusscher_2006_mid",
}


def trace(name: str, lines: int = 6) -> np.ndarray:
    """t [ms], and V [mV] of the first beat."""
    return np.loadtxt(DATA / "reference" / f"trace_{name}.csv", delimiter=",", skiprows=lines)[:, :2]


def apd90(t: np.ndarray, V: np.ndarray, V_rest: float) -> float:
    """From the first upward to the first downward crossing of 90 % repolarization."""
    level = V.max() - 0.9 * (V.max() - V_rest)
    up = np.flatnonzero((V[:-1] < level) & (V[1:] >= level))[0]
    down = np.flatnonzero((V[:-1] >= level) & (V[1:] < level))[0]
    a, b = (t[k] + (level - V[k]) / (V[k + 1] - V[k]) * (t[k + 1] - t[k]) for k in (up, down))
    return float(b - a)


def response(name: str, y: Any, p: Any, strength: float, duration: float) -> tuple[np.ndarray, np.ndarray]:
    """t and V of the response to a pulse that begins at t = 0."""
    during = np.arange(0.0, PULSE + 1e-9, 0.01)
    after = np.append(np.arange(PULSE, 10.0, 0.01), np.arange(10.0, duration + 1e-9, 0.1))  # peaks are sharp
    pulse = solution(name, y, during, strength, p=p, max_step=0.05)
    rest = solution(name, pulse[:, -1], after, p=p)
    return np.append(during, after[1:]), np.append(pulse[0], rest[0, 1:])


@cache
def first_beat(name: str) -> tuple[float, np.ndarray, np.ndarray, dict[str, str]]:
    """V at the beginning of the pulse, t after it, V, and the row of the table."""
    row = next(row for row in table("ap_table.csv") if row["model"] == name)
    of, changes = TRACES[name]
    model = file(of).model
    p = model.Parameters(**changes)
    V_initial = changes.get("Vr", model.V_initial)
    before = solution(of, [V_initial, *model.State()], np.array([0.0, 10.0]), p=p)[:, -1]
    t, V = response(of, before, p, float(row["stim_amp"]), 590.0)
    return float(before[0]), t, V, row


@pytest.mark.parametrize("name", TRACES)
def test_the_first_beat_follows_the_reference(name: str) -> None:
    V_rest, t, V, row = first_beat(name)
    published = trace(name)
    after = published[:, 0] >= 20.0  # 10 ms after the pulse
    difference = np.interp(published[after, 0] - 10.0, t, V) - published[after, 1]
    assert np.sqrt(np.mean(difference**2)) < 0.001  # mV; ours are converged to 1e-4
    assert float(row["V_rest"]) == pytest.approx(V_rest, abs=1e-4)
    assert float(row["APD90"]) == pytest.approx(apd90(t, V, V_rest), abs=0.01)
    # Where the peak is the end of the pulse, that of the reference itself changes by 0.02 mV with its tolerance.
    assert float(row["V_peak"]) == pytest.approx(V.max(), abs=0.05)


@pytest.mark.parametrize("row", table("crosscheck_files.csv"), ids=lambda row: row["model"])
def test_the_settled_cell_responds_as_the_reference(row: dict[str, str]) -> None:
    name = CROSSCHECKS[row["model"]]
    model = file(name).model
    settled = solution(name, [model.V_initial, *model.State()], np.array([0.0, 10_000.0]))[:, -1]
    t, V = response(name, settled, model.Parameters(), 2.0 * float(row["I_thr_2ms"]), 450.0)
    assert float(row["V_rest"]) == pytest.approx(settled[0], abs=1e-3)
    assert float(row["APD90"]) == pytest.approx(apd90(t, V, settled[0]), abs=0.1)  # threshold +- 0.05 %
    assert float(row["V_peak"]) == pytest.approx(V.max(), abs=0.05)


def test_the_pacemaker_paces_as_the_reference() -> None:
    found = file("maltsev_2009_paper")
    lines = (DATA / "models" / "state_maltsev2009.csv").read_text().splitlines()
    values = {row["variable"]: float(row["value"]) for row in csv.DictReader(lines[2:])}
    state = found.model.State(**{field: values[key] for key, field in found.fields.items()})
    times = np.arange(0.0, 600.1, 1.0)
    V = solution("maltsev_2009_paper", [values[found.potential], *state], times)[0]
    assert np.sqrt(np.mean((V - trace("maltsev2009")[:, 1]) ** 2)) < 0.02  # mV
    up = np.flatnonzero((V[:-1] < -30.0) & (V[1:] >= -30.0))
    first, second = (times[k] + (-30.0 - V[k]) / (V[k + 1] - V[k]) for k in up)
    assert second - first == pytest.approx(332.6793, abs=0.1)  # ms, mean of 18 cycles
