"""Results that hold everything a report shows; nothing is simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import cardiac as cc
from cardiac.result import Result
from cardiac.storage import Writer

# A title that would do harm if it were not text.
TITLE = (
    "<script>window.harmed = 1</script> A wave & a \"strip\" of -95 mV</title><img src=x onerror='harmed=1'>"
)

SHEET = """\
title: TITLE
about: "Change `g` to 1.7 mS/uF, or `V: -95 mV` </p><script>window.harmed = 2</script>"
reference: Someone, somewhere <b>1999</b>
model: {name: luo_rudy_1991, parameters: {g_Na: 16 mS/uF}}
tissue:
  size: [8 mm, 4 mm]
  spacing: 0.2 mm
  diffusivity: {along: 0.2 mm^2/ms, across: 0.05 mm^2/ms, fibre_angle: 30 deg}
regions:
  strip:
    shape: {strip: {center: 4 mm, width: 1 mm}}
    mechanisms: [potassium_conductance: {g: 2.3 mS/uF, reversal: -95 mV}]
  scar: {shape: {disk: {center: [1 mm, 1 mm], radius: 0.5 mm}}, conducts: false}
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 40 ms}
record: {frames: {every: 1 ms}, probes: {before: [2 mm, 2 mm]}}
measure: [activation, {conduction_velocity: {beat: 1}}, {block: strip}]
figures: [activation_map, traces: {for: print, width: 85 mm}]
"""
CABLE = """\
title: A cable
tissue: {size: 8 mm, spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}
regions: {gap: {shape: {strip: {center: 4 mm, width: 1 mm}}, diffusivity: 0.5 x}}
run: {duration: 40 ms}
record: {frames: {every: 1 ms}}
"""


def potential(x: Any, time: float) -> Any:
    """A wave along x [mm] at 0.3 mm/ms [mV]."""
    return -85.0 + 105.0 / (1.0 + np.exp(-4.0 * np.clip(0.3 * time - x, -20.0, 20.0)))


def write(path: Path, text: str, title: str, frames: int = 41) -> Result:
    """A result of the config in `text`, with a wave that nobody has simulated."""
    config = cc.loads(text.replace("TITLE", "'" + title.replace("'", "''") + "'"))
    assert config.tissue is not None
    spacing, size = config.tissue.spacing, (*config.tissue.size, config.tissue.spacing)[:2]
    nx, ny = (round(length / spacing) for length in size)
    y, x = (spacing * (np.arange(n) + 0.5) for n in (ny, nx))
    X, Y = np.meshgrid(x, y)
    scar = (np.hypot(X - 1.0, Y - 1.0) < 0.5) & (ny > 1)
    with Writer(path, title=config.title) as out:
        out.coordinates(y=y, x=x)
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        for time in np.linspace(0.0, 40.0, frames):
            out.append(float(time), {"V": np.where(scar, np.nan, potential(X + 0.3 * Y, time))})
        arrival = np.where(scar | (X > 6.0), np.nan, (X + 0.3 * Y) / 0.3)
        out.field("activation_time", [arrival, arrival + 300.0], "ms", "activation time")
        out.field("conduction_velocity_median", 0.3, "mm/ms", "median conduction velocity")
        name = next(name for name in config.regions if name != "scar")
        weights = {name: (np.abs(X - 4.0) < 0.5) * 1.0}
        if ny > 1:
            weights["scar"] = scar * 1.0
        out.regions(weights, ~scar if scar.any() else None)
        times = np.linspace(0.0, 40.0, 400)
        trace = {"time": (times, "ms"), "V": (potential(2.0, times), "mV"), "m": (times / 41.0, "1")}
        out.table("probes/before", trace, {"x": (2.1, "mm"), "y": (2.1, "mm")})
        out.verdict(name, {"outcome": "blocked", "delay": (np.nan, "ms"), "position": (4.2, "mm"),
                           "bypassed": False, "sentence": "BLOCKED at x = 4.2 mm & <i>nowhere</i> else"})  # fmt: skip
        out.event(1.0, "29.27 A/F for 2 ms", "stimulus")
        out.event(0.0, "tissue.spacing: 0.2 mm is <coarse>", "warning")
        out.state({"V": (np.zeros((ny, nx)), "mV")}, {"time": (40.0, "ms"), "step": 1400})
        made = {"dt": (0.0142857, "ms"), "scheme": "rush_larsen_2", "space_order": 4, "precision": "double",
                "threads": 2, "wall_time": (3.2, "s"), "reaction_steps_mean": 0.38, "reaction_steps_most": 1.1,
                "threshold of stimulus 1": (14.63, "A/F"), "diffusivity_xx": (0.1625, "mm^2/ms"),
                "diffusivity_xy": (0.064951905, "mm^2/ms"), "diffusivity_yy": (0.0875, "mm^2/ms")}  # fmt: skip
        if ny == 1:
            made |= {
                "diffusivity_xx": (0.1, "mm^2/ms"),
                "diffusivity_xy": (0.0, "mm^2/ms"),
                "diffusivity_yy": (0.1, "mm^2/ms"),
            }
        out.provenance(config, made)
        out.complete()
    return Result.open(path)
