"""Single cells: rest, threshold and response, and that they are remembered."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cardiac import mechanisms, models
from cardiac.cell import (
    CAPTURE_LEVEL,
    Cell,
    Response,
    Rest,
    cache_folder,
    excited,
    response,
    responses,
    rest,
    side_by_side,
    threshold,
    thresholds,
)
from cardiac.cell.cells import cycle_length
from cardiac.kernels.tiling import LANES
from cardiac.models import Model
from cardiac.simulation import Added, NotFinite

MODEL = models.load("mitchell_schaeffer_2003")
CONDUCTANCE, BIAS = mechanisms.load("potassium_conductance"), mechanisms.load("bias_current")
G, STRENGTH = np.array([0.0, 0.1, 0.4]), np.array([0.0, -2.0, -1.0])


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path / "cells"))


def cell(
    g: float | np.ndarray = 0.0, bias: float | np.ndarray = 0.0, n: int = 1, model: Model = MODEL
) -> Cell:
    """Cells with an added K+ conductance [mS/uF] and a bias current [A/F]."""
    added = [
        Added(CONDUCTANCE, CONDUCTANCE.Parameters(g, -95.0)),
        Added(BIAS, BIAS.Parameters(bias)),
    ]
    return Cell(model, {}, added, n)


def residual_current(V: float, h: float, g: float, bias: float) -> float:
    """All currents [A/F] of the cell, outward positive; zero at rest."""
    p, s = MODEL.Parameters(), MODEL.State(h=h)
    return sum(MODEL.currents(V, s, p)) + g * (V + 95.0) - bias


def test_at_rest_no_net_current_flows() -> None:
    found = rest(cell(0.1, -2.0))
    assert found.quiescent
    assert residual_current(found.V[0], found.state["h"][0], 0.1, -2.0) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "name",
    ["mitchell_schaeffer_2003", "luo_rudy_1991", pytest.param("courtemanche_1998", marks=pytest.mark.slow)],
)
def test_nothing_depends_on_the_cells_beside(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    doses = [(0.02 * k, -0.1 * k) for k in range(LANES + 2)]
    alone = [cell(g, bias, model=models.load(name)) for g, bias in doses]
    assert len({one.equations for one in alone}) == 1
    rest(side_by_side(alone[3:5]))  # some are known
    row = side_by_side([*alone, alone[1]])  # and one is there twice
    rests, answers = rest(row), responses(row)
    same(rests.of(np.array([1])), rests.of(np.array([LANES + 2])))
    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path / "afresh"))
    for k in (0, 1, 3, LANES, LANES + 1):
        same(rest(alone[k]), rests.of(np.array([k])))
        np.testing.assert_array_equal(response(alone[k]), answers[k])


def same(one: Rest, other: Rest) -> None:
    """Two rests are the same to the last bit."""
    for name in Rest._fields:
        if name != "state":
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert {k: v.tolist() for k, v in one.state.items()} == {k: v.tolist() for k, v in other.state.items()}


def test_the_digest_of_a_cell_tells_what_it_depends_on() -> None:
    known = cell(0.1, -1.0).digests
    for other in (cell(0.2, -1.0), cell(0.1, -2.0), cell(0.1, -1.0)._replace(parameters={"tau_in": 0.2})):
        assert other.digests != known
    several = cell(np.array([0.0, 0.1]), np.array([0.0, -1.0]), n=2)
    assert several.digests[1] == known[0]
    idle = [one._replace(weight=0.0) for one in cell(0.1, -1.0).mechanisms]
    other_idle = [one._replace(weight=0.0) for one in cell(0.3, 4.0).mechanisms]
    assert cell()._replace(mechanisms=idle).digests == cell()._replace(mechanisms=other_idle).digests != known


def test_a_cell_that_needs_finer_steps_leaves_the_others_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFinite) as caught:
        rest(cell(bias=np.array([0.0, -1e5, -1e6]), n=3))
    assert caught.value.cell == (0, 1)
    row = rest(cell(bias=np.array([0.0, -3e4]), n=2))  # overflows with 0.05 and 0.025 ms
    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path / "afresh"))
    same(rest(cell()), row.of(np.array([0])))
    assert row.V[1] == rest(cell(bias=-3e4)).V[0] < -350.0


def test_a_pacemaker_is_not_quiescent() -> None:
    """0.4 A/F is more than the outward current can hold back with the gate open: the cell fires for ever."""
    found = rest(cell(bias=np.array([0.4, 0.0]), n=2))
    assert not found.quiescent
    assert found.kinds == ["spontaneously active", ""]
    assert np.isnan(found.V_rest).tolist() == [True, False]
    assert found.V_min[0] < -70.0 < 0.0 < found.V_max[0]


def test_a_cycle_length_is_that_of_an_oscillation_that_lasts() -> None:
    t = np.arange(0.0, 5000.0)
    wave = np.sin(2.0 * np.pi * t / 700.0)
    assert cycle_length(20.0 * wave, 1.0) == pytest.approx(700.0, abs=0.5)
    assert np.isnan(cycle_length(20.0 * wave * np.exp(-t / 800.0), 1.0))  # fades
    assert np.isnan(cycle_length(0.1 * wave, 1.0))
    assert np.isnan(cycle_length(0.01 * t, 1.0))  # drifts


@pytest.mark.parametrize("tolerance", [0.0, -1e-3, np.nan, 2.0])
def test_a_tolerance_that_is_none_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match=r"is outside 1e-06 \.\.\. 0\.1"):
        threshold(cell(), 2.0, tolerance)


@pytest.mark.parametrize("durations", [[], [0.0], [2.0, -1.0]])
def test_pulses_that_are_none_are_refused(durations: list[float]) -> None:
    with pytest.raises(ValueError, match="no durations"):
        thresholds(cell(), durations)


@pytest.mark.parametrize("duration", [0.5, 2.0, 8.0])
def test_the_threshold_separates_excitation_from_none(duration: float) -> None:
    here = cell(0.05)
    needed = threshold(here, duration)
    around = needed * np.array([0.99, 0.999, 1.001, 1.01])
    answers = excited(here, rest(here), np.zeros(4, dtype=np.intp), around, duration)
    assert list(answers) == [False, False, True, True]


def test_a_shorter_pulse_needs_more_current_and_less_charge() -> None:
    durations = (0.5, 1.0, 2.0, 5.0)
    currents = [threshold(cell(), duration) for duration in durations]
    charges = [current * duration for current, duration in zip(currents, durations, strict=True)]
    assert currents == sorted(currents, reverse=True)
    assert charges == sorted(charges)


def test_a_cell_that_nothing_excites_has_an_infinite_threshold() -> None:
    found = response(cell(5.0))
    assert found.threshold == np.inf
    assert np.isnan([found.V_peak, found.upstroke, found.apd90, found.rise_time]).all()


def test_response_is_that_of_twice_the_threshold() -> None:
    """V_peak, and the current-free upstroke and duration, by another program: tests/data/reference/hyperpol.csv."""
    found = response(cell())
    assert found.V_peak == pytest.approx(14.45769, abs=0.05)
    assert found.upstroke == pytest.approx(37.27689, rel=0.005)  # after the pulse, so free of its current
    assert found.rise_time == pytest.approx((14.45769 + 80.0) / 37.27689, rel=0.005)
    assert 0.0 < 288.292 - found.apd90 < 5.0  # counted from the crossing of -30 mV, not of -70.6 mV
    assert found.V_rest < CAPTURE_LEVEL < found.V_peak


def forget_how(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make any further simulation of cells an error."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr(Cell, "simulation", refuse)


def test_what_was_found_is_not_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first: Response = response(cell(0.1))
    forget_how(monkeypatch)
    assert response(cell(0.1)) == first
    with pytest.raises(AssertionError, match="simulated again"):
        response(cell(0.2))


def flipped(folder: Path) -> None:
    """A bit of every remembered file is another one."""
    for file in folder.iterdir():
        whole = bytearray(file.read_bytes())
        whole[-3] ^= 1
        file.write_bytes(whole)


def broken(folder: Path) -> None:
    """Every remembered file is cut short."""
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[:20])


def empty(folder: Path) -> None:
    """Every remembered file is empty."""
    for file in folder.iterdir():
        file.write_bytes(b"")


@pytest.mark.parametrize("damage", [broken, empty, flipped])
def test_a_damaged_memory_is_no_memory(damage: Callable[[Path], None]) -> None:
    first = rest(cell())
    damage(cache_folder())
    assert rest(cell()).V == first.V
    assert rest(cell()).V == first.V


def test_without_a_place_to_remember_everything_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CARDIAC_CACHE", str(tmp_path / "file" / "cells"))
    assert rest(cell()).quiescent
