"""Refractory periods of a cell beside the duration of its action potential."""

from __future__ import annotations

from pathlib import Path

from cardiac.figures._families import Family, dosed
from cardiac.figures._page import Page
from cardiac.figures._shows import Shows
from cardiac.figures._style import PALETTE, line_key, name_axis, patch_key
from cardiac.result import Result

SHOWS = Shows.experiment("refractory")

_ABSOLUTE, _RELATIVE, _APD = PALETTE[0], PALETTE[5], PALETTE[1]


def draw(page: Page, result: Result, *, beside: tuple[Path, ...] = ()) -> None:
    """A row of marks for each cell, of other results `beside` this one too."""
    family = Family(result, "refractory", beside)
    rows = list(family)
    axes = page.open(1.2 + 0.3 * len(rows) + 0.4 * page.narrow, exact=True).subplots()
    for k, (_, _, _, columns) in enumerate(rows):
        axes.barh(k, columns["ARP"], height=0.5, color=_ABSOLUTE)
        axes.barh(k, columns["RRP_end"] - columns["ARP"], left=columns["ARP"], height=0.5, color=_RELATIVE)
        axes.plot(columns["ERP"], [k], "|", ms=16, mew=2, color="black")
        axes.plot(columns["APD90"], [k], "D", ms=5, color=_APD)
    handles = [
        patch_key("absolutely refractory", _ABSOLUTE),
        patch_key("relatively refractory", _RELATIVE),
        line_key("ERP", ls="", marker="|", ms=12, mew=2, color="black"),
        line_key("APD90", ls="", marker="D", ms=5, color=_APD),
    ]
    page.key(axes, handles)
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    name_axis(axes.xaxis, "time after the onset of S1", "ms")
    if "dose" in family.first.columns:
        axes.set_ylabel(dosed(family.first))
