"""Tissue for tests of experiments on it."""

from cardiac.assembly import assemble
from cardiac.config import loads
from cardiac.experiments import Outcome
from cardiac.preparation import Preparation

SHORT = "{name: mitchell_schaeffer_modified, action_potential_duration: 80 ms, refractory_period: 95 ms}"


def tissue(
    size: str = "[24 mm]",
    spacing: str = "0.25 mm",
    *,
    model: str = "mitchell_schaeffer_modified",
    diffusivity: str = "0.1 mm^2/ms",
    regions: str = "",
    run: str = "",
    more: str = "",
) -> Preparation:
    """A preparation; `regions` and `run` are what stands between the braces, `more` are lines of a config."""
    text = f"title: Tissue\nmodel: {model}\n{more}\nexperiment: conduction\n"
    text += f"regions: {{{regions}}}\n" if regions else ""
    text += f"tissue: {{size: {size}, spacing: {spacing}, diffusivity: {diffusivity}}}\n"
    text += f"run: {{{run}}}\n" if run else ""
    return assemble(loads(text)).preparation(1)


def value(found: Outcome, name: str) -> float:
    """A number of the first table."""
    (table, *_) = found.tables.values()
    return float(table[name].values[0])


def stretch(name: str, start: float, end: float, more: str = "") -> str:
    """A region of a cable [mm]."""
    shape = f"{{rectangle: {{corner: [{start:g} mm], opposite: [{end:g} mm]}}}}"
    return f"{name}: {{shape: {shape}{', ' if more else ''}{more}}}"
