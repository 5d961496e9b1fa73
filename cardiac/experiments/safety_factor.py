"""Safety factor: how much more charge each cell makes than it takes to excite it, as a map.

SF = (C dV + Q_out) / Q_in (Shaw & Rudy, Circ. Res. 81:727, 1997), with the charge Q_in that flows into a cell from
its neighbours, Q_out that flows out of it to them, and C dV that charges its membrane, while it depolarizes (Romero
et al., Comput. Cardiol. 32, 2005): from rest until dV/dt has fallen to 1 % of its largest value. Currents are those
in excess of rest. What a cell takes up and gives away is Q_in - Q_out = C dV + Q_ion: SF = 1 - Q_ion / Q_in, and a
cell whose own current is outward on the whole has a safety factor below 1.

With flow: net, for tissue as a continuum, it is the current of all neighbours together that flows in first, up to the
largest charge that a cell has received, and then out. It converges with the spacing: in a uniform cable to 1 + c^2 A
/ (D V'), of a wave of velocity c, amplitude A and largest slope V'. With flow: faces each neighbour counts by itself,
as between the cells of Shaw & Rudy, and the spacing is the length of such a cell: in a uniform cable 1 + c dx / D,
which depends on it.

Diffusion is of second order here: then it is a current between neighbours. Steps are short and equal everywhere.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from cardiac.config.quantities import Strength
from cardiac.experiments import Array, Column, Obstacles, Outcome
from cardiac.experiments._checks import MOST_CURRENT, Problems, of_amount, of_strength, refuse
from cardiac.experiments._electrodes import CLOSE, LONGEST_TRIAL, current_of, diastolic_threshold, too_weak
from cardiac.experiments._on_tissue import of_place, of_rest, refuse_obstacles
from cardiac.experiments._places import FAR, Cell, away, nearest, space_constant
from cardiac.preparation import Mask, Preparation, Trial
from cardiac.references import shape, strength
from cardiac.tissue.shapes import Left
from cardiac.units import duration

DOI = "10.1161/01.RES.81.5.727"
KEEPS = ("activation",)
LEAST = 1.0  # mV of depolarization, below which a cell has none
ENDED = 0.01  # of the largest dV/dt, at which the depolarization of a cell has ended
WAIT, STILL = 10.0, 0.01  # ms, mV: the wave is over when no cell goes higher by more than that, for so long


class Options(NamedTuple):
    """The stimulus that starts the wave, and what counts as flow into a cell and out of it.

    A strength of `2 x threshold` is a multiple of the threshold of the electrode's cells, uncoupled.
    """

    at: shape = Left(1.0)
    duration: duration = 2.0
    strength: strength = Strength(2.0, True)
    flow: Literal["net", "faces"] = "net"


def problems(options: Options, model: Any) -> Problems:
    """A pulse that is none, or excites nothing."""
    yield from of_amount("duration", options.duration, "ms")
    yield from of_strength(options.strength)


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """An electrode that is nowhere, or on tissue without rest or threshold."""
    nowhere = [*of_place("at", tissue.mask, options.at)]
    if nowhere:
        yield from nowhere
        return
    electrode = tissue.mask(options.at)
    yield from of_rest("at", tissue, tissue.like_most(electrode))
    if not np.isfinite(current_of(tissue, options.strength, electrode, options.duration)):
        yield "strength", "a cell here has no threshold - give a strength in A/F"


class Charges:
    """What flows in and out of each cell (ny, nx) while it depolarizes [mV, charge per capacitance]."""

    def __init__(self, tissue: Preparation, flow: str) -> None:
        self.pairs, self.dt, self.apart = tissue.pairs, tissue.dt, flow == "faces"
        self.rest = tissue.V_rest
        self.V_max, self.over = self.rest.copy(), np.zeros(self.rest.shape, dtype=bool)
        self.V, self.steepest = self.rest.copy(), np.zeros(self.rest.shape)
        self.before = self._currents(np.zeros_like(self.rest))
        self.q = np.zeros_like(
            self.before
        )  # so far: in and out, or the net and the most that there was of it
        self.most = np.zeros(self.rest.shape)
        self.into, self.out = np.zeros((2, *self.rest.shape))
        self._look, self._steps, self._seen = max(1, round(WAIT / self.dt)), 0, self.V_max.copy()

    def __call__(self, V: Array) -> bool:
        """Take in the potential (ny, nx) [mV] after a further step; tell whether no V will rise any more."""
        currents = self._currents(V - self.rest)
        self.q += 0.5 * self.dt * (currents + self.before)
        self.before = currents
        np.maximum(self.most, self.q[0], out=self.most)
        slope, self.V = (V - self.V) / self.dt, V
        self.over &= slope <= self.steepest  # else what came before was an echo of the stimulus
        np.maximum(self.steepest, slope, out=self.steepest)
        higher = (self.V_max < V) & ~self.over
        self.V_max[higher] = V[higher]
        into, out = self.q if self.apart else (self.most, self.most - self.q[0])
        self.into[higher], self.out[higher] = into[higher], out[higher]
        self.over |= (slope < ENDED * self.steepest) & (self.V_max > self.rest + LEAST)
        self._steps += 1
        if self._steps % self._look:
            return False
        risen, self._seen = float((self.V_max - self._seen).max()), self.V_max.copy()
        return risen < STILL

    @property
    def safety_factor(self) -> Array:
        """(ny, nx), NaN where nothing has come."""
        gained = self.V_max - self.rest
        come = (gained >= LEAST) & (self.into > 0.0)
        return np.where(come, (gained + self.out) / np.where(come, self.into, 1.0), np.nan)

    def _currents(self, V: Array) -> Array:
        """Currents into and out of each cell (2, ny, nx), or of all neighbours together (1, ny, nx) [mV/ms].

        Of the displacement V from rest (ny, nx) [mV]: what flows at rest already, between regions, excites nothing.
        """
        found = np.zeros((2 if self.apart else 1, *V.shape))
        for conductance, one, other in self.pairs:
            current = conductance * (V[other] - V[one])  # from the other
            if self.apart:
                inward, outward = np.maximum(current, 0.0), np.maximum(-current, 0.0)
                found[0][one] += inward
                found[1][one] += outward
                found[0][other] += outward
                found[1][other] += inward
            else:
                found[0][one] += current
                found[0][other] -= current
        return found


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The safety factor of every cell for a wave from the electrode."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    whole, tissue = tissue, tissue.plain()
    electrode = tissue.mask(options.at)
    current = current_of(tissue, options.strength, electrode, options.duration)
    charges = Charges(tissue, options.flow)
    pulse = tissue.pulses(electrode, current, duration=options.duration)
    trial = tissue.trial([pulse], LONGEST_TRIAL, each=charges)
    _refuse_local(whole, electrode, current, options.duration, trial)
    inside = tissue.conducting & ~electrode
    factor = np.where(inside, charges.safety_factor, np.nan)
    into, out = (np.where(np.isfinite(factor), charge, np.nan) for charge in (charges.into, charges.out))
    known = np.isfinite(factor)
    at, where = _weakest(tissue, electrode, factor)
    least, median = float(factor[at]), float(np.median(factor[known])) if known.any() else np.nan
    i, j = at
    table = {
        "least": Column(np.array([least]), "1", "least safety factor, of regions or away from the ends"),
        "x": Column(np.array([tissue.grid.x[j]]), "mm", "where it is least"),
        "y": Column(np.array([tissue.grid.y[i]]), "mm", "where it is least"),
        "median": Column(np.array([median]), "1", "median safety factor"),
        "reached": Column(
            np.array([_share(trial.first(), inside)]), "1", "share of the tissue that was activated"
        ),
    }
    maps = {
        "safety_factor": Column(factor, "1", "safety factor"),
        "charge_in": Column(into, "mV", "charge from the neighbours, per capacitance"),
        "charge_out": Column(out, "mV", "charge to the neighbours, per capacitance"),
        "activation_time": Column(trial.first()[np.newaxis], "ms", "activation time"),
    }
    reached = table["reached"].values[0]
    sentence = f"The safety factor is {median:.3g} in most of the tissue; the least {where} is {least:.3g}, "
    sentence += f"at x = {tissue.grid.x[j]:.3g} mm"
    sentence += f", y = {tissue.grid.y[i]:.3g} mm" if tissue.grid.ny > 1 else ""
    sentence += "." if reached == 1.0 else f"; the wave activates {reached:.0%} of the tissue."
    if not known.any():
        sentence = "Nothing beside the electrode is depolarized: there is no wave, and no safety factor."
    numerics = {"dt": (tissue.dt, "ms"), "space_order": 2}
    numerics |= {"reaction_steps_mean": 1.0, "reaction_steps_most": 1.0}
    return Outcome({"safety_factor": table}, (sentence,), maps=maps, numerics=numerics)


def _refuse_local(
    tissue: Preparation, electrode: Mask, current: float, duration: float, trial: Trial
) -> None:
    """Raise Obstacles where only the electrode's neighbours answer, though a stronger pulse would launch a wave."""
    far = away(tissue, electrode)
    if not far.any() or np.isfinite(trial.first()[far]).any():
        return
    target = tissue.only(nearest(tissue, electrode))
    found = diastolic_threshold(tissue, electrode, duration, target, relative=CLOSE, most=MOST_CURRENT)
    if current < found.high < np.inf:
        raise Obstacles([("strength", too_weak(current, found.high))])


def _weakest(tissue: Preparation, electrode: Mask, factor: Array) -> tuple[Cell, str]:
    """The cell that has the least safety factor (ny, nx) of those where a wave may fail, and where that is, in words.

    These are the cells of regions, if it comes to any. Cells near the end of the tissue have nobody to give charge
    to, and near the electrode they get some from it: four space constants away it is that of the wave.
    """
    known = np.isfinite(factor)
    inner = known & away(tissue, electrode) & _inner(tissue)
    inside = np.zeros_like(known)
    for weight in tissue.regions.values():
        inside |= weight >= 0.5
    choices = [inside & inner, inside & known, inner, known, np.ones_like(known)]
    cells = next(cells for cells in choices if cells.any())
    i, j = np.unravel_index(int(np.argmin(np.where(cells & known, factor, np.inf))), factor.shape)
    at = int(i), int(j)
    names = [name for name, weight in tissue.regions.items() if weight[at] >= 0.5]
    if names:
        return at, f'in region "{names[-1]}"'
    return at, "away from its ends and the electrode" if inner[at] else "of all"


def _inner(tissue: Preparation) -> Mask:
    """The cells (ny, nx) four space constants or more from where the tissue ends, at its border or at scars."""
    from scipy.ndimage import distance_transform_edt

    at = tissue.typical[None]
    length = space_constant(tissue, at, max(tissue.diffusivity(at)))
    rows = int(tissue.grid.ny > 1)
    padded = np.pad(tissue.conducting, ((rows, rows), (1, 1)))
    cells = distance_transform_edt(padded)[rows : rows + tissue.grid.ny, 1:-1]
    found: Mask = (cells - 0.5) * tissue.grid.spacing >= FAR * length
    return found


def _share(times: Array, inside: Mask) -> float:
    return float(np.isfinite(times[inside]).mean()) if inside.any() else 0.0
