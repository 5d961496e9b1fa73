"""Action potentials measured on sampled traces."""

from __future__ import annotations

import csv
from itertools import dropwhile
from pathlib import Path

import numpy as np
import pytest

from cardiac.analysis import action_potential

REFERENCE = Path(__file__).parents[1] / "data" / "reference"
BRIEF = ("crn1998", "bo2008_mcell", "maltsev2009")  # peaks that 1 ms does not resolve; no pulses
TRACES = [path for path in sorted(REFERENCE.glob("trace_*.csv")) if not path.stem.endswith(BRIEF)]


def published(name):
    """Rows of a reference table as dictionaries."""
    with open(REFERENCE / name, encoding="utf-8") as file:
        return list(csv.DictReader(dropwhile(lambda line: line.startswith("#"), file)))


def triangle(t):
    """From -80 mV at 10 ms to 20 mV at 12 ms, then down by 1 mV/ms to -80 mV."""
    return np.interp(t, [10.0, 12.0, 112.0], [-80.0, 20.0, -80.0])


def test_triangle_is_measured_exactly():
    t = np.linspace(0.0, 200.0, 801)
    found = action_potential(t, triangle(t), 10.0)
    assert found.V_rest == -80.0
    assert (found.V_peak, found.t_peak) == (20.0, 2.0)
    assert found.dVdt_max == pytest.approx(50.0)
    assert found[-2:] == pytest.approx((50.0 + 1.0, 90.0 + 1.8))  # APD50, APD90


def test_rest_is_taken_at_the_onset_between_samples():
    t = np.array([0.0, 8.0, 12.0, 20.0, 30.0])
    found = action_potential(t, np.array([50.0, -80.0, -60.0, 30.0, -90.0]), 10.0)
    assert found.V_rest == pytest.approx(-70.0)
    assert found.V_peak == 30.0


@pytest.mark.parametrize(("end", "apd50", "apd90"), [(100.0, True, False), (50.0, False, False)])
def test_what_the_trace_does_not_show_is_undefined(end, apd50, apd90):
    t = np.linspace(0.0, end, 401)
    found = action_potential(t, triangle(t), 10.0)
    assert found.V_peak == pytest.approx(20.0, abs=0.5)
    assert np.isfinite([found.APD50, found.APD90]).tolist() == [apd50, apd90]


def test_no_beat_has_no_duration():
    t = np.linspace(0.0, 100.0, 101)
    falling = action_potential(t, -80.0 - 0.01 * t, 10.0)
    assert np.isnan([falling.APD50, falling.APD90]).all()
    assert falling.V_rest == pytest.approx(-80.1)
    for trace in (action_potential(t, triangle(t), 100.0), action_potential(t, np.full(101, np.nan), 10.0)):
        assert np.isnan(trace).all()


def test_notch_does_not_end_the_action_potential_before_its_peak():
    """A spike that falls below the level, then a dome that is the peak: the dome counts from its own rise."""
    t = np.array([0.0, 1.0, 2.0, 10.0, 20.0, 60.0])
    found = action_potential(t, np.array([-80.0, -5.0, -60.0, 20.0, 20.0, -80.0]), 0.0)
    begin, end = 2.0 + 8.0 * 30.0 / 80.0, 20.0 + 40.0 * 50.0 / 100.0
    assert end - begin == pytest.approx(found.APD50)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_published_traces_have_the_published_durations(path):
    """To the sampling interval of the traces, 1 ms; the upstroke is not resolved by them."""
    model, rows = path.stem.removeprefix("trace_"), published(path.name)
    t = np.array([float(row["t"]) for row in rows])
    for beat in ("1", "100"):
        expected = next(r for r in published("ap_table.csv") if (r["model"], r["beat"]) == (model, beat))
        found = action_potential(t, np.array([float(row[f"V_beat{beat}"]) for row in rows]), 10.0)
        assert found.V_rest == pytest.approx(float(expected["V_rest"]), abs=1e-3)
        durations = float(expected["APD50"]), float(expected["APD90"])
        assert found[-2:] == pytest.approx(durations, abs=0.5)
