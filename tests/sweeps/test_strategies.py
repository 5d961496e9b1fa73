"""Which case comes next: neighbours lead each other, grids are refined only where the answer changes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sweep_examples import FIND, GRID, REFINE, Counting, carried_out, critical, outcome, planned

from cardiac.sweeps import ledger, results
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
    assert found.attributes["runs"] == len(perform.cases) == found["runs"].sum() == len(found["case.g"])
    assert found.attributes["runs"] < found.attributes["runs_of_full_grid"] / 5
    assert list(found["remark"]) == ["", "", ""]


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
