"""Numbers from arrays: action potentials, velocities, and whether a region lets the wave through."""

from cardiac.analysis.action_potential import ActionPotential, action_potential
from cardiac.analysis.block import verdict
from cardiac.analysis.outcome import Criteria, Outcome, Verdict
from cardiac.analysis.velocity import (
    PlanarFit,
    VelocityMap,
    curvature_map,
    planar_fit,
    velocity_between,
    velocity_map,
)

__all__ = [
    "ActionPotential",
    "Criteria",
    "Outcome",
    "PlanarFit",
    "VelocityMap",
    "Verdict",
    "action_potential",
    "curvature_map",
    "planar_fit",
    "velocity_between",
    "velocity_map",
    "verdict",
]
