"""Each kind of mistake has its message: the place, the key, what is wrong, what to do."""

import pytest
from config_examples import CELL, SMALL

from cardiac.config import ConfigError, load, loads
from cardiac.config.messages import Problem

LUO_RUDY = SMALL + "model: luo_rudy_1991\nmechanisms:\n  - "  # to which a test adds one
ANODE = "virtual_anode: {strength: 1 A/F, center: [20 mm, 5 mm]}"
STRIP = SMALL + "regions:\n  strip:\n    shape: {strip: {center: 20 mm, width: 4 mm}}\n"
PULSE = SMALL + "stimuli:\n  - {at: {left: 1 mm}, duration: 2 ms, strength: 5 A/F}\n"


def problems(text, **options):
    with pytest.raises(ConfigError) as error:
        loads(text, "strip.yaml", **options)
    return [str(problem).splitlines()[0] for problem in error.value.problems]


def replaced(text, old, new):
    assert old in text
    return text.replace(old, new)


def extended(text, *lines):
    """`text` and further lines, indented as keys of the region or the stimulus at its end."""
    return text + "".join(f"    {line}\n" for line in lines)


CASES = {
    "missing unit": (
        replaced(SMALL, "0.1 mm,", "0.25,"),
        '2:41: tissue.spacing: needs a unit: write "0.25 mm" (a length; um, mm, cm, m)',
    ),
    "unknown key": (
        SMALL + "recrd: {}\n",
        '4:1: recrd: unknown key - did you mean "record"?',
    ),
    "unknown model": (
        SMALL + "model: luo_rudy_1992\n",
        '4:8: model: unknown model "luo_rudy_1992" - did you mean "luo_rudy_1991"? ("cardiac models" lists',
    ),
    "wrong quantity": (
        replaced(STRIP, "4 mm}", "22 mV}"),
        '6:43: regions.strip.shape.strip.width: "22 mV": mV is a voltage, a length is expected (um, mm',
    ),
    "key given twice": (
        replaced(SMALL, "run: {duration: 400 ms}", "run:\n  duration: 400 ms\n  duration: 500 ms"),
        "5:3: run.duration: given twice (lines 4 and 5) - remove one",
    ),
    "outside the tissue": (
        SMALL + "record: {probes: {far: [48 mm, 5 mm]}}\n",
        "4:24: record.probes.far: lies outside the tissue (x 48 mm, the tissue is 0..40 mm)",
    ),
    "missing key": (
        replaced(SMALL, ", diffusivity: 0.1 mm^2/ms", ""),
        '2:1: tissue.diffusivity: is missing - write, for example, "diffusivity: 0.1 mm^2/ms"',
    ),
    "missing section": (
        replaced(SMALL, "run: {duration: 400 ms}\n", ""),
        '1:1: run: is missing - write, for example, "run: {duration: 400 ms}"',
    ),
    "empty value": (
        SMALL + "model:\n",
        "4:1: model: is empty - give it a value or remove the key",
    ),
    "key that is no word": (
        SMALL + "2: 3\n",
        '4:1: a key must be a word, not 2 - put it into "quotes" if it is a name',
    ),
    "tag": (
        replaced(SMALL, "Small", "!python Small"),
        '1:8: title: tags such as "!python" mean nothing here - remove it',
    ),
    "title that is a number": (
        replaced(SMALL, "Small", "2024"),
        '1:8: title: "2024" is not a text - put it into quotes: "2024"',
    ),
    "size that does not fit": (
        replaced(SMALL, "[40 mm", "[40.03 mm"),
        "2:17: tissue.size[0]: 40.03 mm is not a whole number of cells of 0.1 mm - use 40 mm or 40.1 mm",
    ),
    "negative size": (
        replaced(SMALL, "[40 mm", "[-40 mm"),
        '2:17: tissue.size[0]: "-40 mm": a length above 0 is expected',
    ),
    "too many cells": (
        replaced(SMALL, "0.1 mm,", "0.001 um,"),
        "2:41: tissue.spacing: makes 4e+14 cells - use a larger one",
    ),
    "tissue that is a word": (
        replaced(SMALL, "{size: [40 mm, 10 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}", "sheet"),
        'tissue: "sheet" - write "cell", or the keys size, spacing and diffusivity',
    ),
    "unknown parameter": (
        SMALL + "model: {name: luo_rudy_1991, parameters: {g_NA: 2 x}}\n",
        'model.parameters.g_NA: luo_rudy_1991 has no such parameter - did you mean "g_Na"?',
    ),
    "parameter without unit": (
        SMALL + "model: {name: luo_rudy_1991, parameters: {g_Na: 16}}\n",
        'model.parameters.g_Na: needs a unit: write "16 mS/uF" (a conductance; mS/uF, nS/pF), or a factor',
    ),
    "negative conductance": (
        SMALL + "model: {name: luo_rudy_1991, parameters: {g_Na: -16 mS/uF}}\n",
        'model.parameters.g_Na: "-16 mS/uF": a conductance cannot be negative',
    ),
    "negative factor": (
        SMALL + "model: {name: luo_rudy_1991, parameters: {g_Na: -2 x}}\n",
        'model.parameters.g_Na: "-2 x": a factor cannot be negative',
    ),
    "unknown variant": (
        SMALL + "model: {name: ten_tusscher_panfilov_2006, variant: endoo}\n",
        'model.variant: unknown variant "endoo" - did you mean "endo"? (epi, endo, mid)',
    ),
    "behaviour of a model without": (
        SMALL + "model: {name: luo_rudy_1991, behaviour: {resting_potential: -85 mV}}\n",
        "model.behaviour: luo_rudy_1991 cannot be asked for by what it does - set its parameters",
    ),
    "behaviour misspelt": (
        SMALL + "model: {name: mitchell_schaeffer_modified, resting_potental: -85 mV}\n",
        'model.resting_potental: unknown key - did you mean "resting_potential"?',
    ),
    "behaviour twice": (
        SMALL + "model: {resting_potential: -85 mV, behaviour: {refractory_period: 300 ms}}\n",
        "model.behaviour: stands beside resting_potential - write either",
    ),
    "model file that is not there": (
        SMALL + "model: ./nowhere.py\n",
        'model: there is no file "nowhere.py"',
    ),
    "unknown shape": (
        replaced(STRIP, "{strip: {", "{stripe: {"),
        '6:13: regions.strip.shape.stripe: unknown shape "stripe" - did you mean "strip"?',
    ),
    "two shapes": (
        replaced(STRIP, "}}", "}, left: 1 mm}"),
        "regions.strip.shape: 2 names - one shape is expected: {NAME: ...}",
    ),
    "shape without": (
        replaced(STRIP, ", width: 4 mm", ""),
        "regions.strip.shape.strip.width: is missing - a length (um, mm, cm, m)",
    ),
    "negative width": (
        replaced(STRIP, "4 mm}", "-4 mm}"),
        'regions.strip.shape.strip.width: "-4 mm": a length above 0 is expected',
    ),
    "unknown word": (
        replaced(STRIP, "4 mm}", "4 mm, axis: z}"),
        'regions.strip.shape.strip.axis: unknown word "z" (x, y)',
    ),
    "point of three": (
        replaced(
            STRIP, "strip: {center: 20 mm, width: 4 mm}", "disk: {center: [1 mm, 2 mm, 3 mm], radius: 1 mm}"
        ),
        "regions.strip.shape.disk.center: 3 numbers is not x and y - write [20 mm, 5 mm]",
    ),
    "file that is not there": (
        replaced(STRIP, "strip: {center: 20 mm, width: 4 mm}", "image: {file: nowhere.png}"),
        'regions.strip.shape.image.file: there is no file "nowhere.png"',
    ),
    "unknown region": (
        STRIP + "measure: [{block: stripe}]\n",
        'measure[0].block: unknown region "stripe" - did you mean "strip"? (strip)',
    ),
    "unknown region in a shape": (
        replaced(STRIP, "strip: {center: 20 mm, width: 4 mm}", "not: {region: stripe}"),
        'regions.strip.shape.not.region: unknown region "stripe"',
    ),
    "region of itself": (
        replaced(STRIP, "strip: {center: 20 mm, width: 4 mm}", "not: {region: strip}"),
        "regions.strip.shape: its shape is made of itself",
    ),
    "region with a name that is none": (
        replaced(STRIP, "  strip:\n", "  a.b:\n"),
        '5:3: regions.a.b: a name without "." "/" "[" and "]" is expected',
    ),
    "scar that does something": (
        extended(STRIP, "conducts: false", "edge: 1 mm"),
        "8:5: regions.strip.edge: has no meaning where the tissue does not conduct - remove it",
    ),
    "neither true nor false": (
        extended(STRIP, "conducts: no"),
        'regions.strip.conducts: "no" is neither true nor false',
    ),
    "unknown mechanism": (
        extended(STRIP, "mechanisms: [{potassium_conductnce: {g: 1 mS/uF}}]"),
        'unknown mechanism "potassium_conductnce" - did you mean "potassium_conductance"? ("cardiac',
    ),
    "mechanism without list": (
        extended(STRIP, "mechanisms: {potassium_conductance: {g: 1 mS/uF}}"),
        'regions.strip.mechanisms: a mapping - a list is expected: begin each entry with "- "',
    ),
    "mechanism with a bare value": (
        extended(STRIP, "mechanisms: [{bias_current: 1 A/F}]"),
        'mechanisms[0].bias_current: "1 A/F" - its keys are expected here (strength, when)',
    ),
    "key of a mechanism": (
        extended(STRIP, "mechanisms: [{potassium_conductance: {g: 1 mS/uF, whem: always}}]"),
        'potassium_conductance.whem: unknown key - did you mean "when"? (g, reversal, when, counts_in_K_i)',
    ),
    "mechanism that makes no sense": (
        extended(STRIP, "mechanisms: [{chloride_conductance: {g: 1 mS/uF, Cl_i: 5 mM}}]"),
        "mechanisms[0].chloride_conductance: needs the reversal potential, or both Cl_i and Cl_o",
    ),
    "chloride of unknown reversal": (
        LUO_RUDY + "light_gated_chloride: {g_max: 1 mS/uF, Cl_o: 150 mM}",
        "mechanisms[0].light_gated_chloride: needs the reversal potential, or both Cl_i and Cl_o (for instance",
    ),
    "mechanism that the model cannot express": (
        extended(STRIP, "mechanisms: [{inward_rectifier_scale: {factor: 3}}]"),
        "inward_rectifier_scale: needs I_K1, which mitchell_schaeffer_modified does not have - use potassium_cond",
    ),
    "mechanism without its reversal potential": (
        extended(STRIP, "mechanisms: [{kach_current: {acetylcholine: 0.03 uM}}]"),
        "kach_current: needs E_K, which mitchell_schaeffer_modified does not have - give reversal, or another mo",
    ),
    "negative dose": (
        LUO_RUDY + "inward_rectifier_scale: {factor: -1}",
        "6:38: mechanisms[0].inward_rectifier_scale.factor: -1 is outside 0 ... 100",
    ),
    "negative conductance of a mechanism": (
        LUO_RUDY + "potassium_conductance: {g: -1 mS/uF}",
        'mechanisms[0].potassium_conductance.g: "-1 mS/uF": a conductance cannot be negative',
    ),
    "dose that is too small": (
        LUO_RUDY + "extracellular_potassium: {K_o: 0 mM}",
        "6:36: mechanisms[0].extracellular_potassium.K_o: 0 mM is outside 0.5 ... 30 mM",
    ),
    "dose in another unit than meant": (
        LUO_RUDY + "kach_current: {acetylcholine: 0.03 mM}",
        "mechanisms[0].kach_current.acetylcholine: 30 uM is outside 0 ... 10 uM",
    ),
    "unknown channel": (
        LUO_RUDY + "light_gated_potassium: {g_max: 1 mS/uF, preset: WiCR}",
        'light_gated_potassium.preset: unknown word "WiCR" - did you mean "WiChR"? (HcKCR1, HcKCR2, WiChR, PAC-K,',
    ),
    "gate without time": (
        LUO_RUDY + "light_gated_potassium: {g_max: 1 mS/uF, tau_on: 0 ms}",
        'mechanisms[0].light_gated_potassium.tau_on: "0 ms": a time above 0 is expected',
    ),
    "light that never switches on": (
        LUO_RUDY + "light_gated_potassium: {g_max: 1 mS/uF, when: {from: 400 ms}}",
        "light_gated_potassium.when: begins at 400 ms, run.duration is 400 ms: it would never act - begin earlier",
    ),
    "flashes of no length": (
        LUO_RUDY + "light_gated_potassium: {g_max: 1 mS/uF, when: {pulses: {start: 1 ms, duration: 0 ms}}}",
        'light_gated_potassium.when.pulses.duration: "0 ms": a time above 0 is expected',
    ),
    "potassium counted that is none": (
        LUO_RUDY + "chloride_conductance: {g: 1 mS/uF, reversal: -70 mV, counts_in_K_i: true}",
        "counts_in_K_i: the current of chloride_conductance is not K+ alone - leave it out",
    ),
    "potassium counted where it is constant": (
        LUO_RUDY + "potassium_conductance: {g: 1 mS/uF, counts_in_K_i: true}",
        "potassium_conductance.counts_in_K_i: luo_rudy_1991 has no balance of K_i - leave it out",
    ),
    "virtual anode that hyperpolarizes": (
        extended(STRIP, "hyperpolarize: {to: -95 mV, by: {virtual_anode: {center: [20 mm, 5 mm]}}}"),
        "by.virtual_anode: hyperpolarizes here and depolarizes there - use bias_current",
    ),
    "virtual anode in a single cell": (
        replaced(CELL, "potassium_conductance: {g: 0.03 mS/uF, counts_in_K_i: true}", ANODE),
        "mechanisms[0].virtual_anode: a single cell has no places - use bias_current",
    ),
    "window that ends before it begins": (
        extended(STRIP, "mechanisms: [{bias_current: {strength: 1 A/F, when: {from: 9 ms, to: 5 ms}}}]"),
        "mechanisms[0].bias_current.when.to: 5 ms is not after from, 9 ms",
    ),
    "unknown time course": (
        extended(STRIP, "mechanisms: [{bias_current: {strength: 1 A/F, when: alway}}]"),
        'mechanisms[0].bias_current.when: unknown time course "alway" - did you mean "always"?',
    ),
    "dose that is solved for": (
        extended(STRIP, "hyperpolarize: {to: -95 mV, by: {bias_current: {strength: 1 A/F}}}"),
        "hyperpolarize.by.bias_current: strength is what hyperpolarize solves for - leave it out",
    ),
    "stimulus without place": (
        replaced(PULSE, "at: {left: 1 mm}, ", ""),
        '5:5: stimuli[0].at: is missing - write, for example, "at: {left: 1 mm}"',
    ),
    "multiple of nothing": (
        replaced(PULSE, "5 A/F", "2 x"),
        'stimuli[0].strength: "2 x": a multiple of what? - write "2 x threshold"',
    ),
    "train without interval": (
        replaced(PULSE, "5 A/F", "5 A/F, count: 3"),
        "stimuli[0].count: a train needs an interval - add, for example, interval: 300 ms",
    ),
    "interval without train": (
        replaced(PULSE, "5 A/F", "5 A/F, interval: 300 ms"),
        "stimuli[0].interval: an interval needs a count - add, for example, count: 3",
    ),
    "train that overlaps": (
        replaced(PULSE, "5 A/F", "5 A/F, count: 2, interval: 1 ms"),
        "stimuli[0].interval: is shorter than the pulse",
    ),
    "part of a pulse": (
        replaced(PULSE, "5 A/F", "5 A/F, count: 2.5, interval: 9 ms"),
        'stimuli[0].count: "2.5" is not a whole number from 1 to 1000000',
    ),
    "stimuli that are no list": (
        SMALL + "stimuli: {at: {left: 1 mm}}\n",
        'stimuli: a list is expected: begin each entry with "- "',
    ),
    "negative time": (
        replaced(PULSE, "duration: 2 ms", "duration: 2 ms, start: -1 ms"),
        'stimuli[0].start: "-1 ms": a time cannot be negative',
    ),
    "duration of nothing": (
        replaced(SMALL, "400 ms", "0 ms"),
        'run.duration: "0 ms": a time above 0 is expected',
    ),
    "endless run": (
        replaced(SMALL, "400 ms", "1e300 s"),
        "run.duration: 1e+303 ms is too long",
    ),
    "time step that is a word": (
        replaced(SMALL, "400 ms", "400 ms, dt: atuo"),
        'run.dt: "atuo" is not a time - write it as "1 ms", or "auto" - did you mean "auto"?',
    ),
    "unknown scheme": (
        replaced(SMALL, "400 ms", "400 ms, scheme: rush_larson"),
        'run.scheme: unknown scheme "rush_larson" - did you mean "rush_larsen"?',
    ),
    "unknown state": (
        SMALL + "start: resting\n",
        '4:8: start: unknown state "resting" - did you mean "rest"? (rest, published)',
    ),
    "unknown variable": (
        SMALL + "model: luo_rudy_1991\nrecord: {frames: {of: [V, Cai]}}\n",
        'record.frames.of[1]: unknown variable "Cai" - did you mean "Ca_i"?',
    ),
    "too many frames": (
        SMALL + "record: {frames: {every: 1e-9 ms}}\n",
        "record.frames.every: makes more than a million frames - use a longer one",
    ),
    "frames that end before they begin": (
        SMALL + "record: {frames: {from: 9 ms, to: 5 ms}}\n",
        "record.frames.to: 5 ms is not after from, 9 ms",
    ),
    "frames that begin after the end": (
        SMALL + "record: {frames: {from: 9 s}}\n",
        "record.frames.from: 9000 ms is not before the end,",
    ),
    "frames without keys": (
        SMALL + "record: {frames: 1 ms}\n",
        'record.frames: "1 ms" - keys are expected here (of, every, precision, from, to)',
    ),
    "too many samples": (
        SMALL + "record: {probes: {a: [1 mm, 1 mm]}, probe_interval: 1e-9 ms}\n",
        "record.probe_interval: makes more than 100 million samples - use a longer one",
    ),
    "electrograms without an electrode": (
        SMALL + "record: {electrograms: {at: {}}}\n",
        "record.electrograms.at: there is no electrode - write {here: [20 mm, 5 mm]}",
    ),
    "electrograms of nothing": (
        SMALL + "record: {electrograms: {}}\n",
        'record.electrograms.at: is missing - write, for example, "at: {here: [20 mm, 5 mm]}"',
    ),
    "electrode far above the tissue": (
        SMALL + "record: {electrograms: {at: {a: [1 mm, 1 mm, 1 m]}}}\n",
        "record.electrograms.at.a: lies 1000 mm from the tissue - use 100 mm or less, and look at the unit",
    ),
    "electrode far beside the tissue": (
        SMALL + "record: {electrograms: {at: {a: [-30 cm, 5 cm]}}}\n",
        "record.electrograms.at.a: lies 302.7 mm from the tissue - use 100 mm or less, and look at the unit",
    ),
    "electrodes all far above the tissue": (
        SMALL + "record: {electrograms: {at: {a: [1 mm, 1 mm]}, height: 1 m}}\n",
        "record.electrograms.height: 1000 mm is too far - use 100 mm or less",
    ),
    "frames of nothing": (
        SMALL + "record: {frames: {of: []}}\n",
        "record.frames.of: is empty - give one value or more",
    ),
    "figure of no times": (
        SMALL + "record: {frames: {}}\nfigures: [{frames: {times: []}}]\n",
        "figures[0].frames.times: is empty - give one value or more",
    ),
    "figure from after the end": (
        SMALL + "record: {frames: {}}\nfigures: [{dominant_frequency: {start: 2 s}}]\n",
        "figures[0].dominant_frequency.start: lies outside the run (2000 ms, it is 0..400 ms)",
    ),
    "shape of no shapes": (
        SMALL + "regions: {a: {shape: {any_of: []}}}\n",
        "regions.a.shape.any_of: nothing - a list of shapes is expected",
    ),
    "block of no region": (
        STRIP + "measure: [{block: {}}]\n",
        'measure[0].block.region: is missing - write, for example, "region: strip"',
    ),
    "region without a shape": (
        replaced(SMALL, "[40 mm", "[5 mm") + "regions: {a: {edge: 1 mm}}\n",
        'regions.a.shape: is missing - write, for example, "shape: {strip: {center: 2.5 mm, width: 0.5 mm}}"',
    ),
    "region that is graded from nowhere": (
        SMALL + "regions: {a: {shape: everywhere, graded: {to: [9 mm]}}}\n",
        'regions.a.graded.from: is missing - write, for example, "from: [20 mm, 5 mm]"',
    ),
    "panel in a panel": (
        SMALL + "measure: [activation]\nfigures: [panel: [[activation_map, panel: [velocity]]]]\n",
        "figures[0].panel[0][1]: a panel inside a row of a panel - name figures here: [[activation_map, traces]",
    ),
    "list in a row of a panel": (
        SMALL + "measure: [activation]\nfigures: [panel: [[[activation_map]]]]\n",
        "figures[0].panel[0][0]: a list inside a row of a panel - name figures here",
    ),
    "electrode with the name of the times": (
        SMALL + "record: {electrograms: {at: {time: [1 mm, 1 mm]}}}\n",
        "record.electrograms.at.time: is the name of the times - use another",
    ),
    "electrode without y": (
        SMALL + "record: {electrograms: {at: {a: 1 mm}}}\n",
        "record.electrograms.at.a: an electrode above a sheet has x and y - write [20 mm, 5 mm]",
    ),
    "electrode in the tissue": (
        SMALL + "record: {electrograms: {at: {a: [1 mm, 1 mm, 0 mm]}}}\n",
        "record.electrograms.at.a: z 0 mm is not above the tissue - use more than 0 mm",
    ),
    "electrode in four dimensions": (
        SMALL + "record: {electrograms: {at: {a: [1 mm, 1 mm, 1 mm, 1 mm]}}}\n",
        "record.electrograms.at.a: 4 numbers is not x, y and z - write [20 mm, 5 mm]",
    ),
    "too many samples of electrodes": (
        SMALL + "record: {electrograms: {at: {a: [1 mm, 1 mm]}, every: 1e-9 ms}}\n",
        "record.electrograms.every: makes more than 10 million samples - use a longer one",
    ),
    "electrograms of a single cell": (
        CELL + "record: {electrograms: {at: {a: [1 mm, 1 mm]}}}\n",
        "record.electrograms: a single cell has no electrogram: no current flows around it",
    ),
    "frames of a single cell": (
        CELL + "record: {frames: {}}\n",
        "record.frames: a single cell has no frames - its probe keeps everything",
    ),
    "place in a single cell": (
        replaced(CELL, "[{start", "[{at: {left: 1 mm}, start"),
        "stimuli[0].at: a single cell has no places - remove `at`",
    ),
    "regions of a single cell": (
        CELL + "regions: {strip: {shape: everywhere}}\n",
        "regions: a single cell has no regions - use `mechanisms` and `model`",
    ),
    "conduction in a single cell": (
        replaced(CELL, "[apd90]", "[conduction_velocity]"),
        "measure[0]: nothing is conducted in a single cell - remove conduction_velocity",
    ),
    "map of a single cell": (
        replaced(CELL, "figures: traces", "figures: [activation_map]"),
        'figures[0]: activation_map shows a tissue, this is a single cell - draw "traces"',
    ),
    "map of a cable": (
        replaced(SMALL, "[40 mm, 10 mm]", "[40 mm]") + "record: {frames: {}}\nfigures: [frames]\n",
        'figures[0]: frames shows a sheet, this is a cable - draw "space_time"',
    ),
    "unknown probe": (
        SMALL
        + "record: {probes: {a: [1 mm, 1 mm], b: [2 mm, 1 mm]}}\nmeasure: [{conduction_velocity: [a, c]}]\n",
        'measure[0].conduction_velocity[1]: unknown probe "c" (a, b)',
    ),
    "one probe of two": (
        SMALL + "record: {probes: {a: [1 mm, 1 mm]}}\nmeasure: [{conduction_velocity: a}]\n",
        "measure[0].conduction_velocity: 1 given, 2 expected - write a list of 2",
    ),
    "probe without y": (
        SMALL + "record: {probes: {a: 1 mm}}\n",
        "record.probes.a: a point in a sheet has x and y - write [20 mm, 5 mm]",
    ),
    "unknown measure": (
        SMALL + "measure: [apd95]\n",
        'measure[0]: unknown measure "apd95" - did you mean "apd90"?',
    ),
    "measure given twice": (
        SMALL + "measure: [apd90, apd90]\n",
        "measure[1]: is given twice - remove one",
    ),
    "region judged twice in a beat": (
        STRIP + "measure: [{block: strip}, {block: {region: strip, beat: 1}}]\n",
        "measure[1]: is given twice - remove one",
    ),
    "activation measured at two levels": (
        SMALL + "measure: [activation, {activation: {threshold: -30 mV}}]\n",
        "measure[1]: activation is measured twice - remove one",
    ),
    "beat before the first": (
        STRIP + "measure: [{block: {region: strip, beat: 0}}]\n",
        'measure[0].block.beat: "0" is not a whole number from 1 on',
    ),
    "beat of what is measured in every beat": (
        SMALL + "record: {probes: {a: [1 mm, 1 mm], b: [2 mm, 1 mm]}}\n"
        "measure: [{conduction_velocity: {between: [a, b], beat: 2}}]\n",
        "measure[0].conduction_velocity.beat: between two probes every beat is measured - remove it",
    ),
    "unknown figure": (
        SMALL + "figures: [space_tme]\n",
        'figures[0]: unknown figure "space_tme" - did you mean "space_time"?',
    ),
    "unknown option of a figure": (
        SMALL + "record: {frames: {}}\nfigures: [{space_time: {z: 1 mm}}]\n",
        "figures[0].space_time.z: unknown key (of, y, x, for, width)",
    ),
    "figure of frames that are not kept": (
        SMALL + "figures: [space_time]\n",
        "figures[0]: space_time shows frames, which this config does not keep - add record: {frames:",
    ),
    "figure of frames of something else": (
        SMALL + "record: {frames: {of: [V, h]}}\nfigures: [{space_time: {of: vtec}}]\n",
        'figures[0].space_time.of: there are no frames of "vtec" (but of V, h) - add it to record.frames.of',
    ),
    "figure of probes that are not kept": (
        SMALL + "figures: [traces]\n",
        "traces shows probes, which this config does not keep - add record: {probes: {here: [20 mm, 5 mm]}}",
    ),
    "figure of what is not measured": (
        SMALL + "figures: [activation_map]\n",
        "activation_map shows activation, which this config does not keep - add measure: [activation]",
    ),
}


@pytest.mark.parametrize(("text", "message"), CASES.values(), ids=CASES)
def test_a_mistake_has_one_message_that_says_where_what_and_what_to_do(text, message):
    (found,) = problems(text)
    assert message in found
    assert found.startswith("strip.yaml:")


def test_all_problems_are_reported_at_once_in_the_order_of_their_lines():
    text = """\
title: 3
model: luo_rudy_1992
tissue: {size: [40 mm, 10 mm], spacing: 0.1, diffusivty: 0.1 mm^2/ms}
regions:
  strip: {shape: {strip: {center: 20 mm, width: 22 mV}}, edge: }
run:
  duration: 400
  duration: 500 ms
measure: [{block: stripe}]
"""
    found = problems(text)
    assert [line.split(": ")[:2] for line in found] == [
        ["strip.yaml:1:8", "title"],
        ["strip.yaml:2:8", "model"],
        ["strip.yaml:3:41", "tissue.spacing"],
        ["strip.yaml:3:46", "tissue.diffusivty"],
        ["strip.yaml:5:49", "regions.strip.shape.strip.width"],
        ["strip.yaml:5:58", "regions.strip.edge"],
        ["strip.yaml:7:13", "run.duration"],
        ["strip.yaml:8:3", "run.duration"],
        ["strip.yaml:9:19", "measure[0].block"],
    ]


def test_a_problem_shows_its_source_line_and_a_caret():
    with pytest.raises(ConfigError) as error:
        loads("title: x\ntissue: cell\nrun:\n  duration: 4\n", "cell.yaml")
    assert str(error.value) == (
        'cell.yaml:4:13: run.duration: needs a unit: write "4 ms" (a time; us, ms, s)\n'
        "    duration: 4\n"
        "              ^"
    )


def test_a_long_source_line_is_shortened_around_the_caret():
    source = f"regions: {{{'x' * 300}: 5}}"
    shown = str(Problem("regions", "odd", "a.yaml", 1, source.index("5") + 1, source)).splitlines()
    assert shown[1][shown[2].index("^")] == "5"
    assert max(map(len, shown)) <= 110


# Experiments

CELL = "model: luo_rudy_1991\ntissue: cell\n"
EXPERIMENTS = {
    "threshold: {tolerance: 0}": "x.yaml:4:37: experiment.threshold.tolerance: a tolerance of 0 is outside 1e-06",
    "threshold: {tolerance: -1}": "experiment.threshold.tolerance: a tolerance of -1 is outside 1e-06 ... 0.1",
    "threshold: {tolerance: 200 %}": "experiment.threshold.tolerance: a tolerance of 2 is outside",
    "threshold: {up_to: 0 A/F}": "experiment.threshold.up_to: 0 A/F is outside 0 ... 2000 A/F",
    "strength_duration: {durations: []}": "experiment.strength_duration.durations: is empty - give one value",
    "strength_duration: {tolerance: 0}": "experiment.strength_duration.tolerance",
    "rest: {current: 0 A/F}": "experiment.rest.current: 0 A/F measures no resistance - give one that",
    "action_potential: {beats: 0}": "experiment.action_potential.beats: 0 beats are too few - use 1 or more",
    "action_potential: {cycle_length: 3 ms}": "experiment.action_potential.cycle_length: 3 ms is too short",
    "action_potential: {strength: 0}": "experiment.action_potential.strength: 0 is too little",
    "refractory: {cycle_length: 20 ms}": "refractory.cycle_length: 20 ms is too short for pulses of 2 ms - use",
    "restitution: {beats: 2}": "experiment.restitution.beats: 2 beats are too few - use 3 or more",
    "restitution: {cycle_lengths: []}": "experiment.restitution.cycle_lengths: is empty",
    "restitution: {diastolic_intervals: []}": "experiment.restitution.diastolic_intervals: is empty",
    "current_voltage: {from: 10 mV, to: 0 mV}": "experiment.current_voltage.to: 0 mV is not above from, 10 mV",
    "current_voltage: {step: 0 mV}": "experiment.current_voltage.step: 0 mV makes no steps",
    "recovery_from_inactivation: {current: I_Nb}": (
        'recovery_from_inactivation.current: luo_rudy_1991 has no current "I_Nb"'
    ),
    "recovery_from_inactivation: {potentials: []}": "recovery_from_inactivation.potentials: is empty",
    "dose_response: {of: {refractory: {beats: 0}}, doses: {bias_current: {strength: [1 A/F]}}}": (
        "experiment.dose_response.of.refractory.beats: 0 beats are too few"
    ),
    "dose_response: {of: rest, doses: {bias_current: {strength: []}}}": (
        "experiment.dose_response.doses.bias_current.strength: is empty - give two doses or more"
    ),
    "dose_response: {of: rest, doses: {bias_current: {strength: [500 A/F]}}}": (
        "strength[0]: 500 A/F is outside -200 ... 200 A/F: more of it no membrane bears - 0.1 ... 20 A/F are usual"
    ),
    "dose_response: {of: rest, doses: {kach_current: {acetylcholine: [20 uM]}}}": (
        "acetylcholine[0]: 20 uM is outside 0 ... 10 uM: beyond that it makes no sense - give one within"
    ),
    "dose_response: {of: rest, doses: {potassium_conductance: {g: 1 mS/uF, reversal: [-300 mV]}}}": (
        "reversal[0]: -300 mV is outside -150 ... 100 mV: no ion of a living cell reverses there"
    ),
    "dose_response: {of: rest, doses: {light_gated_potassium: {g_max: [1 mS/uF], when: always}}}": (
        "doses.light_gated_potassium.when: acts for a time; in an experiment mechanisms act always"
    ),
}


@pytest.mark.parametrize(("written", "message"), EXPERIMENTS.items(), ids=EXPERIMENTS)
def test_check_refuses_an_experiment_that_could_not_be_performed(written, message):
    with pytest.raises(ConfigError) as error:
        loads(f"title: x\n{CELL}experiment: {{{written}}}\n", "x.yaml")
    assert message in str(error.value)
    assert len(error.value.problems) == 1


ON_TISSUE = {
    "experiment: {s1s2: {cycle_length: 10 ms}}": (
        "x.yaml:3:35: experiment.s1s2.cycle_length: 10 ms is too short for pulses of 2 ms - use more than 22 ms"
    ),
    "experiment: {s1s2: {cycle_length: 23 ms}}": (
        "experiment.s1s2.step: 20 ms leaves no interval to try in the cycle after S1 - use less than 20 ms"
    ),
    "experiment: s1s2\nfigures: [traces]": (
        'traces shows probes, which this experiment does not keep - draw "s1s2"'
    ),
    "experiment: s1s2\nfigures: [velocity]": 'which this experiment does not keep - draw "s1s2"',
    "experiment: liminal_size\nfigures: [restitution]": (
        'restitution shows restitution, which this experiment does not keep - draw "activation_map"'
    ),
    "experiment: block": 'experiment.region: is missing - write, for example, "region: NAME"',
}


@pytest.mark.parametrize(("written", "message"), ON_TISSUE.items(), ids=ON_TISSUE)
def test_an_experiment_on_tissue_is_told_what_it_can_do(written, message):
    cable = "tissue: {size: [12 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}"
    with pytest.raises(ConfigError) as error:
        loads(f"title: x\n{cable}\n{written}\n", "x.yaml")
    assert message in str(error.value)
    assert len(error.value.problems) == 1


@pytest.mark.parametrize(
    ("tissue", "place"),
    [
        ("tissue: cell", "[]"),
        ("tissue: {size: 5 mm, spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}", "[2.5 mm]"),
        ("tissue: {size: [5 mm, 1 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}", "[2.5 mm, 0.5 mm]"),
    ],
)
def test_what_a_hint_proposes_to_add_is_accepted(tissue, place):
    text = f"title: x\n{tissue}\nrun: {{duration: 9 ms}}\nfigures: [traces]\n"
    with pytest.raises(ConfigError) as error:
        loads(f"{text}record: {{probes: {{}}}}\n")
    add = f"record: {{probes: {{here: {place}}}}}"
    assert f"does not keep - add {add}" in str(error.value)
    assert list(loads(f"{text}{add}\n").record.probes) == ["here"]


def test_electrodes_may_lie_beside_the_tissue():
    at = loads(
        SMALL + "record: {electrograms: {at: {a: [-2 cm, 5 mm], b: [50 mm, -9 mm, 4 cm]}}}\n"
    ).record.electrograms.at
    assert at == {"a": (-20.0, 5.0), "b": (50.0, -9.0, 40.0)}


# Files that are no configs at all

NO_CONFIGS = {
    "": 'no.yaml: is empty - "cardiac new" writes a config to start from',
    "# nothing\n": "is empty",
    "5": 'no.yaml:1:1: "key: value" lines are expected, found "5"',
    "- a\n- b\n": '"key: value" lines are expected, found a list',
    "a: [1, 2": "no.yaml:1:9: is not YAML: a list or mapping is not closed",
    "a: 'x": "is not YAML: a quote is not closed",
    "a:\n\tb: 1": "no.yaml:2:1: is not YAML: a tab in the indentation - use spaces",
    "a: b: c": 'no.yaml:1:5: is not YAML: a second ":" in this line - put the text into "quotes"',
    "a: 1\nb": 'is not YAML: a key without ":"',
    "a: 1\n b: 2": "no.yaml:2:3: is not YAML:",
    "a: @x": "is not YAML: found character '@' that cannot start any token - put the text into \"quotes\"",
    "a: *x": "is not YAML: found undefined alias 'x'",
    "a: 1\n---\nb: 2": "no.yaml:2:1: is not YAML: a second document begins here",
    "a: &x [*x]": "a[0]: refers to itself",
    "a: " + "[" * 1000: "is nested too deeply",
    "a: " + "[" * 60 + "]" * 60: "is nested too deeply",
    "a: \x07": "no.yaml:1: contains the control character '\\x07'",
    "a: \ufffe": "no.yaml: is not YAML: unacceptable character",
    "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in ["ab", "bc", "cd", "de", "ef"]
    ): "unfolds to",
}


@pytest.mark.parametrize(("text", "message"), NO_CONFIGS.items(), ids=[m[:30] for m in NO_CONFIGS.values()])
def test_a_file_that_is_no_config_is_refused_with_one_clear_message(text, message):
    with pytest.raises(ConfigError) as error:
        loads(text, "no.yaml")
    assert message in str(error.value)
    assert len(error.value.problems) == 1


def test_a_file_that_is_not_there_or_not_text_is_refused_by_name(tmp_path):
    (tmp_path / "strip.yaml").write_text(SMALL)
    with pytest.raises(ConfigError, match=r'stirp.yaml: there is no such file - did you mean "strip.yaml"\?'):
        load(tmp_path / "stirp.yaml")
    with pytest.raises(ConfigError, match="there is no such file"):
        load(tmp_path / "nowhere" / "strip.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(SMALL.encode() + "about: Purkinje-Zellen für\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin.yaml:4: is not text in UTF-8 - save it as UTF-8"):
        load(tmp_path / "latin.yaml")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert load(path) == loads(SMALL)
