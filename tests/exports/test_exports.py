"""What is exported is what the result holds: ParaView's own reader, and spreadsheets read back to the last bit."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from cardiac import exports
from cardiac.exports import ExportError
from cardiac.result import Result
from cardiac.storage import Writer

ANGLE = np.deg2rad(30.0)
ALONG, ACROSS = 0.2, 0.05  # mm^2/ms


def write(path: Path, ny: int = 5, frames: int = 4, **diffusivity: Any) -> Result:
    """Numbers that are all different, with a scar and a border between two directions of fibres."""
    rng = np.random.default_rng(7)
    nx = 9
    scar = np.zeros((ny, nx), bool)
    scar[0, :2] = ny > 1
    with Writer(path, title="Numbers") as out:
        out.coordinates(y=0.25 * (np.arange(ny) + 0.5), x=0.25 * (np.arange(nx) + 0.5))
        if frames:
            out.series("V", "mV", long_name="membrane potential")
            out.series("m", "1", long_name="m")
            for time in np.cumsum([0.0, 1.0, 2.5, 7.0])[:frames]:
                V, m = rng.normal(size=(2, ny, nx))
                out.append(float(time), {"V": np.where(scar, np.nan, V), "m": m})
        out.field("activation_time", rng.normal(size=(2, ny, nx)), "ms", "activation time")
        out.field("V_rest", np.where(scar, np.nan, rng.normal(size=(ny, nx))), "mV", "resting potential")
        out.field("velocity", rng.normal(), "mm/ms", "conduction velocity")
        for name, values in diffusivity.items():
            out.field(f"diffusivity_{name}", values, "mm^2/ms", f"component {name}")
        weights = {"left": np.zeros((ny, nx)), "strip": np.full((ny, nx), 0.1)}
        out.regions(weights, ~scar if scar.any() else None)
        columns = {"V": (rng.normal(size=20), "mV"), "m": (rng.normal(size=20), "1")}
        out.table("probes/one", {"time": (np.linspace(0, 1, 20), "ms"), **columns}, {"x": (1.0, "mm")})
        out.table("electrograms", {"time": (np.linspace(0, 1, 7), "ms"), "ecg": (rng.normal(size=7), "mV")})
        out.verdict("strip", {"outcome": "blocked", "delay": (np.nan, "ms"), "x": (rng.normal(), "mm"),
                              "bypassed": True, "sentence": 'BLOCKED, "really"'})  # fmt: skip
        out.event(10.0, "2 ms, at the left", "stimulus")
        out.complete()
    return Result.open(path)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    shape = (5, 9)
    turned = np.arange(9) > 4  # from here on the fibres run along y
    c, s = np.cos(ANGLE), np.sin(ANGLE)
    xx = np.broadcast_to(np.where(turned, ACROSS, ALONG * c * c + ACROSS * s * s), shape)
    yy = np.broadcast_to(np.where(turned, ALONG, ALONG * s * s + ACROSS * c * c), shape)
    xy = np.broadcast_to(np.where(turned, 0.0, (ALONG - ACROSS) * s * c), shape)
    return write(tmp_path_factory.mktemp("numbers") / "numbers.h5", xx=xx, xy=xy, yy=yy)


# ParaView -----------------------------------------------------------------------------------------------


class Image:
    """A file as ParaView reads it."""

    def __init__(self, path: Path) -> None:
        reader = pytest.importorskip("vtkmodules.vtkIOHDF", reason='needs the extra "dev"').vtkHDFReader()
        from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as Pipeline

        assert reader.CanReadFile(str(path))
        reader.SetFileName(str(path))
        reader.UpdateInformation()
        self.reader = reader
        self.times = reader.GetOutputInformation(0).Get(Pipeline.TIME_STEPS()) or ()

    def at(self, time: float) -> Any:
        """The image at a time."""
        self.reader.UpdateTimeStep(time)
        return self.reader.GetOutputDataObject(0)

    def arrays(self, time: float) -> dict[str, Any]:
        """The values of the cells (ny, nx) at a time, by name."""
        from vtkmodules.util.numpy_support import vtk_to_numpy

        image = self.at(time)
        nx, ny, _ = (points - 1 for points in image.GetDimensions())
        data = image.GetCellData()
        values = (vtk_to_numpy(data.GetArray(k)).copy() for k in range(data.GetNumberOfArrays()))
        return {
            data.GetArrayName(k): found.reshape(ny, nx, *found.shape[1:]) for k, found in enumerate(values)
        }


def paraview(result: Result, target: Path | None = None) -> Path:
    found = exports.load("paraview")
    (path,) = found.export(result, target or found.target(result.path))
    return path


def test_paraview_sees_the_tissue_where_it_is(result: Result) -> None:
    image = Image(paraview(result)).at(0.0)
    assert image.GetClassName() == "vtkImageData"
    assert image.GetDimensions() == (10, 6, 1)  # points
    assert image.GetSpacing()[:2] == pytest.approx((0.25, 0.25))
    assert image.GetOrigin() == (0.0, 0.0, 0.0)
    assert image.GetBounds() == pytest.approx((0.0, 2.25, 0.0, 1.25, 0.0, 0.0))
    centre = np.mean(np.reshape(image.GetCell(2 * 9 + 3).GetBounds(), (3, 2)), axis=1)
    assert centre == pytest.approx([result.x[3], result.y[2], 0.0])


def test_paraview_sees_the_same_numbers_at_every_time(result: Result) -> None:
    image = Image(paraview(result))
    assert np.array_equal(image.times, result.time)
    for k in (3, 0, 2, 1):  # in any order
        found = image.arrays(result.time[k])
        for name in ("V", "m"):
            assert np.array_equal(found[name], result.frames(name)[k], equal_nan=True)
            assert found[name].dtype == np.float32
        assert np.array_equal(found["activation_time"], result["activation_time"][0])
        assert np.array_equal(found["activation_time_beat_2"], result["activation_time"][1])
        assert np.array_equal(found["V_rest"], result["V_rest"], equal_nan=True)
        assert np.array_equal(found["region_strip"], result.weights["strip"])
        assert np.array_equal(found["conducting"] > 0, result.conducting)
        assert np.array_equal(found["diffusivity_xy"], result["diffusivity_xy"])


def test_paraview_hides_scars(result: Result) -> None:
    image = Image(paraview(result)).at(7.0)
    seen = [[image.IsCellVisible(9 * i + j) for j in range(9)] for i in range(5)]
    assert np.array_equal(np.array(seen, bool), result.conducting)


def test_paraview_sees_fibres(result: Result) -> None:
    fibre = Image(paraview(result)).arrays(0.0)["fibre"]
    assert fibre[:, :5] == pytest.approx(np.broadcast_to([np.cos(ANGLE), np.sin(ANGLE), 0.0], (5, 5, 3)))
    assert fibre[:, 5:] == pytest.approx(np.broadcast_to([0.0, 1.0, 0.0], (5, 4, 3)))


def test_isotropic_tissue_has_no_fibres(tmp_path: Path) -> None:
    same = np.broadcast_to(np.linspace(0.1, 0.2, 9), (5, 9))
    found = Image(paraview(write(tmp_path / "same.h5", xx=same, xy=0.0 * same, yy=same))).arrays(0.0)
    assert "fibre" not in found
    assert np.array_equal(found["diffusivity_xx"], same)


def test_a_cable_and_a_result_without_frames_can_be_seen(tmp_path: Path) -> None:
    cable = Image(paraview(write(tmp_path / "cable.h5", ny=1)))
    assert cable.at(1.0).GetDimensions() == (10, 2, 1)
    assert "vtkGhostType" not in cable.arrays(1.0)
    for frames in (0, 1):  # no series in time
        result = write(tmp_path / f"still_{frames}.h5", frames=frames)
        found = Image(paraview(result)).arrays(0.0)
        assert ("V" in found) == bool(frames)
        if frames:
            assert np.array_equal(found["V"], result.frames("V")[0], equal_nan=True)
        assert np.array_equal(found["V_rest"], result["V_rest"], equal_nan=True)
        assert np.array_equal(found["activation_time_beat_2"], result["activation_time"][1])
        assert np.array_equal(found["region_strip"], result.weights["strip"])
        assert np.array_equal(found["vtkGhostType"] == 0, result.conducting)


def test_the_file_is_small_holds_no_frames_and_is_found_from_anywhere(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "other").mkdir()
    moved = tmp_path / "data" / "numbers.h5"
    shutil.copy(result.path, moved)
    beside = paraview(Result.open(moved))
    apart = paraview(Result.open(moved), tmp_path / "other" / "numbers.vtkhdf")
    monkeypatch.chdir("/")
    assert beside.stat().st_size < 40_000
    with h5py.File(beside) as file:
        link = file["VTKHDF/CellData"].get("V", getlink=True)
        assert (link.filename, link.path) == ("numbers.h5", "/V")
    for path in (beside, apart):
        assert np.array_equal(Image(path).arrays(1.0)["V"], result.frames("V")[1], equal_nan=True)
    (tmp_path / "data").rename(tmp_path / "renamed")  # both go together
    found = Image(tmp_path / "renamed" / "numbers.vtkhdf").arrays(1.0)
    assert np.array_equal(found["V"], result.frames("V")[1], equal_nan=True)
    assert np.array_equal(found["V_rest"], result["V_rest"], equal_nan=True)
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["numbers.vtkhdf"]


def test_a_single_cell_has_nothing_to_see_in_space(tmp_path: Path) -> None:
    with Writer(tmp_path / "cell.h5", title="A cell") as out:
        out.coordinates(y=[0.05], x=[0.05])
        out.complete()
    with pytest.raises(
        ExportError, match="of a single cell: there is nothing to see in space - use --to csv"
    ):
        paraview(Result.open(tmp_path / "cell.h5"))
    assert [path.name for path in tmp_path.iterdir()] == ["cell.h5"]


# CSV ----------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[list[str], dict[str, list[str]]]:
    """The heads of a table, and its columns by them."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    return head, dict(zip(head, map(list, zip(*rows, strict=True)), strict=True))


def numbers(texts: list[str]) -> Any:
    return np.array([float(text) if text else np.nan for text in texts])


@pytest.fixture(scope="module")
def tables(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("csv") / "tables"
    written = exports.load("csv").export(result, folder)
    names = [
        "beats",
        "electrograms",
        "events",
        "maps",
        "maps_by_beat",
        "numbers",
        "probe_one",
        "regions",
        "verdicts",
    ]
    assert sorted(path.stem for path in written) == [name for name in names if name != "beats"]
    assert sorted(folder.iterdir()) == sorted(written)
    return folder


def test_maps_come_back_to_the_last_bit(result: Result, tables: Path) -> None:
    head, found = read(tables / "maps.csv")
    assert head[:3] == ["y (mm)", "x (mm)", "V_rest (mV)"]
    assert "conducting" in head
    y, x = np.meshgrid(result.y, result.x, indexing="ij")
    for name, values in {"y (mm)": y, "x (mm)": x, "V_rest (mV)": result["V_rest"],
                         "diffusivity_xy (mm^2/ms)": result["diffusivity_xy"]}.items():  # fmt: skip
        assert np.array_equal(numbers(found[name]), values.ravel(), equal_nan=True)


def test_maps_of_beats_come_back_to_the_last_bit(result: Result, tables: Path) -> None:
    head, found = read(tables / "maps_by_beat.csv")
    assert head == ["beat", "y (mm)", "x (mm)", "activation_time (ms)"]
    assert found["beat"] == ["1"] * 45 + ["2"] * 45
    assert np.array_equal(numbers(found[head[-1]]), result["activation_time"].ravel())


def test_what_was_recorded_over_time_comes_back_to_the_last_bit(result: Result, tables: Path) -> None:
    head, found = read(tables / "probe_one.csv")
    assert head == ["time (ms)", "V (mV)", "m"]
    for name in head:
        assert np.array_equal(numbers(found[name]), result.probes["one"][name.split()[0]])
    head, found = read(tables / "electrograms.csv")
    assert head == ["time (ms)", "ecg (mV)"]
    assert np.array_equal(numbers(found["ecg (mV)"]), result.table("electrograms").columns["ecg"])


def test_numbers_verdicts_and_events_come_back(result: Result, tables: Path) -> None:
    assert numbers(read(tables / "numbers.csv")[1]["velocity (mm/ms)"]) == [result.velocity]
    _, found = read(tables / "verdicts.csv")
    rows = {q: (v, u) for q, v, u in zip(found["quantity"], found["value"], found["unit"], strict=True)}
    assert rows == {
        "outcome": ("blocked", ""),
        "delay": ("", "ms"),
        "x": (repr(result.block["strip"].x), "mm"),
        "bypassed": ("True", ""),
        "sentence": ('BLOCKED, "really"', ""),
    }
    assert read(tables / "events.csv")[1] == {
        "time (ms)": ["10.0"], "kind": ["stimulus"], "text": ["2 ms, at the left"]
    }  # fmt: skip


def test_regions_are_told_by_name(result: Result, tables: Path) -> None:
    _, found = read(tables / "regions.csv")
    strip = [
        value for name, value in zip(found["region"], found["region_weight"], strict=True) if name == "strip"
    ]
    assert np.array_equal(numbers(strip), result.weights["strip"].ravel())


def test_tables_of_experiments(tmp_path: Path) -> None:
    from cardiac.experiments import Column

    with Writer(tmp_path / "cell.h5", title="A cell") as out:
        out.coordinates(y=[0.05], x=[0.05])
        out.rows(
            "threshold", {"cell": Column(np.array([0, 1])), "current": Column(np.array([0.1, np.nan]), "A/F")}
        )
        out.outcome("threshold", ["A cell.", "Another."])
        out.complete()
    (path,) = exports.load("csv").export(Result.open(tmp_path / "cell.h5"), tmp_path / "csv")
    assert path.name == "table_threshold.csv"
    assert path.read_text().split() == ["cell,current", "(A/F)", "0,0.1", "1,"]


# Formats ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", exports.names())
def test_a_format_says_in_a_line_what_it_makes(name: str) -> None:
    assert exports.load(name).summary.endswith(".")
    assert len(exports.load(name).summary) <= 118


def test_a_format_that_is_not_there_is_told_with_what_is() -> None:
    with pytest.raises(
        ExportError, match=r'unknown format "paravew" - did you mean "paraview"\? \(csv, paraview\)'
    ):
        exports.load("paravew")
    with pytest.raises(ExportError, match="a result is a netCDF-4 file already"):
        exports.load("netcdf")
