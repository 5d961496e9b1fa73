"""What was done, in words that a paper could take over, and what is to be cited for it.

Everything follows from the config and from what the run has told of itself: nothing is said that was not done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

from cardiac import citations, experiments, measures, mechanisms, models, recorders
from cardiac.citations import Citation
from cardiac.config import ACCURACIES
from cardiac.registry import EntryError
from cardiac.report.wording import chosen, listed, sentence, shape, spoken, told
from cardiac.typesetting import TIMES, quantity, symbol, typeset

_PRECISION = {"double": "double (64 bits)", "single": "single (32 bits)"}
_ORDER = {2: "second", 4: "fourth"}
_SCHEMES = {
    "rush_larsen_2": ("a second-order Rush-Larsen method", ("rush_larsen_1978", "perego_veneziani_2009")),
    "rush_larsen": ("the Rush-Larsen method of first order", ("rush_larsen_1978",)),
    "forward_euler": ("the forward Euler method", ()),
}


class Methods(NamedTuple):
    """Paragraphs, and the papers they cite in the order in which they do."""

    paragraphs: tuple[str, ...]
    citations: tuple[Citation, ...]


def methods(
    config: Mapping[str, Any],
    made: Mapping[str, Any],
    units: Mapping[str, str],
    figures: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
) -> Methods:
    """What was done by a config.

    config : with every default filled in, as `Result.config`
    made : what the run told of itself, as `Result.provenance`, with its `units`; of a sweep only what made it
    figures : names of those that are shown, for what they rest on
    others : models that took the place of that of the config, in a sweep
    """
    if not config:
        return Methods((), ())  # of a file that does not tell how it came about
    author = _Author(config, made, units)
    parts = [author.cells(others), author.tissue(), author.regions(), author.protocol(), author.numerics()]
    parts += [author.experiment(), author.measured(figures), author.software()]
    paragraphs = (" ".join(sentence(text) for text in part if text) for part in parts)
    return Methods(tuple(filter(None, paragraphs)), tuple(author.cited.values()))


class _Author:
    """Writes the sentences about a config, and remembers what they cite."""

    def __init__(self, config: Mapping[str, Any], made: Mapping[str, Any], units: Mapping[str, str]) -> None:
        self.config, self.made, self.units = config, made, units
        self.cited: dict[str, Citation] = {}

    @property
    def tissued(self) -> bool:
        return isinstance(self.config.get("tissue"), dict)

    def cells(self, others: tuple[str, ...]) -> Iterator[str]:
        """Which model, changed how."""
        asked = self.config["model"]
        variant = f", variant {asked['variant']}" if "variant" in asked else ""
        if others:
            yield f"the cell models were {listed(map(self.model, others))}"
        else:
            yield f"the cell model was {self.model(asked['name'])}{variant}"
        if behaviour := asked.get("behaviour"):
            yield f"its parameters were chosen for {told(behaviour)}"
        if changed := asked.get("parameters"):
            yield f"changed parameters: {_changes(changed)}"
        for use in self.config.get("mechanisms", ()):
            yield f"all cells had the mechanism {self.mechanism(use)}"
        if wanted := self.config.get("hyperpolarize"):
            yield f"all cells were {self.hyperpolarized(wanted, 'all cells')}"

    def model(self, name: str) -> str:
        """A model in words: Luo-Rudy 1991 (guinea pig, ventricle; Luo & Rudy 1991)."""
        try:
            model = models.load(name)
        except EntryError:  # a file of the user's own that is here no longer
            return f"that of the file {name}"
        first = re.split(r"[:.](?:\s|$)", " ".join(model.doc.split()))[0]
        head = re.sub(r" \(.*\)$", "", first)
        return f"{head} ({model.species}; {self.cite(model.doi, model.name)})"

    def tissue(self) -> Iterator[str]:
        """Where the cells are and how they are coupled."""
        if not self.tissued:
            return
        tissue = self.config["tissue"]
        size, given = tissue["size"], tissue["diffusivity"]
        kind = "cable" if len(size) == 1 else "sheet"
        extent = f" {TIMES} ".join(map(typeset, size))
        yield f"the tissue was a {kind} of {extent}, divided into cells of {typeset(tissue['spacing'])}"
        if given["along"] == given["across"]:
            yield f"its diffusivity was {typeset(given['along'])}"
        else:
            along, across = (typeset(given[key]) for key in ("along", "across"))
            angle = given["fibre_angle"]
            fibres = f"at {typeset(angle)}" if isinstance(angle, str) else f"from a file ({told(angle)})"
            yield f"its diffusivity was {along} along the fibres, which ran {fibres}, and {across} across them"

    def regions(self) -> Iterator[str]:
        """What differs where."""
        for name, region in self.config.get("regions", {}).items():
            yield f"region {name}: {'; '.join([shape(region['shape']), *self.differing(name, region)])}"

    def differing(self, name: str, region: Mapping[str, Any]) -> Iterator[str]:
        """What is different in a region."""
        if not region["conducts"]:
            yield "it did not conduct, and no current crossed its border"
            return
        if region["mechanisms"]:
            several = "s" if len(region["mechanisms"]) > 1 else ""
            yield f"its cells had the mechanism{several} {listed(map(self.mechanism, region['mechanisms']))}"
        if wanted := region.get("hyperpolarize"):
            yield f"its cells were {self.hyperpolarized(wanted, name)}"
        if variant := region.get("variant"):
            yield f"variant {variant}"
        if behaviour := region.get("behaviour"):
            yield f"parameters chosen for {told(behaviour)}"
        if region["parameters"]:
            yield f"changed parameters: {_changes(region['parameters'])}"
        if diffusivity := region.get("diffusivity"):
            same = diffusivity.get("along") == diffusivity.get("across")
            yield f"diffusivity {told(diffusivity['along'] if same else diffusivity)}"
        if graded := region.get("graded"):
            start, end = told(graded["from"]), told(graded["to"])
            yield f"all of this grew linearly, from nothing at {start} to the whole at {end}"
        if not str(region["edge"]).startswith("0 "):
            yield f"with a border that was smooth over {typeset(region['edge'])}"

    def mechanism(self, use: Any) -> str:
        """An added current in words."""
        ((name, inputs),) = use.items() if isinstance(use, dict) else [(use, {})]
        try:
            found = mechanisms.load(name)
        except EntryError:
            return f"{spoken(name)} ({told(inputs)})"
        own = {key: value for key, value in chosen(found.Inputs, inputs).items() if value != "always"}
        source = self.cite(found.doi, found.name) if found.doi else ""
        inside = "; ".join(filter(None, (told(own), source)))
        return spoken(found.name) + (f" ({inside})" if inside else "")

    def hyperpolarized(self, wanted: Mapping[str, Any], where: str) -> str:
        """A resting potential that was asked for, and what it took."""
        text = f"brought to rest at {typeset(wanted['to'])} by {self.mechanism(wanted['by'])}"
        dose = self.made.get(f"dose in {where}")
        unit = self.units.get(f"dose in {where}", "")
        return f"{text}, for which {_number(dose, unit)} was found" if dose is not None else text

    def protocol(self) -> Iterator[str]:
        """Start, stimuli, duration."""
        start = self.config.get("start")
        if start is not None:
            yield _started(start)
        for k, stimulus in enumerate(self.config.get("stimuli", ()), start=1):
            yield f"stimulus {k}: {self.stimulus(k, stimulus)}"

    def stimulus(self, number: int, stimulus: Mapping[str, Any]) -> str:
        """An injected current in words."""
        threshold = self.made.get(f"threshold of {stimulus.get('name') or f'stimulus {number}'}")
        parts = [f"{typeset(str(stimulus['strength']))} for {typeset(stimulus['duration'])}"]
        if threshold is not None and str(stimulus["strength"]).endswith("threshold"):
            parts[0] += f" (threshold {_number(threshold, 'A/F')})"
        if "at" in stimulus:
            parts.append(f"at {shape(stimulus['at'])}")
        if stimulus["count"] > 1:
            parts.append(f"{stimulus['count']} pulses every {typeset(stimulus['interval'])}")
        parts.append(f"from {typeset(stimulus['start'])} on")
        if s2 := stimulus.get("s2"):
            same = {key: value for key, value in s2.items() if stimulus.get(key) != value and key != "at"}
            place = f", at {shape(s2['at'])}" if s2.get("at") not in (None, stimulus.get("at")) else ""
            parts.append(f"then S2 ({told(same)}{place})")
        return ", ".join(parts)

    def numerics(self) -> Iterator[str]:
        """How it was solved."""
        run = self.config.get("run")
        if run is None:
            return
        scheme = str(self.made.get("scheme", "rush_larsen_2" if run["scheme"] == "auto" else run["scheme"]))
        words, sources = _SCHEMES[scheme]
        reaction = f"{words}{self.sources(*sources)}"
        if self.tissued:
            # An experiment may do otherwise than its config says, of which the cases of a sweep do not tell.
            order = self.made.get("space_order", 0 if "experiment" in self.config else run["space_order"])
            in_space = f" of {_ORDER[int(order)]} order in space" if order else ""
            yield (
                "the monodomain equation was solved by conservative cell-centred finite volumes"
                f"{in_space}, without flux across borders and into cells that do not conduct"
            )
            rkl = f"a second-order Runge-Kutta-Legendre method{self.sources('meyer_2014')}"
            diffusion = (
                rkl
                if scheme == "rush_larsen_2"
                else f"the explicit Euler method where it is stable, else by {rkl}"
            )
            yield (
                f"diffusion and reaction alternated{self.sources('strang_1968')}: diffusion by {diffusion}, the "
                f"reaction by {reaction}"
            )
        else:
            yield f"the equations of the cell were solved by {reaction}"
        precision = f"{_PRECISION[run['precision']]} precision"
        simulated = (
            f"simulated were {typeset(run['duration'])}, in" if "duration" in run else "all was computed in"
        )
        yield f"{simulated} {precision}"
        if "dt" in self.made:
            yield self.step(run)

    def step(self, run: Mapping[str, Any]) -> str:
        """The time step, and who chose it."""
        step = f"the time step was {_number(self.made['dt'], 'ms')}"
        if run["dt"] != "auto" or not self.tissued:
            return step
        error = 100 * ACCURACIES[run["accuracy"]]
        step += f", chosen to keep the velocity error of time stepping below about {error:g} %"
        if "reaction_steps_mean" not in self.made:  # nobody counted
            return step
        mean, most = (float(self.made[f"reaction_steps_{which}"]) for which in ("mean", "most"))
        if mean == most == 1.0:
            return f"{step}; that of the reaction was the same"
        return f"{step}; for each the reaction of a cell took {mean:.2g} steps on average, {most:.3g} at most"

    def experiment(self) -> Iterator[str]:
        """What an experiment found out, in its own words, and what was chosen for it."""
        asked = self.config.get("experiment")
        while asked:
            ((name, options),) = asked.items() if isinstance(asked, dict) else [(asked, {})]
            if name not in experiments.names():
                return
            inner = options.get("of") if isinstance(options, dict) else None
            found = experiments.load(name)
            yield f"{found.summary.rstrip('.')}{self.sources_of('experiments', name)}"
            own = chosen(found.Options, {k: v for k, v in options.items() if k != "of"})
            if doses := own.pop("doses", None):
                yield f"it was applied to {self.mechanism(doses)}"
            if own:
                yield f"chosen were {told(own)}"
            asked = inner if isinstance(inner, dict | str) else None

    def measured(self, figures: tuple[str, ...]) -> Iterator[str]:
        """What was looked at."""
        for use in self.config.get("measure", ()):
            ((name, options),) = use.items() if isinstance(use, dict) else [(use, {})]
            found = measures.load(name)
            what = found.summary.rstrip(".?")
            own = told(options)
            source = self.sources_of("measures", name)
            yield f"{what}{f' ({own})' if own else ''}{source}"
        for name in recorders.names():
            if self.config.get("record", {}).get(name) and (source := self.sources_of("recorders", name)):
                yield f"recorded were {spoken(name)}{source}"
        for name in figures:
            if source := self.sources_of("figures", name):
                yield f"{spoken(name)} was computed from the result{source}"

    def software(self) -> Iterator[str]:
        """What computed it."""
        version = self.made.get("cardiac")
        if version:
            libraries = ", ".join(
                f"{name} {self.made[name]}" for name in ("numba", "numpy") if name in self.made
            )
            yield f"all was computed with cardiac {version} ({libraries})"

    # What is cited

    def cite(self, doi: str, key: str) -> str:
        """A paper as it stands in running text; from now on it is on the list."""
        found = citations.by_doi(doi, key)
        self.cited.setdefault(found.key, found)
        return found.short

    def sources(self, *keys: str) -> str:
        """The same of several, by their keys, in parentheses."""
        return f" ({'; '.join(self.cite(citations.cited(key).key, key) for key in keys)})" if keys else ""

    def sources_of(self, package: str, name: str) -> str:
        """The same of what a file of a registry rests on; empty if it says nothing."""
        doi = getattr(import_module(f"cardiac.{package}.{name}"), "DOI", "")
        return f" ({self.cite(doi, name)})" if doi else ""


def _started(start: Mapping[str, Any]) -> str:
    settled = str(start.get("settle", "0 ms"))
    after = "" if settled.startswith("0 ") else f", after {typeset(settled)} without stimuli"
    if paced := start.get("paced"):
        beats, cycle = paced["beats"], typeset(paced["cycle_length"])
        return f"the run began with cells that had been paced alone, {beats} beats every {cycle}{after}"
    if stored := start.get("from"):
        return f"the run began with what another run had stored ({told(stored)}){after}"
    published = "in the published initial state" if start["state"] == "published" else "at rest"
    return f"the run began with all cells {published}{after}"


def _changes(changed: Mapping[str, Any]) -> str:
    """Parameters and what became of them."""
    return listed(f"{name} {told(value)}" for name, value in changed.items())


def _number(value: float, unit: str) -> str:
    return quantity(f"{float(value):.4g}", unit) if symbol(unit) else f"{float(value):.4g}"
