"""Shift and shunt: how much of a raised threshold is due to the potential, how much to the conductance.

A mechanism that hyperpolarizes by a conductance does two things: it shifts the resting potential away from threshold,
and it shunts the membrane, so that the same current moves it less. A bias current does the first alone. So each
cell with the mechanism is compared with one that a bias current holds at the same rest: what the bias adds to the
threshold is the shift, what is left is the shunt. The bias is the current that the mechanism carries at rest.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac import mechanisms
from cardiac.cell import CAPTURE_LEVEL, Cell, rest, thresholds
from cardiac.experiments import Array, Column, Outcome
from cardiac.experiments._checks import Problems, of_amount, of_search, of_tolerance, refuse
from cardiac.experiments._steady import Steady
from cardiac.experiments.dose_response import added_at_each, of_doses
from cardiac.references import Doses, doses
from cardiac.simulation import Added
from cardiac.units import A_per_F, mV, one, units_of
from cardiac.units import duration as positive_ms

MATCHED = 0.05  # mV between the two rests that are taken for equal


class Options(NamedTuple):
    """The mechanism and its doses; the pulse, how closely its threshold is bracketed, what is sought, and where."""

    doses: doses
    duration: positive_ms = 2.0
    tolerance: one = 0.001
    level: mV = CAPTURE_LEVEL
    up_to: A_per_F | None = None


def problems(options: Options, model: Any) -> Problems:
    """A search, or a mechanism, that makes no sense."""
    yield from of_amount("duration", options.duration, "ms")
    yield from of_tolerance(options.tolerance)
    yield from of_search(options.up_to)
    yield from of_doses(options.doses)
    if mechanisms.load(options.doses.mechanism).current is None:
        text = f"{options.doses.mechanism} adds no current that a bias could replace"
        yield "doses", f"{text} - use a conductance"


def perform(cell: Cell, options: Options) -> Outcome:
    """The two parts of the threshold of each cell at each dose."""
    refuse(problems(options, cell.model))
    use, count = options.doses, len(options.doses.values)
    numbers = np.repeat(np.arange(cell.n), count)
    plain = cell.of(numbers)
    added = added_at_each(cell, use)
    both = plain._replace(mechanisms=[*plain.mechanisms, added])
    bias, strength = mechanisms.load("bias_current"), -carried(plain, both)
    shifted = plain._replace(mechanisms=[*plain.mechanisms, Added(bias, bias.Parameters(strength))])
    bare, biased, dosed = (
        thresholds(these, [options.duration], options.tolerance, options.level, options.up_to)
        for these in (plain, shifted, both)
    )
    without, by_bias, by_both = (found.current[:, 0] for found in (bare, biased, dosed))
    V, V_shifted = rest(both).V_rest, rest(shifted).V_rest
    rise = np.where((np.abs(V - V_shifted) < MATCHED) & (by_both > without), by_both - without, np.nan)
    share = (by_both - by_bias) / rise
    unit = units_of(added.mechanism.Inputs)[use.key].symbol
    table = {
        "cell": Column(numbers, about="number of the cell"),
        "dose": Column(np.tile(use.values, cell.n), unit, f"{use.key} of {use.mechanism}"),
        "V_rest": Column(V, "mV", "resting potential with the mechanism"),
        "V_bias": Column(V_shifted, "mV", "resting potential with the bias current instead"),
        "bias": Column(strength, "A/F", "bias current that holds the same rest"),
        "without": Column(without, "A/F", "threshold with neither"),
        "shifted": Column(by_bias, "A/F", "threshold with the bias current"),
        "current": Column(by_both, "A/F", "threshold with the mechanism"),
        "shunt": Column(share, "1", "part of the rise that is shunt"),
    }
    last = [(k + 1) * count - 1 for k in range(cell.n)]
    why = [reason or f"The cell {dosed.why(k)}." for k, reason in enumerate(rest(both).reasons)]
    sentences = tuple(
        _sentence(use, unit, why[k], {name: float(c.values[k]) for name, c in table.items()}) for k in last
    )
    return Outcome({"shift_and_shunt": table}, sentences)


def carried(plain: Cell, both: Cell) -> Array:
    """What the last mechanism of `both` carries at rest (n,) [A/F], outward positive."""
    start = rest(both)
    found = []
    for k, V in enumerate(start.V.tolist()):
        with_it, without = Steady(both, k, start), Steady(plain, k, start)
        found.append(with_it.total(V) - without.total(V))
    return np.array(found)


def _sentence(use: Doses, unit: str, why: str, of: dict[str, float]) -> str:
    what = f"{of['dose']:g} {unit}".removesuffix(" 1") + f" {use.mechanism}"
    if not 0.0 < of["current"] < np.inf:
        return f"With {what}: {why}"
    text = f"{what} raises the threshold from {of['without']:.4g} to {of['current']:.4g} A/F"
    if not np.isfinite(of["shunt"]):
        return f"{text}; no bias current holds the same rest."
    return (
        f"{text}; a bias current that holds the same rest, {of['V_rest']:.2f} mV, raises it to "
        f"{of['shifted']:.4g} A/F: {of['shunt']:.0%} of the rise is shunt."
    )
