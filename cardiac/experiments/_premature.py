"""Premature stimulation of tissue: a train of S1, and S2 at any interval after the last of them.

The tissue after the last S1 is kept every few milliseconds, and every S2 branches from there: the same to the last
bit as a run of its own with the whole train.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardiac.experiments import Array
from cardiac.experiments._electrodes import Electrode, pulses
from cardiac.preparation import Mask, Moment, Preparation, Trial
from cardiac.simulation import Stimulus

AFTER = 20.0  # ms, that a cycle is longer than a pulse at least
EVERY = 10.0  # ms, from one kept moment to the next
LONGEST = 2000.0  # ms after a pulse, until its trial is given up


class Paced(NamedTuple):
    """Tissue after a train of S1; times of the clock of its trials."""

    tissue: Preparation
    S1: Stimulus
    onset: float  # of the last S1 [ms]
    trial: Trial  # until nothing moved any more
    moments: tuple[Moment, ...]  # from the onset on

    @property
    def activation(self) -> Array:
        """By the last S1 (ny, nx) [ms]; NaN where its wave did not come."""
        return self.trial.first(self.onset)

    @property
    def APD90(self) -> Array:
        """Duration (ny, nx) of the action potential of the last S1 [ms]; NaN where it did not end."""
        own = self.trial.activation == self.activation
        found: Array = np.where(own, self.trial.apd90, -np.inf).max(axis=0)
        return np.where(np.isfinite(found), found, np.nan)

    def again(self, trial: Trial, interval: float) -> Array:
        """When cells (ny, nx) are activated by an S2 of a trial [ms], and not by S1, which may still be under way."""
        since = np.fmax(self.onset + interval, self.activation + 1.0)
        later = np.where(trial.activation > since, trial.activation, np.inf).min(axis=0)
        return np.where(np.isfinite(later), later, np.nan)

    def s2(self, electrode: Electrode, interval: float, watched: Mask | None = None) -> Trial:
        """What follows an S2, this long after the last S1 [ms].

        Until the cells `watched` (ny, nx) are activated again, or nothing more can happen.
        """
        at = self.onset + interval
        passed = self.activation if watched is None else self.activation[watched]
        after = max(at, float(np.fmax.reduce(passed, axis=None, initial=at)) + 1.0)
        both = [self.S1, pulses(self.tissue, electrode, at)]  # S1 may not be over at the moment before S2
        return self.tissue.trial(both, at + LONGEST, start=self.before(at), watched=watched, after=after)

    def before(self, t: float) -> Moment:
        """The last kept moment that is not after a time [ms]."""
        return [moment for moment in self.moments if moment.t <= t][-1]


def paced(
    tissue: Preparation, electrode: Electrode, cycle_length: float, beats: int, longest: float
) -> Paced:
    """The tissue after `beats` S1, kept for `longest` [ms] after the onset of the last of them."""
    onset = (beats - 1) * cycle_length
    S1 = pulses(tissue, electrode, 0.0, cycle_length, beats)
    keep = onset + np.arange(0.0, longest + EVERY, EVERY)
    trial = tissue.trial([S1], onset + LONGEST, keep=keep.tolist())
    return Paced(tissue, S1, onset, trial, trial.kept)


def since(trial: Trial, onset: float) -> Array:
    """The activations (beats, ny, nx) later than an onset [ms], NaN beyond the last of each cell."""
    found: Array = np.sort(np.where(trial.activation > onset, trial.activation, np.nan), axis=0)
    return found
