"""The membrane potential at the probes against time; of a single probe its currents too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cardiac.figures import _tissue
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import name_axis
from cardiac.result import Probe, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWS = Shows("probes", held="probes", add="record: {probes: {here: PLACE}}")

_CURRENTS = 8  # the largest are drawn
_LINEAR = (
    0.2  # A/F: beyond, the axis is logarithmic where there are large currents, for I_Na dwarfs the others
)
_LARGE = 5.0  # A/F
_TICKS = [-1000, -100, -10, -1, 0, 1, 10, 100, 1000]


def draw(page: Page, result: Result) -> None:
    """V at every probe [mV], and below it the largest currents [A/F] if there is one probe."""
    probes = list(result.probes.values())
    currents = _currents(probes[0]) if len(probes) == 1 else []
    figure = page.open(5.2 if currents else 3.2)
    rows = figure.subplots(1 + bool(currents), 1, sharex=True, squeeze=False)[:, 0]
    _potentials(page, rows[0], probes)
    if currents:
        _largest(page, rows[1], probes[0], currents)
    rows[0].set_xlim(probes[0].time[0], probes[0].time[-1])
    name_axis(rows[-1].xaxis, "time", "ms")
    _tissue.mark_stimuli(rows[0], result)
    figure.align_ylabels()


def _potentials(page: Page, axes: Axes, probes: list[Probe]) -> None:
    for probe in probes:
        place = "" if probe.position is None else " ({:g}, {:g}) mm".format(*probe.position)
        axes.plot(probe.time, probe.V, label=probe.name + place)
    name_axis(axes.yaxis, "membrane potential", "mV")
    if len(probes) > 1:
        page.key(axes)


def _currents(probe: Probe) -> list[str]:
    """The names of the currents, the largest first."""
    names = [name for name in probe.names() if probe.units(name) == "A/F"]
    return sorted(names, key=lambda name: -np.abs(probe[name]).max(initial=0.0))


def _largest(page: Page, axes: Axes, probe: Probe, currents: list[str]) -> None:
    for name in currents[:_CURRENTS]:
        axes.plot(probe.time, probe[name], label=name)
    if np.abs(probe[currents[0]]).max() > _LARGE:
        low, high = (1.5 * limit for limit in axes.get_ylim())
        axes.set_yscale("asinh", linear_width=_LINEAR)
        axes.set_ylim(low, high)
        axes.set_yticks([tick for tick in _TICKS if low <= tick <= high])
        axes.yaxis.set_major_formatter("{x:g}")
    axes.axhline(0, color="black", lw=0.5, zorder=0)
    title = f"largest {_CURRENTS} of {len(currents)}" if len(currents) > _CURRENTS else None
    page.key(axes, title=title)
    axes.set_ylabel("current, outward (A/F)")
