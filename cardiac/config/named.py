"""Values that begin with a name: `{NAME: {what belongs to it}}`.

Shapes, mechanisms, time courses and measures. Each name stands for a record, which says what may
follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cardiac import measures
from cardiac.config.context import Context
from cardiac.config.messages import Faults, fault, under
from cardiac.config.quantities import Flag, Reader, collected
from cardiac.config.records import RecordReader
from cardiac.config.references import REFERENCES, Name
from cardiac.spelling import choices
from cardiac.units import shown


class MechanismUse(NamedTuple):
    """A mechanism with what the user wrote for it, and its time course."""

    name: str
    inputs: Any  # record Inputs of the mechanism
    when: Any  # record of cardiac.protocol
    counted: bool = False  # whether its current counts in the K+ balance of the cell


class MeasureUse(NamedTuple):
    """Something to be measured during the run, with what the user wrote for it."""

    name: str
    options: Any  # record Options of the measure


def entry(value: Any, what: str, names: Iterable[str], all_names: str = "") -> tuple[str, Any]:
    """(NAME, what belongs to it) of `{NAME: ...}` or of NAME alone; raises a fault."""
    if isinstance(value, dict) and len(value) == 1:
        name, body = next(iter(value.items()))
        if name not in names:
            text = f"unknown {what} {shown(name)}{choices(name, names, all_names)}"
            with under(str(name)):
                raise fault(text, "key")
        return name, body
    if isinstance(value, str):
        if value not in names:
            raise fault(f"unknown {what} {shown(value)}{choices(value, names, all_names)}")
        return value, {}
    found = f"{len(value)} names" if isinstance(value, dict) and value else shown(value or None)
    raise fault(f"{found} - one {what} is expected: {{NAME: ...}} ({all_names or ', '.join(names)})")


SHAPE = {"$ref": "#/$defs/shape"}


class ShapeReader(Reader):
    """A shape of `cardiac.tissue.shapes`, or a combination of shapes."""

    def read(self, value: Any, context: Context) -> Any:
        from cardiac.tissue.shapes import SHAPES, AllOf, AnyOf, Named, Not

        name, body = entry(value, "shape", [*SHAPES, "any_of", "all_of", "not", "region"])
        with under(*key_of(value)):
            if name in ("any_of", "all_of"):
                if not isinstance(body, list) or not body:
                    raise fault(f"{shown(body or None)} - a list of shapes is expected")
                parts = collected(body, lambda part: self.read(part, context))
                return AnyOf(parts) if name == "any_of" else AllOf(parts)
            if name == "not":
                return Not(self.read(body, context))
            if name == "region":
                return Named(Name("region").read(body, context))
            return RecordReader(SHAPES[name]).read(body, context)

    def write(self, value: Any) -> dict[str, Any]:
        from cardiac.tissue.shapes import SHAPES, AllOf, AnyOf, Named, Not

        match value:
            case AnyOf(parts) | AllOf(parts):
                name = "any_of" if isinstance(value, AnyOf) else "all_of"
                return {name: [self.write(part) for part in parts]}
            case Not(part):
                return {"not": self.write(part)}
            case Named(region):
                return {"region": region}
        name = next(name for name, record in SHAPES.items() if record is type(value))
        return {name: RecordReader(type(value)).write(value)}

    def example(self, context: Context) -> str:
        side = context.size[0] if context.size else 40.0
        return f"{{strip: {{center: {0.5 * side:.6g} mm, width: {0.1 * side:.6g} mm}}}}"

    def described(self) -> dict[str, Any]:
        return {"$comment": "shape"}  # pydantic resolves references itself and does not know this one

    def definition(self) -> dict[str, Any]:
        """The JSON Schema of every shape."""
        from cardiac.tissue.shapes import SHAPES

        bodies = {name: RecordReader(record).described() for name, record in SHAPES.items()}
        several = {"type": "array", "items": SHAPE, "minItems": 1}
        bodies |= {"any_of": several, "all_of": several, "not": SHAPE}
        return one_of(bodies | {"region": Name("region").described()}, bare=["everywhere"])


# Of `cardiac.references`; it needs what is above.
REFERENCES |= {"shape": ShapeReader()}


class CourseReader(Reader):
    """A time course of `cardiac.protocol`: always, {from: ..., to: ...}, or {NAME: ...}."""

    def read(self, value: Any, context: Context) -> Any:
        from cardiac.protocol import COURSES, Always, Window

        if value == "always":
            return Always()
        if isinstance(value, dict) and (len(value) != 1 or value.keys() & {"from", "to"}):
            return ordered(RecordReader(Window).read(value, context))
        name, body = entry(value, "time course", ["always", "from", "to", *COURSES])
        with under(*key_of(value)):
            return ordered(RecordReader(COURSES[name]).read(body, context))

    def write(self, value: Any) -> Any:
        from cardiac.protocol import COURSES, Always

        if isinstance(value, Always):
            return "always"
        name = next(name for name, record in COURSES.items() if record is type(value))
        return {name: RecordReader(type(value)).write(value)}

    def described(self) -> dict[str, Any]:
        from cardiac.protocol import COURSES, Window

        bodies = {name: RecordReader(record).described() for name, record in COURSES.items()}
        return {"anyOf": [{"const": "always"}, one_of(bodies), RecordReader(Window).described()]}


def ordered(course: Any) -> Any:
    """`course`, if it ends after it begins and its pulses are apart."""
    begin, end = getattr(course, "from_", None), getattr(course, "to", None)
    if begin is not None and end is not None and end <= begin:
        with under("to"):
            raise fault(f"{end:g} ms is not after from, {begin:g} ms")
    count = getattr(course, "count", None)
    if isinstance(count, float) and (count < 1 or count != round(count)):
        with under("count"):
            raise fault(f"{count:g} is not a number of pulses - write 1, 2, ...")
    if isinstance(count, float) and count > 1 and course.duration > course.interval:
        with under("interval"):
            raise fault(f"{course.interval:g} ms is shorter than the pulse - use a longer one")
    return course


class MechanismReader(Reader):
    """A `MechanismUse`; with `solved`, its dose is found later and may not be given."""

    def __init__(self, solved: bool = False) -> None:
        self.solved = solved

    def read(self, value: Any, context: Context) -> MechanismUse:
        from cardiac import mechanisms
        from cardiac.protocol import Always

        name, body = entry(value, "mechanism", mechanisms.names(), '"cardiac mechanisms" lists all')
        with under(*key_of(value)):
            mechanism, record = self._record(name)
            if not isinstance(body, dict):
                keys = ", ".join(record.section.model_fields)
                raise fault(f"{shown(body)} - its keys are expected here ({keys})")
            self._allowed(mechanism, body, context)
            section: Any = record.section.model_validate(body, context=context)
            inputs = record.record_of(section)
            if self.solved:  # the dose is not known yet, but one that makes sense
                inputs = inputs._replace(**{mechanism.dose: max(0.0, mechanism.limits[0])})
            met(mechanism, inputs, context)
            when = section.when or Always()
            _acts(when, context)
            return MechanismUse(name, inputs, when, getattr(section, COUNTED, None) or False)

    def write(self, value: MechanismUse) -> dict[str, Any]:
        _, record = self._record(value.name)
        written = record.write(value.inputs) | {"when": _WHEN.write(value.when)}
        return {value.name: written | ({COUNTED: True} if value.counted else {})}

    def described(self) -> dict[str, Any]:
        from cardiac import mechanisms

        bodies = {name: self._record(name)[1].section.model_json_schema() for name in mechanisms.names()}
        return one_of(bodies, bare=list(bodies) if self.solved else [])

    def _record(self, name: str) -> tuple[Any, RecordReader]:
        """The mechanism, and how what is written for it is read."""
        from cardiac import mechanisms

        mechanism = mechanisms.load(name)
        beside: dict[str, Reader] = {"when": _WHEN} | ({COUNTED: _COUNTED} if mechanism.ion == "K" else {})
        return mechanism, RecordReader(mechanism.Inputs, mechanism.dose if self.solved else "", **beside)

    def _allowed(self, mechanism: Any, body: Mapping[str, Any], context: Context) -> None:
        """Refuse keys that have a meaning, but not here."""
        if self.solved and mechanism.dose in body:
            raise fault(f"{mechanism.dose} is what hyperpolarize solves for - leave it out")
        if mechanism.pattern and self.solved:
            raise fault("hyperpolarizes here and depolarizes there - use bias_current")
        if mechanism.pattern and context.cell:
            raise fault("a single cell has no places - use bias_current")
        if body.get(COUNTED) is True:
            with under(COUNTED):
                if mechanism.ion != "K":
                    raise fault(f"the current of {mechanism.name} is not K+ alone - leave it out")
                if context.model and context.model.potassium_rate is None:
                    raise fault(f"{context.model.name} has no balance of K_i - leave it out")


_WHEN = CourseReader()
COUNTED, _COUNTED = "counts_in_K_i", Flag()


def met(mechanism: Any, inputs: Any, context: Context) -> None:
    """Refuse what makes no sense, or not with this cell model."""
    if context.model is None:
        return
    try:
        mechanism.met(context.model, inputs)
    except ValueError as error:
        key, _, text = str(error).partition(": ")
        if key not in inputs._fields:
            raise fault(str(error)) from None
        with under(key):
            raise fault(text) from None


def _acts(when: Any, context: Context) -> None:
    """Refuse what would begin after the run."""
    begin = getattr(when, "from_", getattr(when, "start", 0.0))
    if context.end and begin >= context.end:
        with under("when"):
            text = f"begins at {begin:g} ms, run.duration is {context.end:g} ms: it would never act"
            raise fault(f"{text} - begin earlier, or leave it out")


class MeasureReader(Reader):
    """A `MeasureUse`."""

    def read(self, value: Any, context: Context) -> MeasureUse:
        name, body = entry(value, "measure", measures.names())
        measure = measures.load(name)
        if context.cell and measure.not_in_a_cell:
            raise fault(f"{measure.not_in_a_cell} - remove {name}")
        with under(*key_of(value)), Faults() as faults:
            options = RecordReader(measure.Options).read(body, context)
            for key, text in measure.problems(options):
                faults.add(text, key)
        return MeasureUse(name, options)

    def write(self, value: MeasureUse) -> Any:
        body = RecordReader(measures.load(value.name).Options).write(value.options)
        return {value.name: body} if body else value.name

    def described(self) -> dict[str, Any]:
        known = [measures.load(name) for name in measures.names()]
        bodies = {m.name: RecordReader(m.Options).described() | {"description": m.summary} for m in known}
        bare = [m.name for m in known if len(m.Options._field_defaults) == len(m.Options._fields)]
        return one_of(bodies, bare)


def key_of(value: Any) -> list[str]:
    """The key under which the faults of what belongs to a name are found."""
    return [next(iter(value))] if isinstance(value, dict) else []


def one_of(bodies: Mapping[str, Any], bare: Sequence[str] = ()) -> dict[str, Any]:
    """The JSON Schema of a mapping with one of these names; `bare` ones may stand alone."""
    mapping = {"type": "object", "properties": dict(bodies), "additionalProperties": False}
    mapping |= {"minProperties": 1, "maxProperties": 1}
    return {"anyOf": [{"enum": list(bare)}, mapping]} if bare else mapping
