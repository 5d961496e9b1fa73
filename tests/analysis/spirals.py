"""Rotating spirals whose tips are where they were put."""

from __future__ import annotations

import numpy as np
from waves import mesh


def spiral(shape, tips, spacing=0.2, angle=0.0, core=1.0):
    """Complex (ny, nx) whose phase grows by `charge` cycles around each of the `tips`, (x, y, charge) [mm].

    Its arms are wound (`2 / mm`), and towards a tip its amplitude falls to zero over `core` [mm].
    """
    X, Y = mesh(*shape, spacing)
    z = np.full(shape, np.exp(1j * angle))
    for x, y, charge in tips:
        from_tip = (X - x) + 1j * np.sign(charge) * (Y - y)
        far = np.abs(from_tip)
        z = z * (np.tanh(far / core) * np.exp(2j * far) * from_tip / np.where(far > 0, far, 1.0)) ** abs(
            charge
        )
    return z
