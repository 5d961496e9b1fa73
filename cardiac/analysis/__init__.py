"""Numbers from arrays: action potentials, waves, rotors, electrograms, and whether a region lets the wave through.

Maps are (ny, nx) with cells at x (nx,) and y (ny,) [mm]; frames have time [ms] in front. What a result file holds is
given to these functions by `Result.analysis`, see `cardiac.findings`.
"""

from cardiac.analysis.action_potential import ActionPotential, action_potential
from cardiac.analysis.beats_of_frames import Beats, beats_of_frames
from cardiac.analysis.block import verdict
from cardiac.analysis.comparison import Difference, difference, resampled
from cardiac.analysis.contours import Wave, contours, wave_contours
from cardiac.analysis.dispersion import Dispersion, dispersion, dispersion_map, gradient_map
from cardiac.analysis.electrogram import electrogram, lead_field
from cardiac.analysis.electrotonus import Decay, fitted_space_constant, space_constant
from cardiac.analysis.frequency import Frequencies, dominant_frequency
from cardiac.analysis.outcome import Criteria, Outcome, Verdict
from cardiac.analysis.phase import analytic, embedded, frames_of_delay, midpotential
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
    "Decay",
    "Difference",
    "Dispersion",
    "Frequencies",
    "Meander",
    "Outcome",
    "PlanarFit",
    "Singularities",
    "Trajectory",
    "VelocityMap",
    "Verdict",
    "Wave",
    "action_potential",
    "analytic",
    "beats_of_frames",
    "charge_map",
    "contours",
    "curvature_map",
    "difference",
    "dispersion",
    "dispersion_map",
    "dominant_frequency",
    "electrogram",
    "embedded",
    "fitted_space_constant",
    "frames_of_delay",
    "gradient_map",
    "lead_field",
    "meander",
    "midpotential",
    "planar_fit",
    "resampled",
    "singularities",
    "space_constant",
    "trajectories",
    "velocity_between",
    "velocity_map",
    "verdict",
    "wave_contours",
]
