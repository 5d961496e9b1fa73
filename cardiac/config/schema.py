"""The keys of a config file: a class for each section, a sentence for each key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    ValidationInfo,
    WrapValidator,
    model_validator,
)

from cardiac import measures, recorders
from cardiac.config.cell_model import Behaviour, ModelChoice, Parameters, Variant
from cardiac.config.context import Context
from cardiac.config.experiment import ExperimentReader, ExperimentUse
from cardiac.config.figures import FigureReader, FigureUse, PanelUse
from cardiac.config.messages import Faults, fault
from cardiac.config.named import (
    MeasureReader,
    MeasureUse,
    MechanismReader,
    MechanismUse,
    ShapeReader,
)
from cardiac.config.quantities import (
    Change,
    Count,
    Duration,
    NonNegativeLength,
    OneOf,
    Quantity,
    Reader,
    Several,
    Strength,
    StrengthReader,
    Switch,
    Text,
    Time,
    TimeStep,
    Voltage,
    Word,
)
from cardiac.config.records import RecordReader, fields_of, section_of
from cardiac.config.references import name_checked
from cardiac.config.sections import Section, fields_written
from cardiac.config.space import CellOrTissue, DiffusivityChange, Tissue
from cardiac.tissue import Graded
from cardiac.units import Unit, duration, ms, ordinal, shown

PACING_PULSE = 2.0  # ms
_LONGEST = 1e9  # ms; beyond, a slip of the pen is more likely than a simulation


# Regions ------------------------------------------------------------------------------------------------


class Hyperpolarize(Section):
    """A resting potential to be reached; what it takes is solved for and recorded."""

    to: Voltage = Field(description="The resting potential to reach.", examples=["-95 mV"])
    by: Annotated[MechanismUse, MechanismReader(solved=True)] = Field(
        description="The mechanism, whose dose is left out.", examples=["bias_current"]
    )


_Mechanisms = Annotated[tuple[MechanismUse, ...], Several(MechanismReader())]


class Region(Section):
    """A part of the tissue that differs from the rest."""

    shape: Annotated[Any, ShapeReader()] = Field(
        description="Where it lies.", examples=["{strip: {center: 20 mm, width: 4 mm}}"]
    )
    edge: NonNegativeLength = Field(
        0.0, description="Width of a smooth transition at its border; times `graded` if both are given."
    )
    graded: Annotated[Graded | None, RecordReader(Graded)] = Field(
        None,
        description="From where to where it grows, linearly, from nothing to all that it is; half is its border.",
    )
    mechanisms: _Mechanisms = Field((), description="Currents added here.")
    hyperpolarize: Hyperpolarize | None = Field(None, description="A resting potential to be reached here.")
    parameters: Annotated[Mapping[str, Change], Parameters()] = Field(
        {}, description="Parameters that differ here."
    )
    variant: Annotated[str | None, Variant()] = Field(None, description="The variant of the model here.")
    behaviour: Annotated[Any, Behaviour()] = Field(None, description="What the cells shall do here.")
    diffusivity: DiffusivityChange | None = Field(None, description="A factor, or the diffusivity here.")
    conducts: Switch = Field(True, description="false for a scar or a hole: nothing flows in or out.")

    @model_validator(mode="after")
    def _scars_are_empty(self) -> Self:
        with Faults() as faults:
            for key, field in type(self).model_fields.items():
                if (
                    not self.conducts
                    and key not in ("shape", "conducts")
                    and getattr(self, key) != field.default
                ):
                    faults.add(
                        "has no meaning where the tissue does not conduct - remove it", key, kind="key"
                    )
        return self


def _named_regions(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    """Regions by name: for a tissue, with names that can be key paths and names in a file."""
    context: Any = info.context
    if not isinstance(value, dict):
        raise fault(f"{shown(value)} - regions by name are expected: {{strip: {{shape: ...}}}}")
    if value and context.cell:
        raise fault("a single cell has no regions - use `mechanisms` and `model`")
    with Faults() as faults:
        for name in value:
            name_checked(faults, name)
        for name in _circular(value):
            faults.add("its shape is made of itself", name, "shape")
        with faults.at():
            regions = handler(value)
    return regions


def _circular(regions: Mapping[str, Any]) -> list[str]:
    """The regions whose shapes lead back to themselves."""

    def mentioned(shape: Any) -> set[str]:
        parts = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
        own = {shape["region"]} if isinstance(shape, dict) and isinstance(shape.get("region"), str) else set()
        return own.union(*map(mentioned, parts))

    direct = {
        name: mentioned(region.get("shape")) if isinstance(region, dict) else set()
        for name, region in regions.items()
    }

    def reached(name: str, seen: frozenset[str]) -> set[str]:
        return {name}.union(*(reached(n, seen | {n}) for n in direct.get(name, set()) - seen))

    return [name for name in regions if any(name in reached(n, frozenset({n})) for n in direct[name])]


# Stimuli ------------------------------------------------------------------------------------------------


class S2(Section):
    """A premature stimulus after a train; what it does not say is as in the train."""

    after: Duration = Field(description="Interval from the start of the last S1.", examples=["250 ms"])
    at: Annotated[Any, ShapeReader()] = Field(None, description="Where.")
    duration: Annotated[float | None, Quantity(Unit("ms", "time"), positive=True)] = Field(
        None, description="How long."
    )
    strength: Annotated[Strength | None, StrengthReader()] = Field(None, description="How strong.")


class Stimulus(Section):
    """A current injected into part of the tissue: once, as a train, or as a train with a premature S2."""

    at: Annotated[Any, ShapeReader()] = Field(None, description="Where: a shape.", examples=["{left: 1 mm}"])
    start: Time = Field(0.0, description="When the first pulse begins.")
    duration: Duration = Field(description="How long a pulse lasts.", examples=["2 ms"])
    strength: Annotated[Strength, StrengthReader()] = Field(
        description="A current, positive if depolarizing, or a multiple of the threshold: that of the uncoupled "
        "cell at rest. The neighbours of a small electrode draw current from it, so it needs more, and captures "
        "later than the cell's own refractory period.",
        examples=["2 x threshold"],
    )
    count: Count = Field(1, description="Number of pulses.")
    interval: Annotated[float | None, Quantity(Unit("ms", "time"), positive=True)] = Field(
        None, description="From the start of a pulse to that of the next."
    )
    s2: S2 | None = Field(None, description="A premature pulse after the last.")
    name: Annotated[str | None, Text()] = Field(None, description="A name for the log.")

    @model_validator(mode="after")
    def _makes_sense(self, info: ValidationInfo) -> Self:
        context: Any = info.context
        with Faults() as faults:
            if context.cell and self.at is not None:
                faults.add("a single cell has no places - remove `at`", "at", kind="key")
            if not context.cell and self.at is None:
                faults.add('is missing - write, for example, "at: {left: 1 mm}"', "at", kind="missing")
            if self.count > 1 and self.interval is None:
                faults.add("a train needs an interval - add, for example, interval: 300 ms", "count")
            if self.count == 1 and self.interval is not None:
                faults.add("an interval needs a count - add, for example, count: 3", "interval")
            if self.interval is not None and self.interval < self.duration:
                faults.add("is shorter than the pulse - use a longer one", "interval")
        return self

    def model_post_init(self, context: Any) -> None:
        """Completes S2 from S1."""
        if self.s2 is not None:
            own = self.s2.model_dump(exclude_none=True)
            missing = {key: getattr(self, key) for key in ("at", "duration", "strength") if key not in own}
            object.__setattr__(self, "s2", self.s2.model_copy(update=missing))

    @property
    def last(self) -> float:
        """The start of the last pulse of the train [ms]."""
        return self.start + (self.count - 1) * (self.interval or 0.0)


# The run ------------------------------------------------------------------------------------------------


class Stored(NamedTuple):
    """What another run has stored."""

    file: Annotated[Path, "A result (.h5)."]
    time: Annotated[ms | None, "When, of what its frames or a probe hold (default: its end)."] = None
    probe: Annotated[str, "A probe, whose state is spread over the tissue (default: all cells)."] = ""


class Pacing(NamedTuple):
    """Each cell was paced alone, by pulses of 2 ms and twice its threshold; one that has none is left alone."""

    cycle_length: Annotated[duration, "From one pulse to the next."]
    beats: Annotated[ordinal, "How many; the run starts when the next would be due."] = 50


class Start(Section):
    """The state at t = 0."""

    shorthand: ClassVar[str] = "state"

    state: Annotated[Literal["rest", "published"], Word("state", ("rest", "published"))] = Field(
        "rest", description="rest: found before the run; published: as in the paper."
    )
    from_: Annotated[Stored | None, RecordReader(Stored)] = Field(
        None, alias="from", description="What another run has stored, in place of state."
    )
    paced: Annotated[Pacing | None, RecordReader(Pacing)] = Field(
        None, description="Cells that were paced alone, in place of state."
    )
    settle: Time = Field(0.0, description="Time without stimuli before t = 0.")

    @property
    def rests(self) -> bool:
        """Whether all cells rest."""
        return self.state == "rest" and self.from_ is None and self.paced is None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        given = [key for key, value in (("from", self.from_), ("paced", self.paced)) if value is not None]
        given += ["state"] if self.state != "rest" else []
        with Faults() as faults:
            if len(given) > 1:
                faults.add(f"a run has one start - keep one of {', '.join(given)}", given[0], kind="key")
            if self.paced is not None and self.paced.cycle_length <= PACING_PULSE:
                text = f"is not longer than the pulse, {PACING_PULSE:g} ms - use a longer one"
                faults.add(text, "paced", "cycle_length")
        return self


SCHEMES = ("auto", "forward_euler", "rush_larsen", "rush_larsen_2")
ACCURACIES = {"fast": 0.02, "standard": 0.005, "fine": 0.001}  # velocity error of time stepping, about
SPACE_ORDERS = (2, 4)


class Run(Section):
    """How long, and with what numerics."""

    duration: Duration = Field(0.0, description="Simulated time.", examples=["400 ms"])
    dt: TimeStep = Field(
        "auto", description="Fixed time step; auto: from the accuracy, and finer where V changes fast."
    )
    accuracy: Annotated[str, Word("accuracy", tuple(ACCURACIES))] = Field(
        "standard", description="Velocity error of time stepping: fast 2 %, standard 0.5 %, fine 0.1 %."
    )
    space_order: Annotated[int, OneOf("order", SPACE_ORDERS)] = Field(
        4, description="Order of diffusion in smooth tissue; 2 to compare with other codes."
    )
    scheme: Annotated[str, Word("scheme", SCHEMES)] = Field(
        "auto",
        description="Of the cells; auto: rush_larsen_2. With the others, of first order, diffusion is too if stable.",
    )
    precision: Annotated[Literal["double", "single"], Word("precision", ("double", "single"))] = Field(
        "double", description="Of the numbers; single is faster and loses what changes slowly."
    )

    @model_validator(mode="after")
    def _ends(self, info: ValidationInfo) -> Self:
        context: Any = info.context
        given = "duration" in self.model_fields_set
        with Faults() as faults:
            if context.experiment and given and not context.cell:
                faults.add("an experiment takes the time that it needs - remove it", "duration", kind="key")
            if not context.experiment and not given:
                faults.add('is missing - write, for example, "duration: 400 ms"', "duration", kind="missing")
        return self


NO_RUN = Run.model_construct(
    duration=0.0, dt="auto", accuracy="standard", space_order=4, scheme="auto", precision="double"
)  # of an experiment
# The keys that an experiment does without: on tissue it has a start, and its numerics can be chosen.
PROTOCOL = ("stimuli", "start", "run", "record", "measure")
PROTOCOL_ON_TISSUE = ("stimuli", "record", "measure")


# What is kept -------------------------------------------------------------------------------------------


class RecordBase(Section):
    """The keys under `record:`, judged by the recorders they belong to."""

    @model_validator(mode="wrap")
    @classmethod
    def _makes_sense(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        context: Any = info.context
        if not isinstance(value, dict):
            return handler(value)
        with Faults() as faults:
            for key, reason in recorders.not_of_a_cell().items() if context.cell else ():
                if key in value:
                    faults.add(reason, key, kind="key")
            with faults.at():
                record = handler(context.record)
                for path, text in recorders.problems(record, context.end):
                    faults.add(text, *path)
        return record


Record = section_of(
    "Record",
    {key: field for record in recorders.records() for key, field in fields_of(record).items()},
    "What is kept of the run.",
    RecordBase,
)


class RecordKeys(Reader):
    """The keys of all recorders."""

    def read(self, value: Any, context: Context) -> Section:
        return Record.model_validate(value, context=context)

    def write(self, value: Section) -> dict[str, Any]:
        return fields_written(Record, value)

    def described(self) -> dict[str, Any]:
        return Record.model_json_schema()


class Experiment(Section):
    """The keys of a config file."""

    title: Annotated[str, Text()] = Field(
        description="One line for figures and tables.", examples=["A plane wave"]
    )
    about: Annotated[str | None, Text()] = Field(None, description="What to see in it.")
    reference: Annotated[str | None, Text()] = Field(None, description="Where it comes from.")
    model: ModelChoice = Field(default_factory=dict, validate_default=True, description="The cell model.")
    tissue: Annotated[Tissue | None, CellOrTissue()] = Field(
        description='The tissue, or "cell" for a single one (None in Python).', examples=["cell"]
    )
    regions: Annotated[Mapping[str, Region], WrapValidator(_named_regions)] = Field(
        {},
        description="Parts of the tissue that differ; where they overlap, later ones act on earlier ones.",
    )
    mechanisms: _Mechanisms = Field((), description="Currents added everywhere.")
    hyperpolarize: Hyperpolarize | None = Field(
        None, description="A resting potential to be reached everywhere."
    )
    stimuli: tuple[Stimulus, ...] = Field((), description="Injected currents.")
    start: Start = Field(default_factory=dict, validate_default=True, description="The state at t = 0.")
    run: Run = Field(
        default_factory=lambda: NO_RUN,
        description="How long, and with what numerics.",
        examples=["{duration: 400 ms}"],
    )
    experiment: Annotated[ExperimentUse | None, ExperimentReader()] = Field(
        None, description="What is to be found out about a cell or tissue, instead of a run."
    )
    record: Annotated[Any, RecordKeys()] = Field(
        default_factory=dict, validate_default=True, description="What is kept of the run."
    )
    measure: Annotated[tuple[MeasureUse, ...], Several(MeasureReader(), distinct=True)] = Field(
        (), description="What is measured during the run."
    )
    figures: Annotated[tuple[FigureUse | PanelUse, ...], Several(FigureReader())] = Field(
        (), description="What is drawn."
    )

    @property
    def without(self) -> tuple[str, ...]:
        """The keys that this does without."""
        if self.experiment is None:
            return ("experiment",)
        return PROTOCOL if self.tissue is None else PROTOCOL_ON_TISSUE

    @model_validator(mode="after")
    def _run_or_experiment(self) -> Self:
        with Faults() as faults:
            if self.experiment is None and self.run is NO_RUN:
                text = 'is missing - write, for example, "run: {duration: 400 ms}"'
                faults.add(text, "run", kind="missing")
            for key in self.without if self.experiment else ():
                if key in self.model_fields_set:
                    faults.add(
                        "belongs to a run; an experiment has its own protocol - remove it", key, kind="key"
                    )
        return self

    @model_validator(mode="after")
    def _within_reason(self) -> Self:
        with Faults() as faults:
            labels = [(use.name, measures.load(use.name).label(use.options)) for use in self.measure]
            for i, (name, label) in enumerate(labels):
                if (name, label) in labels[:i]:
                    faults.add(f"{name} is measured twice - remove one", "measure", i)
            if self.run.duration > _LONGEST:
                faults.add(
                    f"{self.run.duration:.2g} ms is too long - use less than {_LONGEST:.0e} ms",
                    "run",
                    "duration",
                )
        return self
