"""What a figure shows: the constant SHOWS of its file."""

from __future__ import annotations

from typing import NamedTuple

from cardiac.registry import WORDS, Kind


class Shows(NamedTuple):
    """What there must be to draw a figure."""

    what: str  # as a config asks for it: a key under `record:`, or a measure; empty: nothing in particular
    held: str  # as a `Result` holds it: the name of an attribute
    add: str  # what to write so that it is kept; PLACE stands for a place in the tissue
    of: tuple[Kind, ...] = ("cell", "cable", "sheet")
    of_experiment: bool = False  # not of a run

    @classmethod
    def experiment(cls, name: str, held: str = "", of: tuple[Kind, ...] = ("cell",)) -> Shows:
        """What an experiment on this finds, kept in the table or map `held` (by default the table of its name)."""
        return cls(name, held or name, add=f"experiment: {name}", of=of, of_experiment=True)

    def addition(self, place: str) -> str:
        """What to write so that it is kept, with a place in the tissue as it is written: "[10 mm, 5 mm]"."""
        return self.add.replace("PLACE", place)

    @property
    def subject(self) -> str:
        """What it is a figure of, in words."""
        return "a tissue" if self.of == ("cable", "sheet") else " or ".join(WORDS[kind] for kind in self.of)
