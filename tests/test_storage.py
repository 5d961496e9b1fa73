"""The result file: what is written comes back, other programs can read it, and half a file is no file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardiac import storage
from cardiac.storage import ResultError, Writer, quantum, rounded

SHAPES = {"cell": (1, 1), "cable": (1, 90), "sheet": (70, 130)}  # the sheet: more than one chunk either way


class Config:
    text = "title: a wave  # as written\n"
    digest = "0123"

    def resolved(self) -> dict[str, Any]:
        return {"title": "a wave", "tissue": {"size": ["40 mm", "10 mm"]}}


def started(path: Path, shape: tuple[int, int] = (3, 4), **options: Any) -> Writer:
    out = Writer(path, title="a wave", **options)
    out.coordinates(y=np.arange(shape[0]) + 0.5, x=np.arange(shape[1]) + 0.5)
    return out


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_frames_come_back_within_their_precision(tmp_path: Path, shape: tuple[int, int]) -> None:
    frames = np.random.default_rng(0).uniform(-95, 40, (40, *shape))
    frames[:, 0, 0] = np.nan
    with started(tmp_path / "a.h5", shape) as out:
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        out.series("Ca_i", "mM", long_name="calcium", precision="full")
        for i, frame in enumerate(frames):
            out.append(0.5 * i, {"V": frame, "Ca_i": frame / 1e4})
        out.complete()
    assert np.array_equal(storage.read(tmp_path / "a.h5", "time"), 0.5 * np.arange(40))
    np.testing.assert_allclose(storage.read(tmp_path / "a.h5", "V"), frames, rtol=0, atol=0.005)
    # float32 has 24 significant bits
    np.testing.assert_allclose(storage.read(tmp_path / "a.h5", "Ca_i"), frames / 1e4, rtol=2.0**-24)


def test_more_frames_than_a_chunk_holds_come_back_in_order(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5") as out:
        out.series("V", "mV", long_name="membrane potential", precision=1.0)
        for i in range(2500):
            out.append(i, {"V": np.full((3, 4), i)})
        out.complete()
    assert np.array_equal(storage.read(tmp_path / "a.h5", "V", (slice(None), 0, 0)), np.arange(2500))


def test_frames_are_chunked_in_tiles_and_compressed_without_plugins(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5", (200, 300)) as out:
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        out.complete()
    with h5py.File(tmp_path / "a.h5") as file:
        dataset = file["V"]
        assert dataset.chunks[1:] == (64, 64)
        assert 2**18 <= 4 * np.prod(dataset.chunks) <= 2**20
        assert (dataset.compression, dataset.compression_opts, dataset.shuffle) == ("gzip", 1, True)
        assert dataset.attrs["precision"] == 0.01


def test_rounding_makes_frames_smaller(tmp_path: Path) -> None:
    x, t = np.linspace(0, 10, 64), np.arange(32)
    frames = -85 + 100 / (1 + np.exp(-(t[:, None, None] / 3 - x + np.sin(x)[:, None] / 5)))
    sizes = {}
    for precision in ("full", 0.01):
        path = tmp_path / f"{precision}.h5"
        with started(path, (64, 64)) as out:
            out.series("V", "mV", long_name="membrane potential", precision=precision)
            for time, frame in zip(t, frames, strict=True):
                out.append(time, {"V": frame})
            out.complete()
        with h5py.File(path) as file:
            sizes[precision] = file["V"].id.get_storage_size()
    assert sizes[0.01] < 0.6 * sizes["full"]


@given(value=st.floats(-500, 500), precision=st.floats(1e-4, 10))
def test_rounding_errs_by_at_most_half_the_precision(value: float, precision: float) -> None:
    kept = rounded(value, precision)
    assert abs(float(kept) - value) <= precision / 2
    assert rounded(kept, precision) == kept


@given(precision=st.floats(1e-6, 1e3))
def test_rounding_keeps_no_bit_too_many(precision: float) -> None:
    assert quantum(precision) <= precision < 2 * quantum(precision)


def test_rounding_keeps_what_is_undefined() -> None:
    assert np.isnan(rounded(np.nan, 0.01))


def test_everything_else_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    activation = np.arange(24.0).reshape(2, 3, 4)
    activation[1, 2] = np.nan
    times, potentials = np.linspace(0, 1, 7), np.linspace(-85, 40, 7)
    with started(path) as out:
        out.field("activation_time", activation, "ms", "activation time", {"threshold": (-40.0, "mV")})
        out.field("apd90", activation[0], "ms", "action potential duration")
        out.field("velocity", 0.6, "mm/ms", "conduction velocity")
        out.table("probes/b", {"time": (times, "ms"), "V": (potentials, "mV")}, {"x": (1.5, "mm")})
        out.table("probes/a", {"time": (times, "ms"), "V": (potentials, "mV")})
        out.verdict("strip", {"outcome": "blocked", "delay": (np.nan, "ms"), "reached_fraction": 0.0})
        out.event(10.0, "stimulus of 2 ms", "stimulus")
        out.state({"V": (activation[0], "mV"), "m": (activation[0] / 100, "1")}, {"time": (400.0, "ms")})
        out.provenance(Config(), {"threads": 2, "wall_time": (1.5, "s")})
        out.complete()

    contents = storage.catalogue(path)
    assert contents.title == "a wave"
    assert contents.variables["activation_time"][:3] == (("beat", "y", "x"), (2, 3, 4), "ms")
    assert contents.probes == ("b", "a")  # as they were written
    assert np.array_equal(storage.read(path, "activation_time"), activation, equal_nan=True)
    assert np.array_equal(storage.read(path, "activation_time", 0), activation[0])
    assert np.array_equal(storage.read(path, "beat"), [1, 2])
    assert storage.read(path, "velocity") == 0.6

    probe = storage.table(path, "probes/b")
    assert np.array_equal(probe.columns["V"], potentials)
    assert probe.units == {"time": "ms", "V": "mV"}
    assert (probe.attributes, probe.attribute_units) == ({"x": 1.5}, {"x": "mm"})

    verdict = storage.table(path, "verdicts/strip")
    assert verdict.attributes == pytest.approx(
        {"outcome": "blocked", "delay": np.nan, "reached_fraction": 0}, nan_ok=True
    )
    assert verdict.attribute_units == {"delay": "ms"}

    events = storage.table(path, "events").columns
    assert [events[name].tolist() for name in ("time", "kind", "text")] == [
        [10.0],
        ["stimulus"],
        ["stimulus of 2 ms"],
    ]
    state = storage.table(path, "state_final")
    assert np.array_equal(state.columns["m"], activation[0] / 100)
    assert state.columns["m"].dtype == np.float64
    assert storage.configs(path) == (Config.text, Config().resolved())


def test_provenance_names_what_a_result_depends_on(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5") as out:
        out.provenance(Config(), {"threads": 2})
        out.complete()
    found = storage.table(tmp_path / "a.h5", "provenance").attributes
    assert {
        "cardiac",
        "python",
        "numpy",
        "numba",
        "h5py",
        "command",
        "host",
        "cpu",
        "digest",
        "threads",
    } <= found.keys()
    assert found["numpy"] == np.__version__


def test_nothing_has_the_final_name_before_it_is_complete(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5") as out:
        out.series("V", "mV", long_name="membrane potential")
        out.append(0.0, {"V": np.zeros((3, 4))})
        assert not (tmp_path / "a.h5").exists()
        out.complete()
        assert (tmp_path / "a.h5").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


def test_what_is_not_completed_is_removed(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5"):
        pass
    with pytest.raises(KeyboardInterrupt), started(tmp_path / "b.h5"):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_killed_writer_leaves_nothing_that_looks_finished(tmp_path: Path) -> None:
    program = """
        import os, sys, numpy as np
        from cardiac.storage import Writer
        out = Writer(sys.argv[1], title="killed")
        out.coordinates(y=np.arange(64), x=np.arange(64))
        out.series("V", "mV", long_name="membrane potential")
        for i in range(40):
            out.append(i, {"V": np.random.rand(64, 64)})
        os._exit(9)
    """
    package = str(Path(storage.__file__).parents[2])
    command = [sys.executable, "-c", dedent(program), str(tmp_path / "a.h5")]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": package}, check=False)
    assert done.returncode == 9
    assert not (tmp_path / "a.h5").exists()
    (left,) = tmp_path.iterdir()
    with pytest.raises(ResultError, match=r"unfinished|not a readable HDF5 file"):
        storage.catalogue(left)


def test_an_existing_file_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    path.write_text("precious")
    with pytest.raises(FileExistsError, match=r"a\.h5 exists"):
        Writer(path, title="a wave")
    with started(path, overwrite=True):
        pass
    assert path.read_text() == "precious"
    with started(path, overwrite=True) as out:
        out.complete()
    assert storage.catalogue(path).title == "a wave"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with started(path) as out:
        path.write_text("precious")
        with pytest.raises(FileExistsError):
            out.complete()
    assert path.read_text() == "precious"


def test_frames_come_in_the_order_of_time_and_all_together(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5") as out:
        out.series("V", "mV", long_name="membrane potential")
        out.append(1.0, {"V": np.zeros((3, 4))})
        with pytest.raises(ValueError, match="frame at 1 ms after the one at 1 ms"):
            out.append(1.0, {"V": np.zeros((3, 4))})
        with pytest.raises(ValueError, match=r"frames of \['m'\] given, of \['V'\] declared"):
            out.append(2.0, {"m": np.zeros((3, 4))})


def test_xarray_opens_it_with_coordinates_and_units(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    path = tmp_path / "a.h5"
    activation = np.full((2, 3, 4), np.nan)
    with started(path) as out:
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        out.append(0.0, {"V": np.zeros((3, 4))})
        out.append(2.0, {"V": np.ones((3, 4))})
        out.field("activation_time", activation, "ms", "activation time")
        out.regions({"strip": np.eye(3, 4), "disk": np.zeros((3, 4))}, conducting=np.ones((3, 4), bool))
        out.table("probes/before", {"time": ([0.0, 1.0, 3.0], "ms"), "I_Na": ([0.0, -5.0, 0.0], "A/F")})
        out.provenance(Config(), {"threads": 1})
        out.complete()
    with xarray.open_dataset(path) as data:
        assert data.V.dims == ("time", "y", "x")
        assert float(data.V.sel(time=2.0, y=1.5, x=0.5)) == 1
        assert {name: data[name].attrs["units"] for name in ("time", "x", "V", "activation_time")} == {
            "time": "ms",
            "x": "mm",
            "V": "mV",
            "activation_time": "ms",
        }
        assert data.attrs["title"] == "a wave"
        assert data.activation_time.dims == ("beat", "y", "x")
        assert data.activation_time.isnull().all()
        assert data.region_weight.sel(region="strip").sum() == 3
    with xarray.open_dataset(path, group="probes/before") as probe:
        assert float(probe.I_Na.sel(time=1.0)) == -5
        assert probe.I_Na.attrs["units"] == "A/F"
    with xarray.open_dataset(path, group="provenance") as provenance:
        assert str(provenance.config_as_written.values) == Config.text


def test_a_disk_that_is_full_ends_the_run_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cardiac.storage.frames._packed", full)

    def write(out: Writer, frames: int) -> None:
        with out:
            out.series("V", "mV", long_name="membrane potential")
            for i in range(frames):
                out.append(i, {"V": np.zeros((3, 4))})
            out.complete()

    for frames in (1, 5000):  # fewer and more than wait for their chunk
        with pytest.raises(OSError, match="No space left"):
            write(started(tmp_path / "a.h5"), frames)
    assert list(tmp_path.iterdir()) == []


def test_a_frame_of_another_shape_is_refused(tmp_path: Path) -> None:
    with started(tmp_path / "a.h5") as out:
        out.series("V", "mV", long_name="membrane potential")
        with pytest.raises(ValueError, match=r"frame \(1, 4\) of V given"):
            out.append(0.0, {"V": np.zeros((1, 4))})
