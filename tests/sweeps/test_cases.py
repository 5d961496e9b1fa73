"""Cases: each has a name and files of its own, whatever the values are called."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sweep_examples import GRID, WIDTH, Counting, G, carried_out, planned

from cardiac.sweeps import ledger

TITLES = ["a b", "ab", "a/b", "aperb", "AB", "a" * 300, "a" * 301]
AXES = {
    "several keys that share the first value": (
        f"width: {{set: [{WIDTH}, {G}], values: [[1 mm, 0.1 mS/uF], [1 mm, 0.8 mS/uF]]}}"
    ),
    "models that differ in parameters": "model: {set: model, values: ["
    + ", ".join(f"{{name: mitchell_schaeffer_2003, parameters: {{tau_in: 0.{k} ms}}}}" for k in (2, 3, 4))
    + "]}",
    "numbers that are cut to the same": f"g: {{set: {G}, values: [0.1 mS/uF, 0.1000000001 mS/uF]}}",
    "texts that are no names of files": f"title: {{set: title, values: {json.dumps(TITLES)}}}",
}


def swept(axis):
    return planned(f"base: strip.yaml\nsweep:\n  {axis}\ncollect: [block.strip.outcome]\n")


@pytest.mark.parametrize("axis", AXES.values(), ids=AXES)
def test_each_value_is_a_case_of_its_own(folder, axis):
    plan = swept(axis)
    settings = {repr(case.settings) for case in plan.cases()}
    assert len(settings) == len(plan.axes[0].values) > 1
    assert {len(settings)} == {
        len({case.name for case in plan.cases()}),
        len({case.stem.lower() for case in plan.cases()}),
        len({plan.base.digest_of(case) for case in plan.cases()} if "title" not in axis else settings),
    }


def test_a_case_with_plain_values_has_files_of_that_name(folder):
    assert planned(GRID).case((0, 0)).stem == "width=0.5mm,g=0.1mSperuF"


def test_each_case_runs_once_and_is_found_again_without_the_ledger(folder):
    text = GRID.replace(
        "values: [0.5 mm, 1 mm, 2 mm]", "values: [[1 mm, a b], [1 mm, ab], [1 mm, a/b]]"
    ).replace(f"set: {WIDTH}", f"set: [{WIDTH}, title]")
    with ThreadPoolExecutor(2) as pool:
        first = Counting()
        carried_out(planned(text), first, pool)
        assert len(first.cases) == len(set(first.cases)) == 12
        ledger.remove(folder / "sweep.sweep")
        again = Counting()
        assert len(carried_out(planned(text), again, pool).records) == 12
        assert again.cases == []
