"""The key `figures`: what is drawn, each with its options, and panels of several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from cardiac.config.context import Context
from cardiac.config.document import Document
from cardiac.config.messages import ConfigError, Faults, Problem, dotted, fault, faults_of, under
from cardiac.config.named import entry, key_of, one_of
from cardiac.config.quantities import Reader, Text, collected
from cardiac.config.records import section_of
from cardiac.config.sections import Section, written_field
from cardiac.units import shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANEL = "panel"
_EXAMPLE = "[[activation_map, traces], [space_time]]"


class FigureUse(NamedTuple):
    """A figure to be drawn from a result, or from the table of a sweep."""

    name: str
    options: Mapping[str, Any] = {}

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures in it."""
        return (self.name,)

    def drawn(self, subject: Any) -> Figure:
        """The figure of `subject`; raises FigureError."""
        figure: Figure = subject.plot(self.name, **self.options)
        return figure


class PanelUse(NamedTuple):
    """Several figures in rows, as one."""

    rows: tuple[tuple[FigureUse, ...], ...]
    options: Mapping[str, Any] = {}
    name: str = PANEL  # of its file

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the figures in it, each once."""
        return tuple(dict.fromkeys(use.name for row in self.rows for use in row))

    def drawn(self, subject: Any) -> Figure:
        """The figure of `subject`; raises FigureError."""
        rows = [[{use.name: use.options} for use in row] for row in self.rows]
        figure: Figure = subject.panel(rows, **self.options)
        return figure


class FigureReader(Reader):
    """A `FigureUse`, whose options are the keywords of the figure's `draw`, or a `PanelUse`."""

    what: ClassVar[str] = "figure"

    def __init__(self, checked: bool = True) -> None:
        self.checked = checked  # against the rest of the config; a result tells for itself what it holds

    def read(self, value: Any, context: Context) -> FigureUse | PanelUse:
        name, body = entry(value, self.what, [*self.names(), PANEL])
        with under(*key_of(value)):
            if name == PANEL:
                return self._panel(body, context)
            return self._figure(name, body, context, self._options(name))
        raise AssertionError  # the faults were raised

    def write(self, value: FigureUse | PanelUse) -> Any:
        if isinstance(value, PanelUse):
            rows = [[self.write(use) for use in row] for row in value.rows]
            options = _written(_PanelKeys.section(self), value.options)
            return {PANEL: {"rows": rows, "name": value.name} | options}
        options = _written(self._options(value.name), value.options)
        return {value.name: options} if options else value.name

    def described(self) -> dict[str, Any]:
        bodies = {name: self._options(name).model_json_schema() for name in self.names()}
        figure = one_of({name: body for name, body in bodies.items()}, bare=list(bodies))
        rows = {"type": "array", "items": {"anyOf": [{"type": "array", "items": figure}, figure]}}
        section = _PanelKeys.section(self).model_json_schema()
        section["properties"]["rows"] = rows
        return one_of(bodies | {PANEL: {"anyOf": [rows, section]}}, bare=list(bodies))

    # What a config of a sweep has otherwise

    def names(self) -> Iterable[str]:
        """The figures there are."""
        from cardiac import figures

        return figures.names()

    def fields(self, name: str) -> dict[str, tuple[Any, Any]]:
        """The options that a figure has of its own, and their defaults."""
        from cardiac import figures

        return dict(figures.options(name))

    def check(self, name: str, chosen: Mapping[str, Any], context: Context) -> None:
        """Refuse what could not be drawn."""
        _within(chosen, context)
        _framed(name, chosen, context)

    def possible(self, name: str, context: Context) -> None:
        """Refuse a figure of something that is not there."""
        _drawable(name, context)

    # Parts

    def _figure(self, name: str, body: Any, context: Context, section: type[Section]) -> FigureUse:
        if self.checked:
            self.possible(name, context)
        if body == {}:
            return FigureUse(name)
        chosen = _chosen(section, body, context)
        if self.checked:
            self.check(name, chosen, context)
        return FigureUse(name, chosen)

    def _panel(self, body: Any, context: Context) -> PanelUse:
        if isinstance(body, list):
            return PanelUse(self.rows(body, context))
        if not isinstance(body, dict):
            raise fault(f"{shown(body or None)} - rows of figures are expected: {_EXAMPLE}")
        chosen = _chosen(_PanelKeys.section(self), body, context)
        rows, name = chosen.pop("rows"), chosen.pop("name", PANEL)
        return PanelUse(rows, chosen, name)

    def rows(self, value: Any, context: Context) -> tuple[tuple[FigureUse, ...], ...]:
        """Rows of figures; a list of figures is one row."""
        if not isinstance(value, list) or not value:
            raise fault(f"{shown(value or None)} - rows of figures are expected: {_EXAMPLE}")
        if not any(isinstance(row, list) for row in value):
            return (collected(value, lambda part: self._part(part, context)),)
        return collected(value, lambda row: self._row(row, context))

    def _row(self, row: Any, context: Context) -> tuple[FigureUse, ...]:
        if row == []:
            raise fault("is empty - name a figure, or remove it")
        if not isinstance(row, list):
            return (self._part(row, context),)
        return collected(row, lambda part: self._part(part, context))

    def _part(self, value: Any, context: Context) -> FigureUse:
        if isinstance(value, list) or value == PANEL or (isinstance(value, dict) and PANEL in value):
            what = "a list" if isinstance(value, list) else "a panel"
            raise fault(f"{what} inside a row of a panel - name figures here: {_EXAMPLE}")
        name, body = entry(value, self.what, self.names())
        with under(*key_of(value)):
            # What every figure may have, its size, is that of the whole.
            return self._figure(name, body, context, section_of(name, self.fields(name)))
        raise AssertionError  # the faults were raised

    def _options(self, name: str) -> type[Section]:
        """The section whose keys are the options of a figure."""
        return section_of(name, self.fields(name) | _common())


class _Rows(Reader):
    """The rows of a panel."""

    def __init__(self, figures: FigureReader) -> None:
        self.figures = figures

    def read(self, value: Any, context: Context) -> tuple[tuple[FigureUse, ...], ...]:
        return self.figures.rows(value, context)

    def described(self) -> dict[str, Any]:
        return {"type": "array"}


class _FileName(Text):
    """The name of a file without its ending."""

    def read(self, value: Any, context: Context) -> str:
        name = super().read(value, context)
        if not re.fullmatch(r"[\w-]+", name):
            raise fault(f"{shown(name)} - a name of letters, digits, - and _ is expected")
        return name


class _PanelKeys:
    """What may be written for a panel."""

    @staticmethod
    def section(figures: FigureReader) -> type[Section]:
        own = {
            "rows": (Annotated[Any, _Rows(figures)], ...),
            "name": (Annotated[str, _FileName()], PANEL),
        }
        return section_of(PANEL, own | _common(), "Rows of figures; the name of the file.")


def asked(texts: Sequence[str], reader: FigureReader) -> tuple[FigureUse | PanelUse, ...]:
    """Figures as they are written under `figures:`, one in each text; raises ConfigError with all that is wrong."""
    found, problems = [], []
    context = Context({}, Path())
    for text in texts:
        try:
            document = Document(f"figures:\n- {text}", "")
            problems += document.problems
            found.append(reader.read(document.data["figures"][0], context))
        except ConfigError as error:
            problems += [Problem("", f'"{text}" {problem.text}') for problem in error.problems]
        except PydanticCustomError as error:
            problems.append(Problem("", str(error)))
        except ValidationError as error:
            problems += [Problem(dotted(path), told) for path, told, _ in faults_of(error)]
    if problems:
        raise ConfigError(problems)
    return tuple(found)


def _common() -> dict[str, tuple[Any, Any]]:
    from cardiac import figures

    return dict(figures.COMMON)


def _chosen(section: type[Section], body: Any, context: Context) -> dict[str, Any]:
    """The options that were written."""
    from cardiac import figures

    options = section.model_validate(body, context=context)
    names = {field.alias or name: name for name, field in section.model_fields.items()}
    chosen = {names[key]: getattr(options, names[key]) for key in body}
    if (width := chosen.get("width")) is not None:
        with under("width"):
            if problem := figures.unprintable(width):
                raise fault(problem)
    return chosen


def _written(section: type[Section], options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as they are written."""
    fields = section.model_fields
    return {fields[key].alias or key: written_field(fields[key], option) for key, option in options.items()}


def _drawable(name: str, context: Context) -> None:
    """Refuse a figure of something that is not there."""
    from cardiac import figures

    try:
        shows = figures.shows(name)
        why = figures.unfit(name, context.kind) if context.kind else ""
    except figures.FigureError as error:  # a file that is no figure
        raise fault(str(error)) from None
    lacking = shows.what and shows.what not in context.recorded
    if lacking and context.experiment:  # which keeps what it keeps
        raise fault(f"{name} shows {shows.what}, which this experiment does not keep - {_instead(context)}")
    if why:
        raise fault(why)
    if lacking:
        add = shows.addition(context.middle)
        raise fault(f"{name} shows {shows.what}, which this config does not keep - add {add}")


def _instead(context: Context) -> str:
    """What to do about a figure of something that an experiment does not keep."""
    from cardiac import figures

    kept = [name for name in figures.names() if figures.shows(name).what in context.recorded]
    fit = [f'"{name}"' for name in kept if not (context.kind and figures.unfit(name, context.kind))]
    return f"draw {' or '.join(fit)}" if fit else "remove it"


def _within(options: Mapping[str, Any], context: Context) -> None:
    """Refuse places (x, y) outside the tissue, and times outside the run."""
    sides = dict(zip("xy", context.size or (), strict=False))
    with Faults() as faults:
        for axis, side in sides.items():
            place = options.get(axis)
            if place is not None and not 0 <= place <= side:
                faults.add(f"lies outside the tissue ({axis} {place:g} mm, it is 0..{side:g} mm)", axis)
        times = [(("times", i), time) for i, time in enumerate(options.get("times") or ())]
        for path, time in [*times, (("start",), options.get("start"))]:
            if time is not None and context.end and not 0 <= time <= context.end:
                faults.add(f"lies outside the run ({time:g} ms, it is 0..{context.end:g} ms)", *path)


def _framed(name: str, options: Mapping[str, Any], context: Context) -> None:
    """Refuse to show frames of what there are none of."""
    from cardiac import figures

    of = options.get("of")
    if of is not None and figures.shows(name).what == "frames" and of not in context.framed:
        there_are = ", ".join(context.framed)
        with under("of"):
            raise fault(f'there are no frames of "{of}" (but of {there_are}) - add it to record.frames.of')
