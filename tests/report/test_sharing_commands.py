"""`cardiac report` and `cardiac export`: where what they write goes, and what they refuse."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import h5py
import pytest
from report_examples import SHEET, write
from typer.testing import CliRunner

from cardiac.cli.app import app
from cardiac.result import Result
from cardiac.storage.sweeps import Gridded, write_sweep


def invoked(*words: Any, status: int = 0) -> Any:
    """What a command says, after it ended as expected."""
    done = CliRunner().invoke(app, [str(word) for word in words], prog_name="cardiac")
    assert done.exit_code == status, done.output
    return done


@pytest.fixture
def folder(tmp_path: Path, cable: Result, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a result in it."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(cable.path, tmp_path / "cable.h5")
    return tmp_path


def contents(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_report_goes_beside_the_result_into_a_folder_or_into_a_file(folder: Path) -> None:
    assert invoked("report", "cable.h5").stdout == "cable.html\n"
    (folder / "pages").mkdir()
    assert invoked("report", "cable.h5", "-o", "pages").stdout == "pages/cable.html\n"
    assert invoked("report", folder / "cable.h5", "-o", "other.html").stdout == "other.html\n"
    assert contents(folder) == {"cable.h5", "cable.html", "pages", "pages/cable.html", "other.html"}
    assert Path("cable.html").read_text().startswith("<!doctype html>")
    assert Path("cable.html").read_bytes() == Path("other.html").read_bytes()


def test_python_writes_the_same_report(folder: Path) -> None:
    invoked("report", "cable.h5")
    assert Result.open("cable.h5").report("python.html") == Path("python.html")
    assert Path("python.html").read_bytes() == Path("cable.html").read_bytes()


def test_exports_go_beside_the_result_or_where_one_wants(folder: Path) -> None:
    assert invoked("export", "cable.h5", "--to", "paraview").stdout == "cable.vtkhdf\n"
    (folder / "there").mkdir()
    assert invoked("export", "cable.h5", "--to", "paraview", "-o", "there").stdout == "there/cable.vtkhdf\n"
    told = invoked("export", "cable.h5", "--to", "csv").stdout.split()
    assert "cable_csv/maps_by_beat.csv" in told
    assert all(Path(path).is_file() for path in told)
    assert "there/" in invoked("export", "cable.h5", "--to", "csv", "-o", "there/tables").stdout
    with h5py.File("there/cable.vtkhdf") as file:
        assert file["VTKHDF/CellData/V"].shape == (41, 1, 40)  # through the link


def test_export_alone_tells_which_formats_there_are(folder: Path) -> None:
    told = invoked("export", "cable.h5").stdout
    assert "paraview  A small file NAME.vtkhdf" in told
    assert "csv       Tables that a spreadsheet" in told
    assert "xarray and other readers of netCDF-4 open cable.h5 as it is" in told


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["report", "cable.h5"], "cable.html"),
        (["export", "cable.h5", "--to", "paraview"], "cable.vtkhdf"),
        (["export", "cable.h5", "--to", "csv"], "cable_csv/events.csv"),
    ],
)
def test_what_is_there_is_replaced_by_force_alone(folder: Path, words: list[str], made: str) -> None:
    Path(made).parent.mkdir(exist_ok=True)
    Path(made).write_text("precious")
    done = invoked(*words, status=2)
    assert done.stderr.startswith(f"{made} is there already")
    assert "use -o for another place, or --force to replace it" in done.stderr
    assert Path(made).read_text() == "precious"
    invoked(*words, "--force")
    assert Path(made).read_bytes() != b"precious"


MISTAKES = [
    (["report", "nothing.h5"], "nothing.h5: no such file"),
    (["report", "notes.txt"], "notes.txt is not a cardiac result: not a readable HDF5 file"),
    (["export", "other.h5", "--to", "csv"], "other.h5 is not a cardiac result"),
    (["report", "begun.h5"], 'begun.h5: no such file (its run is unfinished: go on with "cardiac resume begun.h5")'),
    (["report", "empty.sweep.h5"], "empty.sweep.h5 holds no results: no case of the sweep was run"),
    (["report", "cable.h5", "-o", "page.pdf"], "-o page.pdf: a report is an HTML page - write -o page.html"),
    (["report", "cable.h5", "-o", "notes.txt/page.html"], "notes.txt: is a file, not a folder"),
    (["export", "cable.h5", "--to", "csv", "-o", "t.csv"], "csv is written to a folder of files - write -o t"),
    (["export", "cable.h5", "--to", "csv", "-o", "notes.txt"], "csv is written to a folder of files"),
    (["export", "cable.h5", "--to", "paraview", "-o", "x.vtk"], "to a file *.vtkhdf - write -o x.vtkhdf"),
    (["export", "cable.h5", "--to", "paravew"], 'unknown format "paravew" - did you mean "paraview"?'),
    (["export", "cable.h5", "--to", "netcdf"], "a result is a netCDF-4 file already: xarray.open_dataset(FILE)"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "problem"), MISTAKES, ids=[" ".join(words) for words, _ in MISTAKES])
def test_a_mistake_is_told_and_nothing_is_written(folder: Path, words: list[str], problem: str) -> None:
    Path("notes.txt").write_text("not a result")
    with h5py.File("other.h5", "w") as file:
        file["x"] = 1.0
    unfinished = Path("begun.h5.part")
    unfinished.mkdir()
    (unfinished / "run.json").write_text("{}")
    nothing = {"width": Gridded(("width",), [1.0], "mm")}
    write_sweep(Path("empty.sweep.h5"), nothing, {"title": "Empty", "runs": 0, "runs_of_full_grid": 1})
    before = contents(folder)
    assert problem in invoked(*words, status=2).stderr
    assert contents(folder) == before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs a folder where nobody may write")
@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["report"], "/proc/a.html"),
        (["export", "--to", "csv"], "/proc/tables"),
        (["export", "--to", "paraview"], "/proc/a.vtkhdf"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told(folder: Path, words: list[str], target: str) -> None:
    assert "/proc: nothing can be written there" in invoked(*words, "cable.h5", "-o", target, status=2).stderr
    assert contents(folder) == {"cable.h5"}


def test_a_report_that_cannot_be_finished_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, text: str, **how: Any) -> int:
        self.touch()
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    assert "No space left on device" in invoked("report", "cable.h5", status=2).stderr
    assert contents(folder) == {"cable.h5"}


def test_a_sheet_with_a_harmful_title_has_a_harmless_report(tmp_path: Path) -> None:
    write(tmp_path / "sheet.h5", SHEET, "</title><script>alert(1)</script>")
    invoked("report", tmp_path / "sheet.h5")
    assert "<script>alert" not in (tmp_path / "sheet.html").read_text()
