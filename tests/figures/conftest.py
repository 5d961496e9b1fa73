"""Small results that have everything a figure can show: a sheet, a cable and a cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cardiac.result import Result
from cardiac.storage import Array, Writer

TITLE = "A planar wave meets a strip of tissue so strongly hyperpolarized that nothing comes out beyond it"
SENTENCE = (
    "BLOCKED at x = 9.5 mm: nothing beyond the strip was activated within 60 ms, the transit takes 8.1 ms."
)


def potential(time: float, activation: Array) -> Array:
    """An action potential of 20 ms [mV] that begins at `activation` [ms]; rest where that is NaN."""
    since = time - np.nan_to_num(activation, nan=1e9)
    return -85 + 105 / (1 + np.exp(-2 * np.clip(since, -50, 50))) / (1 + np.exp((since - 20) / 2))


def write(path: Path, shape: tuple[int, int]) -> None:
    """A wave along x at 0.5 mm/ms that does not pass a strip; a scar in a corner."""
    ny, nx = shape
    x, y = np.meshgrid(np.arange(nx) * 0.5 + 0.25, np.arange(ny) * 0.5 + 0.25)
    conducting = np.ones(shape, bool)
    if ny > 1:
        conducting[:4, :4] = False
    activation = np.where((x < 9.5) & conducting, 10 + x / 0.5, np.nan)
    times = np.arange(0, 60, 2.0)
    with Writer(path, title=TITLE) as out:
        out.coordinates(y=y[:, 0], x=x[0])
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        for time in times:
            out.append(time, {"V": np.where(conducting, potential(time, activation), np.nan)})
        out.field("activation_time", np.stack([activation, activation + 300]), "ms", "activation time")
        out.regions({"strip": (np.abs(x - 11) < 1.5) * 1.0, "all": np.ones(shape)}, conducting)
        for name, at in {"before": 5.0, "after": 15.0}.items():
            trace = potential(times, np.array(10 + at / 0.5 if at < 9.5 else np.nan))
            out.table(f"probes/{name}", {"time": (times, "ms"), "V": (trace, "mV")}, {"x": at, "y": 0.25})
        out.verdict("strip", {"outcome": "blocked", "sentence": SENTENCE})
        out.event(10.0, "2 ms", "stimulus")
        out.complete()


def write_cell(path: Path) -> None:
    times = np.arange(0, 60, 0.5)
    currents = {f"I_{i}": (-1.0) ** i * 3.0**i * np.exp(-(((times - 12) / 4) ** 2)) for i in range(10)}
    columns = {"time": (times, "ms"), "V": (potential(times, np.array(10.0)), "mV"), "m": (times / 60, "1")}
    with Writer(path, title="A cell") as out:
        out.coordinates(y=[0.05], x=[0.05])
        out.table("probes/cell", columns | {name: (values, "A/F") for name, values in currents.items()})
        out.event(10.0, "2 ms", "stimulus")
        out.event(40.0, "2 ms", "stimulus")
        out.complete()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    folder = tmp_path_factory.mktemp("figures")
    write(folder / "sheet.h5", (16, 40))
    write(folder / "column.h5", (40, 24))
    write(folder / "cable.h5", (1, 40))
    write_cell(folder / "cell.h5")
    with Writer(folder / "bare.h5", title="Nothing recorded") as out:
        out.coordinates(y=np.arange(5) + 0.5, x=np.arange(5) + 0.5)
        out.complete()
    return {path.stem: Result.open(path) for path in folder.glob("*.h5")}
