"""Current-voltage relation: the quasi-steady membrane current, each current on its own, and where the whole is zero.

Gates are at their steady state for each potential; concentrations, and channels written as many states instead of
gates, are those of the resting cell. With `gates: resting` only the gates that relax within 1 ms at rest follow the
potential and the others keep their resting value: the relation a few milliseconds after a step from rest, whose roots
of negative slope are the threshold potentials.

A root is stable where the slope is positive. The slope conductance at rest is dI/dV, the chord conductance that of
10 mV of hyperpolarization: they differ by rectification.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from cardiac.cell import Cell, rest
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import Problems, refuse
from cardiac.experiments._steady import Steady
from cardiac.units import mV

CHORD = 10.0  # mV
JUMP = 1e3  # mS/uF: a steeper root is a jump of the current
MOST = 10_000  # potentials


class Options(NamedTuple):
    """The potentials, and whether slow gates follow them."""

    from_: mV = -120.0
    to: mV = 40.0
    step: mV = 1.0
    gates: Literal["steady", "resting"] = "steady"


def problems(options: Options, model: Any) -> Problems:
    """No range of potentials."""
    low, high, step = options.from_, options.to, options.step
    if not low < high:
        yield (
            "to",
            f"{high:g} mV is not above from, {low:g} mV - write, for example, from: -120 mV, to: 40 mV",
        )
    elif not (0.0 < step <= high - low and (high - low) / step <= MOST):
        what = f"{step:g} mV makes no steps from {low:g} to {high:g} mV, or more than {MOST}"
        yield "step", f"{what} - write, for example, 1 mV"


def perform(cell: Cell, options: Options) -> Outcome:
    """The current-voltage relation of each cell."""
    refuse(problems(options, cell.model))
    steps = round((options.to - options.from_) / options.step)
    V, start = np.arange(steps + 1, dtype=np.float64) * options.step + options.from_, rest(cell)
    cells = [Steady(cell, k, start, only_fast=options.gates == "resting") for k in range(cell.n)]
    currents = np.array([[steady.currents(v) for v in V.tolist()] for steady in cells])
    roots = [steady.roots(V, whole) for steady, whole in zip(cells, currents[:, :, -1], strict=True)]
    slopes = [np.array([_slope(steady, V) for V in here]) for steady, here in zip(cells, roots, strict=True)]
    at_rest = np.where(start.rests, [steady.slope(steady.V_rest) for steady in cells], np.nan)
    chords = np.where(start.rests, [_chord(steady) for steady in cells], np.nan)
    zeros = {
        "cell": Column(
            np.repeat(np.arange(cell.n), [len(here) for here in roots]), about="number of the cell"
        ),
        "V": Column(np.concatenate([*roots, []]), "mV", "where no current flows"),
        "slope": Column(np.concatenate([*slopes, []]), "mS/uF", "dI/dV there; infinite where I jumps"),
        "stable": Column((np.concatenate([*slopes, []]) > 0.0).astype(int), about="whether V returns to it"),
    }
    conductance = {
        "cell": cells_column(cell.n),
        "V_rest": Column(start.V_rest, "mV", "resting potential"),
        "slope": Column(at_rest, "mS/uF", "slope conductance at rest"),
        "chord": Column(chords, "mS/uF", "chord conductance from rest to 10 mV below it"),
    }
    sentences = tuple(map(_sentence, start.reasons, start.V.tolist(), at_rest.tolist(), roots, slopes))
    tables = {"current_voltage": _curves(cell, V, currents), "roots": zeros, "conductance": conductance}
    return Outcome(tables, sentences, tuple(start.kinds))


def _curves(cell: Cell, V: Array, currents: Array) -> dict[str, Column]:
    """The table of all currents (cells, potentials, currents): those of the model, of the mechanisms, the whole."""
    own = list(cell.model.Currents._fields)
    adding = [a.mechanism.name for a in cell.mechanisms if a.mechanism.current is not None]
    twice = [adding[:k].count(name) + 1 for k, name in enumerate(adding)]
    added = [name if n == 1 else f"{name}_{n}" for name, n in zip(adding, twice, strict=True)]
    table = {
        "cell": cells_column(cell.n, len(V)),
        "V": Column(np.tile(V, cell.n), "mV", "potential"),
    }
    names = [*own, *added, "I"]
    abouts = (
        ["current of the model"] * len(own) + ["current of the mechanism"] * len(added) + ["whole current"]
    )
    for k, (name, about) in enumerate(zip(names, abouts, strict=True)):
        table[name] = Column(currents[:, :, k].ravel(), "A/F", f"{about}, outward positive")
    return table


def _slope(steady: Steady, V: float) -> float:
    slope = steady.slope(V)
    return slope if abs(slope) < JUMP else float(np.copysign(np.inf, slope))


def _chord(steady: Steady) -> float:
    V = steady.V_rest
    return (steady.total(V) - steady.total(V - CHORD)) / CHORD


def _sentence(why: str, V_rest: float, slope: float, roots: list[float], slopes: Array) -> str:
    text = f"At rest, {V_rest:.2f} mV, the slope conductance is {slope:.3g} mS/uF; "
    text = f"{why} " if why else text
    if not roots:
        return f"{text}{'There' if why else 'there'} is no potential in the range at which no current flows."
    kinds = ("jump" if np.isinf(s) else "stable" if s > 0.0 else "unstable" for s in slopes)
    zeros = [f"{V:.2f} mV ({kind})" for V, kind in zip(roots, kinds, strict=True)]
    where = " and ".join(filter(None, [", ".join(zeros[:-1]), zeros[-1]]))
    return f"{text}{'No' if why else 'no'} current flows at {where}."
