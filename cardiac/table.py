"""The table of a sweep read back: what was collected along its axes.

table = SweepTable.open("width-conductance.sweep.h5")
table.dimensions                       {"width": 20, "g": 15}
table["block.strip.outcome"]           (20, 15) texts; numbers are NaN where there is nothing
table["width"], table.unit("width")    a coordinate (20,), "mm"
table.plot("phase_diagram").savefig("fig.png")
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cardiac import storage
from cardiac.spelling import choices
from cardiac.storage import Array, ResultError
from cardiac.storage.sweeps import BESIDE, Gridded, read_sweep

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

    from cardiac.figures import Rows

FAILED = "failed"
_MOST_TOLD = 10  # failures and remarks


@dataclass(frozen=True, slots=True)
class SweepTable:
    """The results of a sweep."""

    path: Path
    contents: dict[str, Gridded] = field(repr=False)
    attributes: dict[str, Any] = field(repr=False)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> SweepTable:
        """The table in the file NAME.sweep.h5; ResultError says why a file is none."""
        return cls(Path(path), *read_sweep(Path(path)))

    @property
    def title(self) -> str:
        """The title of the sweep."""
        return str(self.attributes["title"])

    @property
    def dimensions(self) -> dict[str, int]:
        """The dimensions of the table and how many values each has."""
        return {name: len(one.values) for name, one in self.contents.items() if one.dimensions == (name,)}

    @property
    def boundary_of(self) -> str:
        """What changes at the boundary that was searched for; empty where none was."""
        return str(self.attributes.get("boundary_of", ""))

    @property
    def along(self) -> str:
        """The axis along which a boundary was searched for; empty where none was."""
        return str(self.attributes.get("along", ""))

    @property
    def remark(self) -> str:
        """What is not as it should be with a grid that was refined; empty where all is well."""
        return str(self.attributes.get("remark", ""))

    @property
    def logarithmic(self) -> set[str]:
        """The axes whose values have equal ratios."""
        return set(str(self.attributes.get("logarithmic", "")).split())

    def names(self) -> list[str]:
        """What it holds, without coordinates."""
        return [
            name
            for name, one in self.contents.items()
            if one.dimensions != (name,) and one.long_name != BESIDE
        ]

    def __getitem__(self, name: str) -> Array:
        """An array, numbers [its unit] or texts."""
        return self.variable(name).values

    def unit(self, name: str) -> str:
        """The unit of an array: "mm"; empty of what has none."""
        return self.variable(name).unit

    def variable(self, name: str) -> Gridded:
        """An array with its dimensions and its unit; raises ResultError where there is none of that name."""
        if name not in self.contents:
            raise ResultError(f'{self.path}: no "{name}"{choices(name, self.contents)}')
        return self.contents[name]

    def plot(self, figure: str, **options: Any) -> Figure:
        """A figure by name, with its options: `table.plot("heat_map", of="block.strip.delay")`."""
        from cardiac.figures import sweeps

        return sweeps.draw(figure, self, **options)

    def report(self, path: str | os.PathLike[str]) -> Path:
        """One HTML page with everything about it, written into the file `path`."""
        from cardiac import report

        return report.write(self, path)

    def panel(self, rows: Rows, **common: Any) -> Figure:
        """Figures in rows as one, with letters: `table.panel([["phase_diagram", "heat_map"]], for_="print")`."""
        from cardiac.figures import sweeps

        return sweeps.panel(self, rows, **common)

    def to_xarray(self) -> xarray.Dataset:
        """The table as an `xarray.Dataset` with the axes as dimensions."""
        return storage.to_xarray(self.path)

    @property
    def failures(self) -> list[str]:
        """The messages of the cases that failed."""
        prefix = "case." if "case.state" in self.contents else ""
        failed = self[f"{prefix}state"] == FAILED
        return [str(message) for message in self[f"{prefix}message"][failed].ravel()]

    @property
    def fruitless(self) -> bool:
        """Whether a boundary was searched for and is nowhere."""
        return "boundary" in self.contents and bool(np.isnan(self["boundary"]).all())

    @property
    def effort(self) -> str:
        """How many runs it took, and how many a full grid would have taken."""
        runs, full = int(self.attributes["runs"]), int(self.attributes["runs_of_full_grid"])
        if full > runs > 0:
            return f"{runs} runs; a full grid of this resolution has {full}, {full / runs:.1f} times as many"
        return f"{runs} runs"

    def summary(self) -> str:
        """What came out, in a screenful of text."""
        lines = [self.title, "", *self._boundaries(), *self.ranges, self.effort]
        if self.remark:
            lines.append(self.remark)
        if failures := self.failures:
            told = [f"  {message.splitlines()[0]}" for message in dict.fromkeys(failures)]
            lines += [f"{len(failures)} failed:", *told[:_MOST_TOLD]]
        return "\n".join(lines)

    def _boundaries(self) -> list[str]:
        """A line for each boundary, or why there is none."""
        if "boundary" not in self.contents:
            return []
        unit = self.unit("boundary")
        lines = []
        for at in np.ndindex(self["boundary"].shape):
            place = ", ".join(self._place(name, k) for name, k in zip(self._others(), at, strict=True))
            low, high = (self[name][at] for name in ("low", "high"))
            remark = str(self["remark"][at])
            found = f"{self['boundary'][at]:.4g} {unit} ({low:.5g}..{high:.5g})" if not np.isnan(low) else ""
            exact = self["exact"][at] if "exact" in self.contents else np.nan
            theory = f"in theory {exact:.4g} {unit}".rstrip() if np.isfinite(exact) else ""
            told = "; ".join(part for part in (found, theory, remark) if part)
            lines.append(f"{place or self.along}: {told}")
        return lines

    def _others(self) -> tuple[str, ...]:
        return self.variable("boundary").dimensions

    def _place(self, name: str, k: int) -> str:
        value, unit = self[name][k], self.unit(name)
        return f"{name} {value}" if isinstance(value, str) else f"{name} {value:g} {unit}".rstrip()

    @property
    def ranges(self) -> list[str]:
        """What was collected: how often each text, from where to where each number."""
        if "boundary" in self.contents:
            return []
        lines = []
        for name in self.names():
            values = self[name]
            if name in ("state", "message", "seconds", "answer"):
                continue
            if values.dtype.kind == "O":
                texts, counts = np.unique(values[values != ""].astype(str), return_counts=True)
                lines.append(f"{name}: {', '.join(f'{n} {t}' for t, n in zip(texts, counts, strict=True))}")
            elif np.isfinite(values).any():
                lines.append(
                    f"{name}: {np.nanmin(values):.5g} to {np.nanmax(values):.5g} {self.unit(name)}".rstrip()
                )
        return lines
