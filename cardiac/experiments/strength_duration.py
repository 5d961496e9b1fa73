"""Strength-duration curve: threshold current against pulse duration, with rheobase, chronaxie and classical fits.

Lapicque-Blair: I = I_rh / (1 - exp(-d / tau)), chronaxie tau ln 2 (Lapicque 1907; Blair 1932). Weiss:
I = I_rh (1 + c / d), chronaxie c (Weiss 1901). Both are fitted to the logarithm of the current; the misfit is the
root mean square of what remains. Pulses whose answer is graded, not all or none (see `threshold`), are left out, for
their threshold tells of `level` alone. Where accommodation raises the threshold of long pulses, no such curve fits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cardiac.cell import CAPTURE_LEVEL, Cell, Thresholds, rest, thresholds
from cardiac.experiments import Array, Column, Outcome, cells_column
from cardiac.experiments._checks import Problems, of_list, of_search, of_tolerance, refuse
from cardiac.experiments._searched import ALL_OR_NONE, answers, jumps, tried
from cardiac.units import A_per_F, duration, mV, one

POINTS = 100  # of the curves that are drawn through the thresholds
GOOD = 0.1  # misfit of a curve that describes them


class Options(NamedTuple):
    """The pulses, how closely thresholds are bracketed, what counts as an action potential, where it is sought."""

    durations: tuple[duration, ...] = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
    tolerance: one = 0.005
    level: mV = CAPTURE_LEVEL
    up_to: A_per_F | None = None


def problems(options: Options, model: Any) -> Problems:
    """A search that makes no sense."""
    yield from of_list("durations", options.durations, 0.0)
    yield from of_tolerance(options.tolerance)
    yield from of_search(options.up_to)


class Fit(NamedTuple):
    """A curve through the thresholds of one cell."""

    rheobase: float  # A/F
    chronaxie: float  # ms
    misfit: float  # root mean square of the relative deviations


def lapicque_blair(duration: Array, rheobase: float, tau: float) -> Array:
    """Threshold currents [A/F] of a leaky capacitor."""
    return np.asarray(rheobase / -np.expm1(-duration / tau), dtype=np.float64)


def weiss(duration: Array, rheobase: float, chronaxie: float) -> Array:
    """Threshold currents [A/F] by a charge that grows linearly with the duration."""
    return rheobase * (1.0 + chronaxie / duration)


def fitted(
    curve: Callable[[Array, float, float], Array], durations: Array, currents: Array
) -> tuple[float, float, float]:
    """The two constants of a curve and its misfit; NaN where there are too few thresholds."""
    from scipy.optimize import least_squares

    known = np.isfinite(currents) & (currents > 0.0)
    if known.sum() < 3:
        return np.nan, np.nan, np.nan
    d, log_current = durations[known], np.log(currents[known])

    def deviation(logs: Array) -> Array:
        return np.asarray(np.log(curve(d, *np.exp(logs))) - log_current, dtype=np.float64)

    start = np.log([currents[known].min(), 0.5 * (d.min() * d.max()) ** 0.5])
    found = least_squares(deviation, start)
    a, b = np.exp(found.x).tolist()
    return a, b, float(np.sqrt(np.mean(found.fun**2)))


def perform(cell: Cell, options: Options) -> Outcome:
    """The strength-duration curve of each cell."""
    refuse(problems(options, cell.model))
    durations = np.asarray(options.durations, dtype=float)
    found = thresholds(cell, options.durations, options.tolerance, options.level, options.up_to)
    jump = jumps(cell, found, enough=ALL_OR_NONE)
    answer, each, start = answers(cell, found, jump), len(durations), rest(cell)
    curve = {
        "cell": cells_column(cell.n, each),
        "duration": Column(np.tile(durations, cell.n), "ms", "of the pulse"),
        "current": Column(found.current.ravel(), "A/F", "threshold current"),
        "charge": Column((found.current * durations).ravel(), "mV", "threshold charge per capacitance"),
        "jump": Column(
            jump.ravel(),
            "mV",
            f"difference of the peaks 1 % above and below, counted up to {ALL_OR_NONE:g} mV",
        ),
        "all_or_none": Column((answer == "").ravel().astype(int), about="whether the answer is all or none"),
    }
    sharp = np.where(answer == "", found.current, np.nan)
    blair = [_blair(*fitted(lapicque_blair, durations, currents)) for currents in sharp]
    linear = [Fit(*fitted(weiss, durations, currents)) for currents in sharp]
    tables = {
        "strength_duration": curve,
        "fits": _fits(start.V_rest, blair, linear),
        "fitted": _curves(durations, blair, linear),
        "tried": tried(found),
    }
    sentences = tuple(
        why or _sentence(found, k, answer[k].tolist(), blair[k], linear[k])
        for k, why in enumerate(start.reasons)
    )
    return Outcome(tables, sentences, tuple(_common(row) for row in answer.tolist()))


def _blair(rheobase: float, tau: float, misfit: float) -> Fit:
    return Fit(rheobase, tau * np.log(2.0), misfit)


def _fits(V_rest: Array, blair: Sequence[Fit], linear: Sequence[Fit]) -> dict[str, Column]:
    """The table of the constants of each cell."""
    table = {"cell": cells_column(len(V_rest)), "V_rest": Column(V_rest, "mV", "resting potential")}
    for name, of in (("Lapicque-Blair", blair), ("Weiss", linear)):
        key = name.lower().replace("-", "_")
        table[f"rheobase_{key}"] = Column(np.array([f.rheobase for f in of]), "A/F", f"rheobase by {name}")
        table[f"chronaxie_{key}"] = Column(np.array([f.chronaxie for f in of]), "ms", f"chronaxie by {name}")
        table[f"misfit_{key}"] = Column(np.array([f.misfit for f in of]), "1", f"misfit of {name}")
    return table


def _curves(durations: Array, blair: Sequence[Fit], linear: Sequence[Fit]) -> dict[str, Column]:
    """The table of the fitted curves of each cell, to be drawn."""
    d = np.geomspace(durations.min(), durations.max(), POINTS)
    by_blair = [lapicque_blair(d, fit.rheobase, fit.chronaxie / np.log(2.0)) for fit in blair]
    by_weiss = [weiss(d, fit.rheobase, fit.chronaxie) for fit in linear]
    return {
        "cell": cells_column(len(blair), POINTS),
        "duration": Column(np.tile(d, len(blair)), "ms", "of the pulse"),
        "lapicque_blair": Column(np.concatenate(by_blair), "A/F", "threshold current by Lapicque-Blair"),
        "weiss": Column(np.concatenate(by_weiss), "A/F", "threshold current by Weiss"),
    }


def _common(answers: Sequence[str]) -> str:
    """The answer to all pulses; empty if some have a threshold and others have none."""
    return answers[0] if len(set(answers)) == 1 else ""


def _sentence(found: Thresholds, cell: int, answers: Sequence[str], blair: Fit, linear: Fit) -> str:
    graded = answers.count("graded")
    if not graded and "" not in answers:
        why = {answer: found.why(cell, k) for k, answer in enumerate(answers)}
        return f"No pulse excites the cell: it {'; it '.join(why.values())}."
    left_out = (
        f"; {graded} of {len(answers)} pulses are answered by degrees, not all or none" if graded else ""
    )
    fits = sorted((("Lapicque-Blair", blair), ("Weiss", linear)), key=lambda named: named[1].misfit)
    (name, fit), (other, worse) = fits
    if not np.isfinite(fit.misfit):
        return f"Too few pulses excite the cell all or none for a curve{left_out}."
    how = "the better fit" if fit.misfit < GOOD else "though neither fits"
    return (
        f"Rheobase {fit.rheobase:.3g} A/F and chronaxie {fit.chronaxie:.3g} ms by {name}, {how}"
        f" ({fit.misfit:.1%} rms, {other} {worse.misfit:.1%}){left_out}."
    )
