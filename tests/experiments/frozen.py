"""The cell with its gate held open, as an ordinary differential equation in V alone (exact theory of thresholds).

dV/dt = f(V) + I with f zero at rest u1, at threshold u2 and above. The rheobase is -min f between u1 and u2; a pulse
of strength I is just sufficient when the integral of 1 / (f + I) from u1 to u2 is its duration.
"""

from typing import NamedTuple

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar

from cardiac import models


class Frozen(NamedTuple):
    """A Mitchell-Schaeffer cell, plain or modified, with h = 1 and an added K+ conductance and bias current."""

    model: str
    g: float = 0.0
    bias: float = 0.0
    reversal: float = -95.0

    def rate(self, V: float) -> float:
        """dV/dt without a pulse [mV/ms]."""
        model = models.load(self.model)
        own = sum(model.currents(V, model.State(h=1.0), model.Parameters()))
        return self.bias - own - self.g * (V - self.reversal)

    def roots(self) -> list[float]:
        """Rest, threshold and excited state [mV]."""
        grid = np.linspace(-120.03, 40.0, 2001)
        signs = np.sign([self.rate(V) for V in grid])
        return [brentq(self.rate, *grid[k : k + 2]) for k in np.flatnonzero(np.diff(signs))]

    def rheobase(self) -> float:
        """The least current of a pulse without end [A/F]."""
        found = minimize_scalar(self.rate, bounds=self.roots()[:2], method="bounded", options={"xatol": 1e-9})
        return -float(found.fun)

    def threshold(self, duration: float) -> float:
        """The threshold current of a pulse [A/F]."""
        low, high, _ = self.roots()

        def too_long(current: float) -> float:
            return quad(lambda V: 1.0 / (self.rate(V) + current), low, high, limit=200)[0] - duration

        return float(brentq(too_long, self.rheobase() * (1.0 + 1e-9), 1e3))
