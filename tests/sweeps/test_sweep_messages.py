"""Each kind of mistake in a sweep has its message, all at once, and nothing is written."""

import pytest
from sweep_examples import FIND, GRID, REFINE, WIDTH, planned

from cardiac.config import ConfigError


def problems(text):
    with pytest.raises(ConfigError) as error:
        planned(text)
    return [str(problem).splitlines()[0] for problem in error.value.problems]


def replaced(text, old, new):
    assert old in text
    return text.replace(old, new)


CASES = {
    "base that is not there": (
        replaced(GRID, "strip.yaml", "strop.yaml"),
        '1:7: base: there is no file "strop.yaml" - did you mean "strip.yaml"?',
    ),
    "key that does not exist": (
        replaced(GRID, "strip.width,", "strip.widht,"),
        '3:16: sweep.width.set: unknown key - did you mean "width"?',
    ),
    "region that does not exist": (
        replaced(GRID, "regions.strip.shape", "regions.strop.shape"),
        '3:16: sweep.width.set: there is no region "strop" - did you mean "strip"?',
    ),
    "entry of a list that does not exist": (
        replaced(GRID, "mechanisms[0]", "mechanisms[2]"),
        "4:12: sweep.g.set: regions.strip.mechanisms has 1 entries, counted from 0",
    ),
    "wrong quantity": (
        replaced(GRID, "1 mm,", "1 mV,"),
        '3:66: sweep.width.values[1]: "1 mV": mV is a voltage, a length is expected',
    ),
    "range without a unit": (
        replaced(GRID, "0.1 mS/uF", "0.1"),
        "4:82: sweep.g.to: is 0.8 mS/uF, from is 0.1 - give both a unit of the same quantity",
    ),
    "range of a wrong quantity": (
        replaced(replaced(GRID, "0.1 mS/uF", "0.1 mm"), "0.8 mS/uF", "0.8 mm"),
        '4:73: sweep.g.from: "0.1 mm": mm is a length, a conductance is expected',
    ),
    "unknown axis in zip": (
        GRID + "zip: [width, h]\n",
        '6:14: zip[1]: no axis "h" (width, g)',
    ),
    "axes of unequal length": (
        GRID + "zip: [width, g]\n",
        "6:6: zip: axes of unequal length: width has 3, g has 4 - give them the same number of values",
    ),
    "unknown verdict": (
        replaced(GRID, "block.strip.delay", "block.strip.dely"),
        '5:32: collect[1]: results of strip.yaml hold no "block.strip.dely" - did you mean "block.strip.delay"?',
    ),
    "what is not measured": (
        replaced(GRID, "block.strip.delay", "conduction_velocity"),
        '5:32: collect[1]: results of strip.yaml hold no "conduction_velocity" (activation_time, block, probes)',
    ),
    "unknown reduction": (
        replaced(GRID, "block.strip.delay", "activation_time.mox"),
        '5:32: collect[1]: no "mox" - did you mean "max"?',
    ),
    "no count": (
        replaced(GRID, "count: 4, ", ""),
        "4:6: sweep.g: a range needs a count here - add, for example, count: 10",
    ),
    "values and a range": (
        replaced(GRID, "count: 4", "values: [1 mS/uF]"),
        "4:67: sweep.g.from: belongs to a range; values are given - keep one of the two",
    ),
    "logarithm of zero": (
        replaced(GRID, "0.1 mS/uF", "0 mS/uF"),
        "4:73: sweep.g.from: 0 mS/uF has no logarithm - use a value above 0, or spacing: linear",
    ),
    "values that are not told apart": (
        replaced(GRID, "to: 0.8 mS/uF, count: 4", "to: 0.10000001 mS/uF, count: 4"),
        "4:113: sweep.g.count: the range has 2 values that 8 digits tell apart - use fewer, or a wider range",
    ),
    "value given twice": (
        replaced(GRID, "1 mm, 2 mm]", "1 mm, 500 um]"),
        "3:72: sweep.width.values[2]: is given twice - remove one",
    ),
    "zipped values given twice": (
        replaced(
            replaced(GRID, "1 mm, 2 mm]", "1 mm, 0.5 mm]"),
            "from: 0.1 mS/uF, to: 0.8 mS/uF, count: 4, spacing: log",
            "values: [0.1 mS/uF, 0.1 mS/uF, 0.1 mS/uF]",
        )
        + "zip: [width, g]\n",
        "3:72: sweep.width.values[2]: is given twice with the same g - remove one",
    ),
    "two axes with one key": (
        GRID.replace("collect", f"  h: {{set: {WIDTH}, values: [3 mm]}}\ncollect"),
        f"5:12: sweep.h.set: {WIDTH} is set by the axis width too - remove one",
    ),
    "combination that cannot be": (
        GRID + "random: {count: 3, seed: 1}\nlatin_hypercube: {count: 3, seed: 1}\n",
        "7:18: latin_hypercube: cannot be combined with random - remove one",
    ),
    "sample without a seed": (
        GRID + "random: {count: 3}\n",
        '6:1: random.seed: is missing - write, for example, "seed: 1"',
    ),
    "boundary along no axis": (
        replaced(FIND, "along: g", "along: q"),
        '6:49: find.along: no axis "q" (width, g)',
    ),
    "boundary along a list": (
        replaced(FIND, "along: g", "along: width").replace("spacing: log", "count: 3"),
        "6:49: find.along: width has no range - give it from: ... and to: ...",
    ),
    "boundary of what is not collected": (
        replaced(FIND, "boundary_of: block.strip.outcome", "boundary_of: block.strip.outcom"),
        '6:21: find.boundary_of: "block.strip.outcom" is not collected - did you mean "block.strip.outcome"?',
    ),
    "tolerance that is none": (
        replaced(FIND, "1 %", "1"),
        '6:63: find.tolerance: "1" is not a tolerance - write, for example, "1 %" or "0.01 mS/uF"',
    ),
    "tolerance in another unit": (
        replaced(FIND, "1 %", "1 mm"),
        "6:63: find.tolerance: is in mm, the axis g in mS/uF",
    ),
    "level in another unit": (
        replaced(replaced(FIND, "outcome", "delay"), "1 %", "1 %, level: 3 mV"),
        "6:73: find.level: is 3 mV, the values are in ms",
    ),
    "refining what has no range": (
        replaced(REFINE, "from: 0.5 mm, to: 4.5 mm, count: 3", "values: [1 mm, 2 mm]"),
        "6:9: refine: needs two axes with a range (from, to, count), found g",
    ),
    "unknown figure": (
        GRID + "figures: [heatmap]\n",
        '6:11: figures[0]: unknown figure of a sweep "heatmap" - did you mean "heat_map"?',
    ),
    "unknown extent": (
        GRID + "keep: all\n",
        '6:7: keep: unknown extent "all" (summary, maps, everything)',
    ),
    "name of an axis that is taken": (
        replaced(GRID, "  g:", "  case:"),
        "4:3: sweep.case: is taken by the table of results - use another name",
    ),
    "name of an axis that is collected": (
        replaced(replaced(GRID, "  g:", "  activation_time:"), "delay]", "delay, activation_time]"),
        "4:20: sweep.activation_time: is collected too, and a table has one thing of a name - use another",
    ),
    "nothing collected": (
        replaced(GRID, "[block.strip.outcome, block.strip.delay]", "[]"),
        "5:10: collect: nothing is kept of the results - write, for example, [block.strip.outcome]",
    ),
    "beat before the first": (
        replaced(GRID, "block.strip.delay", "'activation_time[0]'"),
        "5:32: collect[1]: beats are counted from 1",
    ),
    "too many cases": (
        replaced(
            replaced(GRID, "values: [0.5 mm, 1 mm, 2 mm]", "from: 1 mm, to: 2 mm, count: 2000"),
            "count: 4",
            "count: 2000",
        ),
        "2:1: sweep: 4,000,000 cases are too many (at most 1,000,000) - use fewer values",
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_a_mistake_has_its_message(folder, text, expected):
    found = problems(text)
    assert any(line.startswith(f"sweep.yaml:{expected}") for line in found), found
    assert {path.name for path in folder.iterdir()} == {"strip.yaml", "sweep.yaml"}


def test_all_problems_are_told_at_once(folder):
    text = GRID.replace("strip.width,", "strip.widht,").replace("block.strip.delay", "nothing")
    assert [line.split(": ")[1] for line in problems(text)] == ["sweep.width.set", "collect[1]"]


def test_what_is_only_wrong_together_is_told_with_its_case(folder):
    text = GRID.replace(WIDTH, "tissue.size").replace("[0.5 mm, 1 mm, 2 mm]", "[[6 mm], [3 mm]]")
    (found,) = problems(text)
    assert found.startswith("strip.yaml:10:26: record.probes.after: lies outside the tissue (x 5.6 mm")
    assert found.endswith("(in the case width=[3 mm], g=0.1 mS/uF)")


def test_a_config_is_no_sweep(folder):
    (found,) = problems((folder / "strip.yaml").read_text())
    assert 'is a config, not a sweep of one: it has no base - "cardiac run sweep.yaml" runs it' in found


def test_problems_of_the_base_are_told_at_their_place(folder):
    (folder / "strip.yaml").write_text((folder / "strip.yaml").read_text().replace("90 ms", "90 mV"))
    (found,) = problems(GRID)
    assert found.startswith("strip.yaml:9:17: run.duration:")
