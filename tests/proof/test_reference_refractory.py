"""Refractory periods after ten S1 at 500 ms against somebody else's integrator, to the millisecond.

S2 is tried at every whole millisecond around the published period, the smallest interval that captures: earlier than
1 ms before it none may capture, and from 1 ms after it on all must, where the table calls the turn sharp.
"""

from typing import Any

import numpy as np
import pytest
from reference import MODELS, STATES, cells, table

from cardiac.experiments import refractory
from cardiac.experiments._paced import last_beat, moments, needed

CYCLE, BEATS, PULSE = 500.0, 10, 2.0  # ms
BEFORE, AFTER = 5, 10  # ms around the published period


@pytest.mark.parametrize("expected", table("erp.csv"), ids=lambda row: f"{row['model']}-{row['state']}")
def test_refractory_period(expected: dict[str, Any]) -> None:
    name, ERP = expected["model"], expected["ERP"]
    (state,) = (row for row in STATES[name] if row["state"] == expected["state"])
    cell, options = cells(name, [state]), refractory.Options(level=MODELS[name].repolarized)
    strength = 2.0 * needed(cell, PULSE).currents
    assert expected["S1_amp"] == pytest.approx(strength[0], rel=0.005)
    S1 = last_beat(cell, strength, PULSE, CYCLE, BEATS, CYCLE)
    if np.isnan(ERP):  # the response to S1 itself is over when capture would be looked for
        assert S1.states[round(PULSE + 20.0), 0, 0] < options.level
        return
    intervals = np.arange(round(ERP) - BEFORE, round(ERP) + AFTER + 1)
    same = np.zeros_like(intervals)
    holds = refractory.holds(cell.of(same), moments(cell, S1, intervals, same), strength[same], options)
    holds &= S1.states[intervals, 0, 0] < options.level  # S2 must meet a cell that is repolarized
    assert not holds[intervals < ERP - 1].any()
    later = holds[intervals > ERP + 1]
    assert later.all() if expected["sharp"] else later.any()
