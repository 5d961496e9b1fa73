"""Tables of sweeps with what their figures show: a full grid, a refined one, and boundaries that were found."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cardiac.storage.sweeps import Gridded, write_sweep
from cardiac.table import SweepTable

WIDTHS = np.array([0.5, 1.0, 2.0, 3.0, 5.0])  # mm
DOSES = np.geomspace(0.1, 10.0, 12)  # mS/uF


def critical(width: np.ndarray) -> np.ndarray:
    """The dose [mS/uF] that blocks a strip of that width [mm]."""
    return 0.5 + 1.2 / width


def outcome(width: np.ndarray, dose: np.ndarray) -> np.ndarray:
    """What becomes of a wave: it is late at more than half of the dose that blocks."""
    share = dose / critical(width)
    return np.where(share >= 1, "blocked", np.where(share > 0.5, "delayed", "conducted")).astype(object)


def axes() -> dict[str, Gridded]:
    return {
        "width": Gridded(("width",), WIDTHS, "mm", "regions.strip.shape.strip.width"),
        "dose": Gridded(("dose",), DOSES, "mS/uF", "regions.strip.mechanisms[0].potassium_conductance.g"),
    }


def states(shape: tuple[int, ...], dimensions: tuple[str, ...], run: np.ndarray) -> dict[str, Gridded]:
    return {
        "state": Gridded(dimensions, np.where(run, "done", "not run").astype(object)),
        "message": Gridded(dimensions, np.full(shape, "", object)),
        "seconds": Gridded(dimensions, np.ones(shape), "s"),
    }


def grid(path: Path, *, refined: bool = False) -> SweepTable:
    """Outcome and delay on a grid, of which only a part was run if it was refined."""
    width, dose = np.meshgrid(WIDTHS, DOSES, indexing="ij")
    said, both = outcome(width, dose), ("width", "dose")
    run = np.full(said.shape, not refined) | (np.abs(np.log(dose / critical(width))) < 0.9)
    delay = np.where(said == "blocked", np.nan, 0.02 * dose / critical(width))
    contents = axes() | {
        "block.strip.outcome": Gridded(both, np.where(run, said, "").astype(object)),
        "block.strip.delay": Gridded(both, np.where(run, delay, np.nan), "ms"),
        **states(said.shape, both, run),
    }
    if refined:
        contents["answer"] = Gridded(both, said)
    return written(path, contents, runs=int(run.sum()), full=said.size)


def boundary(path: Path, media: tuple[str, ...] = ()) -> SweepTable:
    """The dose that blocks, against the width; for each of some media, a factor apart."""
    factors = 1.5 ** np.arange(max(1, len(media)))
    found = factors[:, None] * critical(WIDTHS)
    dimensions = ("medium", "width") if media else ("width",)
    found = found if media else found[0]
    width = np.repeat(WIDTHS, 6)
    dose = np.repeat(critical(WIDTHS), 6) * np.tile([0.2, 0.6, 0.95, 1.05, 2.0, 4.0], len(WIDTHS))
    case = ("case",)
    contents = {"medium": Gridded(("medium",), np.array(media, object))} if media else {}
    contents |= {
        "width": axes()["width"],
        "boundary": Gridded(dimensions, found, "mS/uF", "dose at which block.strip.outcome changes"),
        "exact": Gridded(dimensions, 1.01 * found, "mS/uF"),
        "below": Gridded(dimensions, np.full(found.shape, "conducted", object)),
        "above": Gridded(dimensions, np.full(found.shape, "blocked", object)),
        "case": Gridded(case, np.arange(len(width)) + 1),
        "case.width": Gridded(case, width, "mm"),
        "case.dose": Gridded(case, dose, "mS/uF"),
        "case.answer": Gridded(case, outcome(width, dose)),
        "case.state": Gridded(case, np.full(len(width), "done", object)),
    }
    return written(path, contents, runs=len(width), full=2000, along="dose")


def written(path: Path, contents: dict[str, Gridded], *, runs: int, full: int, along: str = "") -> SweepTable:
    attributes = {
        "title": "When does a hyperpolarized strip block?",
        "definition": "{}",
        "runs": runs,
        "runs_of_full_grid": full,
        "logarithmic": "dose",
        **({"along": along, "boundary_of": "block.strip.outcome"} if along else {}),
    }
    write_sweep(path, contents, attributes)
    return SweepTable.open(path)
