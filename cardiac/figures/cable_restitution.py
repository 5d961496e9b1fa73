"""Action potential duration and velocity against the diastolic interval: after one S2, and paced steadily."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiac.figures._families import answer, label
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, canvas
from cardiac.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWS = Shows.experiment("cable_restitution", of=("cable", "sheet"))

_PROTOCOLS = {"S1S2": ("S1-S2", PALETTE[0], "o"), "dynamic": ("dynamic", PALETTE[1], "s")}
_QUANTITIES = {"APD90": "APD90", "velocity": "conduction velocity"}


def draw(result: Result) -> Figure:
    """APD90 on the left, velocity on the right."""
    tables = result.tables
    figure = canvas(3.0, result.title, answer(result))
    for axes, (quantity, words) in zip(figure.subplots(1, 2), _QUANTITIES.items(), strict=True):
        for name, (protocol, colour, marker) in _PROTOCOLS.items():
            columns = tables[name].columns
            own = columns["conducted"] == 1
            filled = colour if name == "S1S2" else "white"
            look = {"marker": marker, "ms": 4, "mfc": filled, "mec": colour, "ls": "", "label": protocol}
            axes.plot(columns["DI"][own], columns[quantity][own], **look)
        axes.set_xlabel(label(tables["S1S2"], "DI", "diastolic interval"))
        axes.set_ylabel(label(tables["S1S2"], quantity, words))
        axes.set_xlim(left=0)
        axes.margins(y=0.08)
        axes.set_ylim(bottom=0)
        axes.legend(loc="lower right")
    return figure
