"""The keys of a sweep file: a class for each section, a sentence for each key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, WrapValidator, model_validator

from cardiac.config.context import Context
from cardiac.config.document import key_path
from cardiac.config.figures import FigureReader, FigureUse, PanelUse
from cardiac.config.messages import Faults, fault
from cardiac.config.quantities import File, Reader, Several, Text, Whole, Word
from cardiac.config.sections import Section
from cardiac.spelling import choices
from cardiac.sweeps.axes import DIGITS, Amount, Axis, amount, listed, same
from cardiac.units import shown

MOST_CASES = 1_000_000  # beyond, a slip of the pen is more likely than a sweep
EXAMPLE = "{set: run.duration, from: 100 ms, to: 400 ms, count: 4}"


class KeyPath(Reader):
    """A key path of the base, as in --set."""

    def read(self, value: Any, context: Context) -> str:
        if not isinstance(value, str):
            raise fault(f"{shown(value)} is not a key path - write, for example, set: tissue.spacing")
        try:
            key_path(value)
        except KeyError as error:
            raise fault(f"{shown(value)} {error.args[0]}") from None
        return value


class AmountReader(Reader):
    """A number with its unit."""

    def read(self, value: Any, context: Context) -> Amount:
        found = amount(value)
        if found is None:
            raise fault(f'{shown(value)} is not a number with its unit - write, for example, "0.5 mm"')
        return found


class AnyValues(Reader):
    """A list of values."""

    def read(self, value: Any, context: Context) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise fault(f"{shown(value)} - a list of values is expected: [1 mm, 2 mm]")
        return value


AnAmount = Annotated[Amount | None, AmountReader()]


class AxisKeys(Section):
    """What is set, and to which values: a list, or a range."""

    set: Annotated[tuple[str, ...], Several(KeyPath(), distinct=True)] = Field(
        description="A key path of the base, or several that go together.", examples=["tissue.spacing"]
    )
    values: Annotated[list[Any] | None, AnyValues()] = Field(None, description="A list of values.")
    from_: AnAmount = Field(None, alias="from", description="The first value of a range.")
    to: AnAmount = Field(None, description="The last value of a range.")
    count: Annotated[int | None, Whole(2, MOST_CASES)] = Field(None, description="How many values.")
    spacing: Annotated[Literal["linear", "log"], Word("spacing", ("linear", "log"))] = Field(
        "linear", description="linear: equal differences; log: equal ratios. Of a list: how it is drawn."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        ranged = [key for key in ("from", "to", "count") if self._given(key)]
        with Faults() as faults:
            if self.values is not None:
                for key in ranged:
                    faults.add("belongs to a range; values are given - keep one of the two", key, kind="key")
                if self.spacing == "log" and not self._positive():
                    faults.add("log needs numbers above 0 - write linear, or other values", "spacing")
            elif self.from_ is None or self.to is None:
                missing = [key for key in ("from", "to") if not self._given(key)]
                if len(missing) == 1:
                    faults.add("is missing: a range has two ends", *missing, kind="missing")
                elif missing:
                    text = f"has no values - write values: [...] or a range: {EXAMPLE}"
                    faults.add(text, kind="key")
            else:
                self._range(faults, self.from_, self.to)
        return self

    def _positive(self) -> bool:
        """Whether the values are numbers above 0."""
        numbers = [value.at for value in listed("", self.set, self.values or []).values]
        return all(not isinstance(number, str) and number > 0.0 for number in numbers)

    def _given(self, key: str) -> bool:
        return {"from": "from_"}.get(key, key) in self.model_fields_set

    def _range(self, faults: Faults, low: Amount, high: Amount) -> None:
        if low.unit != high.unit:
            faults.add(f"is {high}, from is {low} - give both a unit of the same quantity", "to")
        elif low.number == high.number:
            faults.add("is the same as from - write another, or values: [...]", "to")
        bare = [(key, end) for key, end in (("from", low), ("to", high)) if end.number <= 0.0]
        for key, end in bare if self.spacing == "log" else ():
            faults.add(f"{end} has no logarithm - use a value above 0, or spacing: linear", key)
        if self.count and not (bare and self.spacing == "log"):
            apart = {value.at for value in self.axis("").values}
            if 1 < len(apart) < self.count:
                text = f"the range has {len(apart)} values that {DIGITS} digits tell apart"
                faults.add(f"{text} - use fewer, or a wider range", "count")

    def axis(self, name: str) -> Axis:
        """The axis that is meant; without values yet where a range has no count."""
        if self.values is not None:
            return listed(name, self.set, self.values, self.spacing == "log")
        assert self.from_ is not None
        assert self.to is not None
        span = self.from_.number, self.to.number
        axis = Axis(name, self.set, self.from_.unit, (), span, self.spacing == "log")
        return axis.divided(self.count) if self.count else axis


class Sample(Section):
    """Points at random, the same for the same seed."""

    count: Annotated[int, Whole(1, MOST_CASES)] = Field(description="How many.", examples=["20"])
    seed: Annotated[int, Whole()] = Field(description="Of the random numbers.", examples=["1"])


class Tolerance(Reader):
    """How far apart two values may be: a part of them, or a distance along the axis."""

    def read(self, value: Any, context: Context) -> Amount:
        found = amount(value)
        if found is None or found.number <= 0.0 or (not found.unit and "%" not in str(value)):
            raise fault(f'{shown(value)} is not a tolerance - write, for example, "1 %" or "0.01 mS/uF"')
        return found


class Boundary(Section):
    """Where an answer changes along an axis, for every combination of the others."""

    boundary_of: Annotated[str, Text()] = Field(
        description="What changes: one of those collected.", examples=["block.strip.outcome"]
    )
    along: Annotated[str, Text()] = Field(description="The axis.", examples=["g"])
    tolerance: Annotated[Amount, Tolerance()] = Field(
        description="How closely: a part of the value, or a distance along the axis.", examples=["1 %"]
    )
    level: AnAmount = Field(None, description="Of a number: the answer changes where it crosses this.")


class Refine(Section):
    """A grid over two ranges, whose cells are divided where the answer changes across them."""

    boundary_of: Annotated[str, Text()] = Field(
        description="What changes: one of those collected.", examples=["block.strip.outcome"]
    )
    times: Annotated[int, Whole(1, 12)] = Field(description="How often a cell is halved.", examples=["3"])
    level: AnAmount = Field(None, description="Of a number: the answer changes where it crosses this.")


class FigureOfSweep(FigureReader):
    """A figure of `cardiac.figures.sweeps` with its options, or a panel of them."""

    what = "figure of a sweep"

    def names(self) -> list[str]:
        from cardiac.figures import sweeps

        return sweeps.names()

    def fields(self, name: str) -> dict[str, tuple[Any, Any]]:
        from cardiac.figures import sweeps

        return dict(sweeps.options(name))

    def check(self, name: str, chosen: Mapping[str, Any], context: Context) -> None:
        """What a table holds is known only when it is there."""

    def possible(self, name: str, context: Context) -> None:
        """As `check`."""


def _named_axes(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    """Axes by name."""
    if not isinstance(value, dict) or not value:
        raise fault(f"{shown(value or None)} - axes by name are expected: {{duration: {EXAMPLE}}}")
    with Faults() as faults:
        for name in value:
            if not str(name).isidentifier():
                faults.add("a name of letters, digits and _ is expected", name, kind="key")
            elif name in RESERVED:
                faults.add(f"is taken by {RESERVED[name]} - use another name", name, kind="key")
        with faults.at():
            axes = handler(value)
    return axes


_OF_THE_TABLE = """case state message seconds answer
boundary low high below above runs remark exact"""
RESERVED = dict.fromkeys(_OF_THE_TABLE.split(), "the table of results")


class SweepFile(Section):
    """The keys of a sweep file."""

    title: Annotated[str | None, Text()] = Field(None, description="One line for figures and tables.")
    about: Annotated[str | None, Text()] = Field(None, description="What to see in it.")
    reference: Annotated[str | None, Text()] = Field(None, description="Where it comes from.")
    base: Annotated[Path, File()] = Field(
        description="The config that is varied, relative to this file.", examples=["strip.yaml"]
    )
    sweep: Annotated[Mapping[str, AxisKeys], WrapValidator(_named_axes)] = Field(
        description="The axes by name.", examples=[f"{{duration: {EXAMPLE}}}"]
    )
    zip: Annotated[tuple[str, ...], Several(Text(), distinct=True)] = Field(
        (), description="Axes whose values go together, instead of each with each."
    )
    random: Sample | None = Field(None, description="Points at random instead of a grid.")
    latin_hypercube: Sample | None = Field(
        None, description="Points at random that cover each axis evenly, instead of a grid."
    )
    collect: Annotated[tuple[str, ...], Several(KeyPath(), distinct=True)] = Field(
        description="What is kept of each result.", examples=["[block.strip.outcome]"]
    )
    find: Boundary | None = Field(None, description="Where an answer changes, instead of a whole grid.")
    refine: Refine | None = Field(None, description="A grid that is finer where the answer changes.")
    keep: Annotated[str, Word("extent", ("summary", "maps", "everything"))] = Field(
        "summary",
        description="Of each case: summary: what is collected; maps: a result without frames and probes; everything.",
    )
    figures: Annotated[tuple[FigureUse | PanelUse, ...], Several(FigureOfSweep())] = Field(
        (), description="What is drawn of all cases together."
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        with Faults() as faults:
            for path, text in self._oddities():
                faults.add(text, *path)
        return self

    def _oddities(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        names, axes = list(self.sweep), self.sweep
        for i, name in enumerate(self.zip):
            if name not in names:
                yield ("zip", i), f'no axis "{name}"{choices(name, names)}'
        if len(self.zip) == 1:
            yield ("zip",), "one axis has nothing to go with - name two or more"
        ways = [key for key in ("zip", "random", "latin_hypercube", "find", "refine") if getattr(self, key)]
        for key in ways[1:]:
            if {ways[0], key} != {"zip", "find"}:
                yield (key,), f"cannot be combined with {ways[0]} - remove one"
        for section in ("find", "refine"):
            asked: Any = getattr(self, section)
            if asked and asked.boundary_of not in self.collect:
                text = f'"{asked.boundary_of}" is not collected{choices(asked.boundary_of, self.collect)}'
                yield (section, "boundary_of"), f"{text} - add it to collect"
        if not self.collect:
            yield ("collect",), "nothing is kept of the results - write, for example, [block.strip.outcome]"
        along = self.find.along if self.find else ""
        if self.find:
            yield from self._along(self.find)
        sampled = self.random or self.latin_hypercube
        for name, axis in axes.items():
            if name in self.collect:
                yield ("sweep", name), "is collected too, and a table has one thing of a name - use another"
            ranged = axis.values is None
            if ranged and axis.count is None and name != along and not sampled:
                yield ("sweep", name), "a range needs a count here - add, for example, count: 10"
        lengths = {n: len(axes[n].values or ()) or axes[n].count or 0 for n in self.zip if n in names}
        if len(set(lengths.values())) > 1 and all(lengths.values()):
            told = ", ".join(f"{name} has {count}" for name, count in lengths.items())
            yield ("zip",), f"axes of unequal length: {told} - give them the same number of values"
        yield from self._twice()
        ranges = [name for name, axis in axes.items() if axis.values is None]
        if self.refine and len(ranges) != 2:
            told = ", ".join(ranges) or "none"
            yield ("refine",), f"needs two axes with a range (from, to, count), found {told}"

    def _twice(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Values that are given twice; of axes that go together, those that are with the same others."""
        known = [name for name in self.zip if name in self.sweep]
        for together in (known, *([name] for name in self.sweep if name not in known)):
            lists = [self.sweep[name].values for name in together]
            seen: set[tuple[str, ...]] = set()
            for i, row in enumerate(zip(*(map(same, values or ()) for values in lists), strict=False)):
                if row in seen:
                    others = f" with the same {', '.join(together[1:])}" if together[1:] else ""
                    yield ("sweep", together[0], "values", i), f"is given twice{others} - remove one"
                seen.add(row)

    def _along(self, find: Boundary) -> Iterator[tuple[tuple[str | int, ...], str]]:
        if find.along not in self.sweep:
            yield ("find", "along"), f'no axis "{find.along}"{choices(find.along, self.sweep)}'
            return
        if find.along in self.zip:
            yield ("find", "along"), f"{find.along} goes together with others (zip) - search along one alone"
        axis = self.sweep[find.along]
        if axis.from_ is None or axis.to is None:
            yield ("find", "along"), f"{find.along} has no range - give it from: ... and to: ..."
        elif find.tolerance.unit not in ("", axis.from_.unit):
            unit = axis.from_.unit or "a pure number"
            yield ("find", "tolerance"), f"is in {find.tolerance.unit}, the axis {find.along} in {unit}"
