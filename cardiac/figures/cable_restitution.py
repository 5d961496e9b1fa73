"""Action potential duration and velocity against the diastolic interval: after one S2, and paced steadily."""

from __future__ import annotations

from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, name_axis
from cardiac.result import Result

SHOWS = Shows.experiment("cable_restitution", of=("cable", "sheet"))

_PROTOCOLS = {"S1S2": ("S1-S2", PALETTE[0], "o"), "dynamic": ("dynamic", PALETTE[1], "s")}
_QUANTITIES = {"APD90": "APD90", "velocity": "conduction velocity"}


def draw(page: Page, result: Result) -> None:
    """APD90 first, then velocity."""
    tables = result.tables
    shape = (2, 1) if page.narrow else (1, 2)
    both = page.open(3.0 * shape[0]).subplots(*shape)
    for axes, (quantity, words) in zip(both, _QUANTITIES.items(), strict=True):
        for name, (protocol, colour, marker) in _PROTOCOLS.items():
            columns = tables[name].columns
            own = columns["conducted"] == 1
            filled = colour if name == "S1S2" else "white"
            look = {"marker": marker, "ms": 4, "mfc": filled, "mec": colour, "ls": "", "label": protocol}
            axes.plot(columns["DI"][own], columns[quantity][own], **look)
        name_axis(axes.xaxis, "diastolic interval", "ms")
        name_axis(axes.yaxis, words, tables["S1S2"].units[quantity])
        axes.set_xlim(left=0)
        axes.margins(y=0.08)
        axes.set_ylim(bottom=0)
        axes.legend(loc="lower right")
