"""Diastolic threshold: the least current through an electrode on resting tissue that starts a wave which gets away.

A pulse excites if the `target` is activated, four space constants or more from the electrode: nearer, a response that
dies out would count. By default that is the nearest such cell. The threshold depends on the size of the electrode, as
its neighbours draw current from a small one (Lindemans & Denier van der Gon, Cardiovasc. Res. 12:477, 1978): it is
above that of an uncoupled cell, `cell`.

The map is that of the wave which the just sufficient pulse starts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from cardiac.cell.search import Turn
from cardiac.experiments import Column, Outcome
from cardiac.experiments._checks import MOST_CURRENT, Problems, of_amount, of_search, of_tolerance, refuse
from cardiac.experiments._electrodes import LONGEST_TRIAL, diastolic_threshold
from cardiac.experiments._on_tissue import of_electrode, of_place, of_rest, of_target, refuse_obstacles, tried
from cardiac.experiments._places import FAR, electrotonic_distance, nearest
from cardiac.preparation import Preparation
from cardiac.references import place, shape
from cardiac.tissue.shapes import Left
from cardiac.units import A_per_F, duration, one

DOI = "10.1093/cvr/12.8.477"
KEEPS = ("activation",)


class Options(NamedTuple):
    """The electrode, its pulse, how closely its threshold is bracketed, where a wave must come, what is tried."""

    at: shape = Left(0.5)
    duration: duration = 2.0
    tolerance: one = 0.005
    target: place | None = None
    up_to: A_per_F = MOST_CURRENT


def problems(options: Options, model: Any) -> Problems:
    """A search that makes no sense."""
    yield from of_amount("duration", options.duration, "ms")
    yield from of_tolerance(options.tolerance)
    yield from of_search(options.up_to)


def obstacles(tissue: Preparation, options: Options) -> Problems:
    """An electrode or a target that is nowhere, or both too near to each other."""
    found = [*of_electrode("at", tissue, options.at)]
    if options.target is not None:
        found += of_place("target", tissue.at, options.target)
    if not found:
        electrode = tissue.mask(options.at)
        found += of_rest("at", tissue, tissue.like_most(electrode))
        if options.target is not None:
            found += of_target("target", tissue, electrode, tissue.at(options.target))
    if found:
        yield from found
        return
    distance, joined = electrotonic_distance(tissue, electrode), tissue.joined(electrode)
    if options.target is not None and distance[tissue.at(options.target)] < FAR:
        away = distance[tissue.at(options.target)]
        yield "target", f"is {away:.2g} space constants from the electrode - use a place {FAR:g} or more away"
    elif not (distance[joined] >= FAR).any():
        most = distance[joined].max()
        text = f"no tissue is {FAR:g} space constants away from the electrode, the farthest is {most:.2g}"
        yield "at", f"{text} - use a smaller electrode, or larger tissue"


def perform(tissue: Preparation, options: Options) -> Outcome:
    """The threshold of the electrode."""
    refuse(problems(options, tissue.model))
    refuse_obstacles(obstacles(tissue, options))
    electrode = tissue.mask(options.at)
    distance = electrotonic_distance(tissue, electrode)
    target = tissue.at(options.target) if options.target else nearest(tissue, electrode)
    alone = tissue.threshold(electrode, options.duration)
    found = diastolic_threshold(
        tissue,
        electrode,
        options.duration,
        tissue.only(target),
        relative=options.tolerance,
        most=options.up_to,
    )
    current = found.high if np.isfinite(found.high) else found.low
    pulse = tissue.pulses(electrode, current, duration=options.duration)
    activation = tissue.trial([pulse], LONGEST_TRIAL, watched=tissue.joined(electrode)).first()
    dx, cells = tissue.grid.spacing, int(electrode.sum())
    sheet = tissue.grid.ny > 1
    table = {
        "current": Column(np.array([found.middle]), "A/F", "threshold current"),
        "low": Column(np.array([found.low]), "A/F", "largest current that does not excite"),
        "high": Column(np.array([found.high]), "A/F", "least current that excites"),
        "charge": Column(
            np.array([found.middle * options.duration]), "mV", "threshold charge per capacitance"
        ),
        "cell": Column(np.array([alone]), "A/F", "threshold current of an uncoupled cell"),
        "size": Column(
            np.array([cells * dx * (dx if sheet else 1.0)]),
            "mm^2" if sheet else "mm",
            "size of the electrode",
        ),
        "distance": Column(np.array([distance[target]]), "1", "space constants from electrode to target"),
        "latency": Column(np.array([activation[target]]), "ms", "from the pulse to activation of the target"),
    }
    maps = {"activation_time": Column(activation[np.newaxis], "ms", "activation time")}
    tables = {
        "diastolic_threshold": table,
        "tried": tried(found, "current", "A/F", "excited", "of the pulse"),
    }
    return Outcome(tables, (_sentence(options, found, alone, activation[target]),), maps=maps)


def _sentence(options: Options, found: Turn, alone: float, latency: float) -> str:
    if not np.isfinite(found.high):
        return f"No pulse of {options.duration:g} ms up to {found.low:.4g} A/F starts a wave that gets away."
    if found.low == 0.0:
        return f"A pulse of {found.high:.3g} A/F, the least that was tried, starts a wave already."
    text = f"A pulse of {options.duration:g} ms needs {found.middle:.4g} A/F"
    if np.isfinite(alone):
        text += f", {found.middle / alone:.3g} times the threshold of an uncoupled cell"
    return f"{text}; the wave of the just sufficient one arrives after {latency:.3g} ms."
