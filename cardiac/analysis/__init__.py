"""Numbers from arrays: action potentials, velocities, and whether a region lets the wave through."""

from cardiac.analysis.action_potential import ActionPotential, action_potential
from cardiac.analysis.beats_of_frames import Beats, beats_of_frames
from cardiac.analysis.block import verdict
from cardiac.analysis.dispersion import Dispersion, dispersion, dispersion_map, gradient_map
from cardiac.analysis.outcome import Criteria, Outcome, Verdict
from cardiac.analysis.phase import analytic, embedded
from cardiac.analysis.singularities import Singularities, charge_map, singularities
from cardiac.analysis.trajectories import Meander, Trajectory, meander, trajectories
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
    "Beats",
    "Criteria",
    "Dispersion",
    "Meander",
    "Outcome",
    "PlanarFit",
    "Singularities",
    "Trajectory",
    "VelocityMap",
    "Verdict",
    "action_potential",
    "analytic",
    "beats_of_frames",
    "charge_map",
    "curvature_map",
    "dispersion",
    "dispersion_map",
    "embedded",
    "gradient_map",
    "meander",
    "planar_fit",
    "singularities",
    "trajectories",
    "velocity_between",
    "velocity_map",
    "verdict",
]
