"""Figures of what is computed from a result: they show what was found, where it was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver, QuiverKey
from reading import words

from cardiac.figures import FigureError
from cardiac.result import Result
from cardiac.storage import Writer

PERIOD = 40.0  # ms


def shown(figure: Figure, k: int = 0) -> np.ndarray:
    """The values that the axes number k show as colours."""
    return np.ma.filled(figure.axes[k].images[0].get_array(), np.nan)


@pytest.fixture(scope="module")
def rotor(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A wave that turns counter-clockwise around (8.2, 5.6) mm, for 160 ms."""
    path = tmp_path_factory.mktemp("rotor") / "rotor.h5"
    centres = np.arange(40) * 0.4 + 0.2
    x, y = np.meshgrid(centres - 8.2, centres - 5.6)
    with Writer(path, title="A rotor") as out:
        out.coordinates(y=centres, x=centres)
        out.series("V", "mV", long_name="membrane potential")
        for time in np.arange(0.0, 160.0, 2.0):
            angle = 2 * np.pi * time / PERIOD - np.arctan2(y, x) - 0.5 * np.hypot(x, y)
            out.append(time, {"V": -30.0 + 50.0 * np.cos(angle) * np.tanh(np.hypot(x, y))})
        out.complete()
    return Result.open(path)


def test_arrows_are_as_long_as_the_wave_is_fast_and_point_where_it_goes(results: dict[str, Result]) -> None:
    figure = results["sheet"].plot("velocity")
    (arrows,) = (found for found in figure.axes[0].findobj(Quiver) if found.N > 1)
    known = ~arrows.Umask
    assert known.sum() > 10
    assert np.asarray(arrows.U)[known] == pytest.approx(np.full(known.sum(), 0.5))  # mm/ms along x
    assert np.asarray(arrows.V)[known] == pytest.approx(np.zeros(known.sum()), abs=1e-9)
    (key,) = figure.axes[0].findobj(QuiverKey)
    assert key.text.get_text() == "0.5 m/s"
    assert {"strip", "scar", "no velocity", "isochrones every 2 ms"} <= words(figure)


def test_phase_shows_the_singularity_where_it_is_and_how_it_turns(rotor: Result) -> None:
    figure = rotor.plot("phase")
    axes = figure.axes[0]
    (marker,) = (line for line in axes.lines if line.get_marker() == "o")
    assert marker.get_xydata()[0] == pytest.approx((8.2, 5.6), abs=0.1)
    assert "counter-clockwise (charge -1)" in words(figure)
    assert "clockwise (charge +1)" not in words(figure)
    assert "t = 158 ms: 1 phase singularity, the oldest since 154 ms" in words(figure)
    assert np.nanmax(np.abs(shown(figure))) <= 180.0
    assert np.ptp(shown(figure)) > 350.0


def test_phase_is_that_of_the_asked_time(rotor: Result) -> None:
    """A quarter of a period later the wave has turned by a quarter; set against a quarter before, everywhere."""
    early, late = (shown(rotor.plot("phase", time=time, delay=PERIOD / 4)) for time in (60.0, 70.0))
    turned = np.exp(1j * np.radians(late - early))
    assert np.degrees(np.angle(turned)) == pytest.approx(np.full((40, 40), 90.0), abs=1.0)
    with pytest.raises(FigureError, match=r"phase: .*frames are from 0 to 158 ms, none at 900 ms"):
        rotor.plot("phase", time=900.0)
    with pytest.raises(FigureError, match="a delay of 500 ms is longer than the record of 158 ms"):
        rotor.plot("phase", delay=500.0)


def test_paths_are_drawn_where_they_are(tmp_path: Path) -> None:
    """A tip on a circle of 1.5 mm around (11, 5) mm: its path fills what is shown, which lies in the tissue."""
    centres = np.arange(40) * 0.4 + 0.2
    with Writer(tmp_path / "a.h5", title="A tip that meanders") as out:
        out.coordinates(y=centres, x=centres)
        out.series("V", "mV", long_name="membrane potential")
        for time in np.arange(0.0, 160.0, 2.0):
            turn = 2 * np.pi * time / 160.0
            x, y = np.meshgrid(centres - 11 - 1.5 * np.cos(turn), centres - 5 - 1.5 * np.sin(turn))
            angle = 2 * np.pi * time / PERIOD + np.arctan2(y, x) - 0.5 * np.hypot(x, y)
            out.append(time, {"V": -30.0 + 50.0 * np.cos(angle) * np.tanh(np.hypot(x, y))})
        out.complete()
    figure = Result.open(tmp_path / "a.h5").plot("tip_trajectories")
    (path,) = (found for found in figure.axes[0].collections if isinstance(found, LineCollection))
    places = np.array(path.get_segments())[:, 0]
    # Found is where V and V of 4 ms before vanish, two lines at 36 degrees through places of the tip 0.24 mm apart.
    assert np.hypot(*(places - (11.0, 5.0)).T) == pytest.approx(
        np.full(len(places), 1.5), abs=0.24 / np.sin(np.radians(36))
    )
    for (low, high), (first, last) in zip(
        (figure.axes[0].get_xlim(), figure.axes[0].get_ylim()),
        zip(places.min(axis=0), places.max(axis=0), strict=True),
        strict=True,
    ):
        assert 0.0 <= low < first < last < high <= 16.0
        assert high - low == pytest.approx(1.3 * (last - first), rel=0.05)
    assert {"clockwise"} <= words(figure)
    assert "lost" not in words(figure)
    assert any(word.startswith("1 tip; the longest for 154 ms, within 3") for word in words(figure))


def test_a_dominant_frequency_is_the_reciprocal_of_the_period(rotor: Result) -> None:
    figure = rotor.plot("dominant_frequency")
    assert shown(figure) == pytest.approx(np.full((40, 40), 1000.0 / PERIOD), abs=0.2)
    assert any("median 25.0" in word for word in words(figure))
    later = rotor.plot("dominant_frequency", start=80.0)
    assert any("resolution 12 Hz" in word for word in words(later))


def test_a_short_record_says_what_it_cannot_tell(rotor: Result) -> None:
    with pytest.raises(FigureError, match=r"dominant_frequency: .*at least two frames are needed"):
        rotor.plot("dominant_frequency", start=158.0)


def test_electrograms_are_those_of_the_file_with_their_places(results: dict[str, Result]) -> None:
    sheet = results["sheet"]
    figure = sheet.plot("electrograms")
    for axes, name in zip(figure.axes, ("near", "pseudo-ECG"), strict=True):
        assert np.array_equal(axes.lines[1].get_ydata(), sheet.table("electrograms").columns[name])
    assert {"near (5, 0.25) mm, 1 mm above", "pseudo-ECG (30, −4) mm, 20 mm above", "stimulus"} <= words(
        figure
    )


def test_dispersion_shows_durations_and_their_range(results: dict[str, Result]) -> None:
    """APD90 grows by 0.2 ms/mm along x, and by no more than that of 2 mm within 1 mm of a place."""
    figure = results["sheet"].plot("apd_dispersion")
    durations, spread = (shown(figure, k) for k in (0, 1))
    assert np.array_equal(durations, results["sheet"]["apd90"][0], equal_nan=True)
    assert np.nanmax(spread) == pytest.approx(0.4)
    assert {"APD90 (ms)", "range within 1 mm (ms)", "incomplete", "scar"} <= words(figure)
    with pytest.raises(FigureError, match="apd_dispersion: there is no beat 3"):
        results["sheet"].plot("apd_dispersion", beat=3)


def test_a_file_without_activity_is_drawn_and_says_so(tmp_path: Path) -> None:
    with Writer(tmp_path / "a.h5", title="Silence") as out:
        out.coordinates(y=np.arange(5) + 0.5, x=np.arange(5) + 0.5)
        out.series("V", "mV", long_name="membrane potential")
        for time in np.arange(0.0, 20.0):
            out.append(time, {"V": np.full((5, 5), -80.0)})
        out.field("activation_time", np.full((1, 5, 5), np.nan), "ms", "activation time")
        out.field("apd90", np.full((1, 5, 5), np.nan), "ms", "APD90")
        out.complete()
    silent = Result.open(tmp_path / "a.h5")
    assert "no velocity" in words(silent.plot("velocity"))
    assert "t = 19 ms: no phase singularity" in words(silent.plot("phase"))
    assert "no phase singularity lasts for 20 ms" in words(silent.plot("tip_trajectories"))
    assert "nowhere do two excitations come in these frames" in words(silent.plot("dominant_frequency"))
    assert "no whole action potential" in words(silent.plot("apd_dispersion"))
