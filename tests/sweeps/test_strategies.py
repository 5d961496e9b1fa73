"""Which case comes next: neighbours lead each other, grids are refined only where the answer changes."""

import math
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sweep_examples import FIND, GRID, REFINE, WIDTH, Counting, G, carried_out, critical, outcome, planned

from cardiac.sweeps import ledger, records, results, work
from cardiac.sweeps.collect import Collected
from cardiac.sweeps.records import Record
from cardiac.sweeps.strategies import strategy
from cardiac.table import SweepTable


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as pool:
        yield pool


def table(coordinator, path):
    results.write(path, coordinator.plan, coordinator.strategy, coordinator.records)
    return SweepTable.open(path)


@pytest.mark.parametrize("width", [1, 2, 4])
def test_boundaries_are_found_for_every_combination(folder, pool, width):
    perform = Counting()
    found = table(carried_out(planned(FIND), perform, pool, width), folder / "found.h5")
    for k, strip in enumerate(found["width"]):
        assert found["low"][k] < critical(strip) <= found["high"][k]
        assert found["high"][k] / found["low"][k] < 1.0101
    assert sorted(perform.cases) == sorted(set(perform.cases))
    assert found["runs"].sum() == len(found["case.g"]) <= len(perform.cases) == found.attributes["runs"]
    assert width > 1 or found["runs"].sum() == len(perform.cases)  # none was looked at in advance
    assert found.attributes["runs"] < found.attributes["runs_of_full_grid"] / 5
    assert list(found["remark"]) == ["", "", ""]


def islands(task):
    """An answer that changes several times along g, elsewhere for each width."""
    settings = {key: float(text.split()[0]) for key, text in task.settings.items()}
    width, g = settings[WIDTH], settings[G.strip('"')]
    said = "blocked" if math.sin(9.0 * math.log(g) + 5.0 * width) > 0.3 else "conducted"
    record = outcome(task)._replace(values={"block.strip.outcome": Collected(said, "")})
    records.write(Path(f"{task.target}.json"), record)
    return record


@pytest.mark.parametrize("perform", [outcome, islands], ids=["one boundary", "several"])
def test_the_boundaries_do_not_depend_on_the_number_of_workers(folder, pool, monkeypatch, perform):
    found, swept = [], FIND.replace("0.5 mm, 1 mm, 2 mm", "0.5 mm, 0.75 mm, 1 mm, 1.5 mm, 2 mm")
    for width in (1, 2, 4):
        where = folder / str(width)
        where.mkdir()
        (where / "strip.yaml").write_text((folder / "strip.yaml").read_text())
        monkeypatch.chdir(where)
        found.append(table(carried_out(planned(swept), perform, pool, width), where / "found.h5"))
    for name in (name for name in found[0].contents if name != "case.seconds"):
        for other in found[1:]:
            np.testing.assert_array_equal(found[0][name], other[name])
    assert any("not monotone" in remark for remark in found[0]["remark"]) == (perform is islands)


def test_coordinates_that_are_texts_with_commas_are_recognized(folder, pool):
    """As names of cases they could be taken for others."""
    swept = FIND.replace(
        "  g: {set", '  model: {set: title, values: ["a, g=7 mS/uF", "b, width=1 mm"]}\n  g: {set'
    )
    first = table(carried_out(planned(swept), outcome, pool, 4), folder / "first.h5")
    again = Counting()
    second = table(carried_out(planned(swept), again, pool, 1), folder / "second.h5")
    assert again.cases == []
    np.testing.assert_array_equal(first["case.g"], second["case.g"])


def test_a_search_that_ends_with_the_first_failure_has_a_table(folder, pool):
    def failing(task):
        record = work.failed(task, "no luck")
        records.write(Path(f"{task.target}.json"), record)
        return record

    coordinator = carried_out(planned(FIND), failing, pool, 2, fail_fast=True)
    assert coordinator.strategy.next(1) is not None  # one that was asked for and will not be run
    found = table(coordinator, folder / "found.h5")
    assert np.isnan(found["boundary"]).all()
    assert any("no luck" in remark for remark in found["remark"])
    assert "the search was not finished" in list(found["remark"])


@pytest.mark.parametrize("swept", [FIND, GRID, REFINE], ids=["find", "grid", "refine"])
def test_the_table_of_a_sweep_of_which_nothing_ran_is_told(folder, swept):
    plan = planned(swept)
    results.write(folder / "nothing.h5", plan, strategy(plan), {})
    assert "0 runs" in SweepTable.open(folder / "nothing.h5").summary().splitlines()


def test_a_search_along_an_axis_around_zero_has_a_table(folder, pool):
    reversal = "regions.strip.mechanisms[0].potassium_conductance.reversal"
    swept = FIND.replace(G, f'"{reversal}"').replace(
        "0.1 mS/uF, to: 4 mS/uF, spacing: log", "-3 mV, to: 3 mV"
    )

    def from_a_reversal_on(task):
        g = "3 mS/uF" if float(task.settings[reversal].split()[0]) >= 1.234 else "0 mS/uF"
        return outcome(task._replace(settings={**task.settings, G.strip('"'): g}))

    found = table(carried_out(planned(swept), from_a_reversal_on, pool), folder / "found.h5")
    assert (found["low"] < 1.234).all()
    assert (found["high"] >= 1.234).all()
    assert (
        found.attributes["runs_of_full_grid"] == 3 * 401
    )  # at 1 % of 1.5, the mean of the values without sign


@pytest.mark.parametrize("heard", [True, False], ids=["ledger", "records alone"])
def test_a_second_start_of_a_search_runs_nothing_again(folder, pool, heard):
    """Which points are looked at depends on which answers come first; those there are must do."""
    first = table(carried_out(planned(FIND), outcome, pool, 4), folder / "first.h5")
    if not heard:
        ledger.remove(folder / "sweep.sweep")
    again = Counting()
    second = table(carried_out(planned(FIND), again, pool, 1), folder / "second.h5")
    assert again.cases == []
    for name in first.contents:
        np.testing.assert_array_equal(first[name], second[name])


def test_a_search_that_was_cut_short_uses_what_it_has(folder, pool):
    undisturbed = carried_out(planned(FIND), outcome, pool, 1)
    kept = sorted((folder / "sweep.sweep/cases").glob("width=1mm*.json"))
    for record in kept[: len(kept) // 2]:
        record.unlink()
    ledger.remove(folder / "sweep.sweep")
    again = Counting()
    found = table(carried_out(planned(FIND), again, pool, 2), folder / "found.h5")
    assert len(again.cases) <= len(kept) // 2 + 4
    assert all(case.startswith("width=1 mm") for case in again.cases)
    assert found["low"][1] < critical(1.0) <= found["high"][1]
    assert found["high"][1] / found["low"][1] < 1.0101
    assert len(found["case.g"]) <= len(undisturbed.records) + 4


def test_neighbours_lead_each_other(folder, pool):
    many = ", ".join(f"{w} mm" for w in np.linspace(1.0, 2.0, 11).round(2))
    found = table(
        carried_out(planned(FIND.replace("0.5 mm, 1 mm, 2 mm", many)), outcome, pool, 1), folder / "found.h5"
    )
    assert found["runs"][2:].mean() < found["runs"][0]


def test_a_search_without_other_axes(folder, pool):
    swept = FIND.replace(
        "  width: {set: regions.strip.shape.strip.width, values: [0.5 mm, 1 mm, 2 mm]}\n", ""
    )

    def of_a_millimetre(task):
        return outcome(task._replace(settings={"regions.strip.shape.strip.width": "1 mm", **task.settings}))

    found = table(carried_out(planned(swept), of_a_millimetre, pool), folder / "found.h5")
    assert found["low"] < critical(1.0) <= found["high"]
    assert f"g: {float(found['boundary']):.4g} mS/uF" in found.summary()


def test_a_refined_grid_has_the_answers_of_the_full_one(folder, pool):
    perform = Counting()
    found = table(carried_out(planned(REFINE), perform, pool), folder / "refined.h5")
    width, g = np.meshgrid(found["width"], found["g"], indexing="ij")
    assert found["answer"].shape == (17, 17)
    expected = np.where(g >= critical(width), "blocked", "conducted")
    np.testing.assert_array_equal(found["answer"], expected)
    assert len(perform.cases) == len(set(perform.cases)) < 0.6 * 17 * 17
    assert (found["state"] != "not run").sum() == len(perform.cases)
    ran = found["state"] == "done"
    np.testing.assert_array_equal(found["block.strip.outcome"][ran], expected[ran])
    assert (found["block.strip.outcome"][~ran] == "").all()


def refined(said, order):
    """What a refined grid asks for if its cases end in any order, and its answers."""
    refinement, running = strategy(planned(REFINE)), []
    while True:
        while len(running) < 3 and (case := refinement.next(1)) is not None:
            running.append(case)
        if not running:
            break
        case = running.pop(order.randrange(len(running)))
        values = {"block.strip.outcome": Collected(said(*case.at.values()), "")}
        refinement.tell(case, Record(case.name, "", records.DONE, "", values))
    return refinement, np.array([[refinement.answer((i, j)) for j in range(17)] for i in range(17)])


def test_a_refined_cell_heeds_what_its_neighbours_have_seen(folder):
    """A tongue that crosses the side of a coarse cell between its corners, all of which say something else."""

    def tongue(width, g):
        return "blocked" if (width <= 2.8 and 0.45 <= g <= 0.9) or width < 1.1 else "conducted"

    asked = set()
    for seed in range(4):
        refinement, answers = refined(tongue, random.Random(seed))
        widths, gs = ([value.at for value in axis.values] for axis in refinement.plan.axes)
        np.testing.assert_array_equal(answers, [[tongue(w, g) for g in gs] for w in widths])
        asked.add(frozenset(case.name for case in refinement.cases))
    assert len(asked) == 1  # whichever comes first


def test_a_refined_grid_tells_where_the_answer_is_not_monotone(folder, pool):
    def ring(task):
        width, g = (float(task.settings[key].split()[0]) for key in (WIDTH, G.strip('"')))
        inside = 0.2 <= g <= 0.7 and width < 3.0
        values = {
            "block.strip.outcome": Collected("blocked" if inside else "conducted", ""),
        }
        record = outcome(task)._replace(values=values)
        records.write(Path(f"{task.target}.json"), record)
        return record

    found = table(carried_out(planned(REFINE), ring, pool), folder / "refined.h5")
    assert found.remark.startswith("not monotone along g on ")
    assert "conducted from 0.1 mS/uF, blocked from " in found.remark
    assert found.remark in found.summary()


def test_a_refined_grid_whose_answer_is_monotone_has_no_remark(folder, pool):
    assert table(carried_out(planned(REFINE), outcome, pool), folder / "refined.h5").remark == ""


def test_a_grid_has_every_case_once(folder, pool):
    perform = Counting()
    found = table(carried_out(planned(GRID), perform, pool), folder / "grid.h5")
    assert found.dimensions == {"width": 3, "g": 4}
    assert len(perform.cases) == len(set(perform.cases)) == 12
    np.testing.assert_array_equal(found["block.strip.delay"], np.tile(10.0 * found["g"], (3, 1)))
    assert found.unit("block.strip.delay") == "ms"
    assert found.unit("g") == "mS/uF"


def test_a_grid_opens_in_xarray(folder, pool):
    pytest.importorskip("xarray")
    data = table(carried_out(planned(GRID), outcome, pool), folder / "grid.h5").to_xarray()
    assert data["block.strip.outcome"].dims == ("width", "g")
    assert data["g"].attrs["units"] == "mS/uF"
    blocked = data["block.strip.outcome"].sel(width=0.5, g=0.8).item()
    assert blocked == "blocked"
    assert data["block.strip.delay"].sel(width=1.0).max().item() == pytest.approx(8.0)


def test_the_table_of_a_search_opens_in_xarray(folder, pool):
    pytest.importorskip("xarray")
    data = table(carried_out(planned(FIND), outcome, pool), folder / "found.h5").to_xarray()
    assert data["boundary"].dims == data["remark"].dims == ("width",)
    assert data["case.g"].dims == data["case.answer"].dims == ("case",)
    assert data["low"].sel(width=1.0).item() < critical(1.0) <= data["high"].sel(width=1.0).item()
    assert data["boundary"].attrs["units"] == data["case.g"].attrs["units"] == "mS/uF"
    assert data["above"].sel(width=2.0).item() == "blocked"


def test_what_goes_together_shares_a_dimension_in_xarray(folder, pool):
    pytest.importorskip("xarray")
    swept = planned(GRID.replace("count: 4", "count: 3") + "zip: [width, g]\n")
    data = table(carried_out(swept, outcome, pool), folder / "grid.h5").to_xarray()
    assert data["block.strip.outcome"].dims == ("width",)
    assert data.coords["g"].dims == ("width",)


def test_the_summary_opens_in_a_spreadsheet(folder, pool):
    table(carried_out(planned(GRID), outcome, pool), folder / "grid.h5")
    head, first, *rest = (folder / "sweep.summary.csv").read_text().splitlines()
    assert head.split(",")[:4] == ["width (mm)", "g (mS/uF)", "block.strip.outcome", "block.strip.delay (ms)"]
    assert first.split(",")[:4] == ["0.5", "0.1", "conducted", "1.0"]
    assert len(rest) == 11
