"""A config of every experiment, with options that make it quick."""

from cardiac import experiments, figures

QUICK = {
    "action_potential": "{cycle_length: 400 ms, beats: 3}",
    "block": "{region: strip, window: [300 ms, 500 ms], step: 100 ms, within: 50 ms}",
    "cable_restitution": "{between: [[6 mm, 2 mm], [8 mm, 2 mm]], beats: 4, cycle_lengths: [500 ms], "
    "diastolic_intervals: [100 ms, 200 ms, 300 ms]}",
    "dose_response": "{of: rest, doses: {potassium_conductance: {g: [0 mS/uF, 0.1 mS/uF], reversal: -95 mV}}}",
    "recovery_from_inactivation": "{potentials: [-80 mV, -100 mV]}",
    "reentry": "{intervals: [300 ms], watch: 150 ms}",
    "refractory": "{cycle_length: 400 ms, beats: 2}",
    "restitution": "{beats: 3, cycle_length: 500 ms, cycle_lengths: [500 ms, 400 ms, 350 ms]}",
    "s1s2": "{beats: 1, step: 100 ms, resolution: 50 ms}",
    "shift_and_shunt": "{doses: {potassium_conductance: {g: [0.05 mS/uF], reversal: -95 mV}}}",
    "strength_duration": "{durations: [1 ms, 2 ms, 5 ms], tolerance: 5 %}",
    "threshold": "{tolerance: 5 %}",
    "vulnerable_window": "{step: 100 ms, within: 25 ms, strength: 60 A/F, s2: {strip: {center: 8 mm, width: 2 mm}}}",
}
SHEET = "{size: [10 mm, 4 mm], spacing: 0.2 mm, diffusivity: {along: 0.1 mm^2/ms, across: 0.05 mm^2/ms}}"
LONG = "{size: [16 mm, 4 mm], spacing: 0.4 mm, diffusivity: 0.1 mm^2/ms}"
TISSUES = {name: LONG for name in ("block", "cable_restitution", "reentry", "s1s2", "vulnerable_window")}
REGIONS = "regions: {strip: {shape: {strip: {center: 8 mm, width: 1 mm}}, parameters: {tau_open: 1.2 x}}}\n"
TEXT = "title: One\nmodel: mitchell_schaeffer_2003\ntissue: {tissue}\nexperiment: {experiment}\nfigures: [{drawn}]\n"


def text(name: str, options: str | None = None) -> str:
    """A config of an experiment, with its figure if there is one of its name."""
    chosen = options or QUICK.get(name, "{}")
    drawn = name if name in figures.names() else ""
    tissue = "cell" if "cell" in experiments.load(name).of else TISSUES.get(name, SHEET)
    found = TEXT.format(tissue=tissue, experiment=f"{{{name}: {chosen}}}", drawn=drawn)
    return found + REGIONS * (name in TISSUES)
