"""A result file read back through `Result`."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from cardiac.result import Event, Result, ResultError
from cardiac.storage import Writer

Y, X = np.arange(3) + 0.5, np.arange(4) + 0.5


class Config:
    text = "title: a wave\n"
    digest = "0123"

    def resolved(self) -> dict[str, Any]:
        return {"title": "a wave"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("result") / "strip.h5"
    with Writer(path, title="a wave") as out:
        out.coordinates(y=Y, x=X)
        out.series("V", "mV", long_name="membrane potential", precision=1.0)
        for time in (0.0, 1.0, 4.0):
            out.append(time, {"V": np.full((3, 4), time)})
        out.field("activation_time", [np.full((3, 4), 7.0), np.full((3, 4), np.nan)], "ms", "activation time")
        out.field("velocity", 0.6, "mm/ms", "conduction velocity")
        weight = np.zeros((3, 4))
        weight[:, 1:3] = [0.4, 0.5]
        out.regions({"strip": weight}, conducting=np.arange(12).reshape(3, 4) > 0)
        out.table(
            "probes/before", {"time": ([0.0, 1.0], "ms"), "V": ([-85.0, 20.0], "mV")}, {"x": 1.5, "y": 0.5}
        )
        out.verdict("strip", {"outcome": "blocked", "position": (1.9, "mm"), "sentence": "BLOCKED at 1.9 mm"})
        out.event(10.0, "2 ms at the left", "stimulus")
        out.state({"V": (np.zeros((3, 4)), "mV")}, {"time": (4.0, "ms")})
        out.provenance(Config(), {"threads": 2})
        out.complete()
    return path


@pytest.fixture
def result(path: Path) -> Result:
    return Result.open(path)


def test_it_tells_where_and_when(result: Result) -> None:
    assert result.title == "a wave"
    assert result.shape == (3, 4)
    assert result.kind == "sheet"
    held = ["V", "time", "activation_time", "probes", "block"]
    assert [name for name in [*held, "apd90", "title"] if result.holds(name)] == held
    assert result.size == (4.0, 3.0)
    assert np.array_equal(result.x, X)
    assert np.array_equal(result.y, Y)
    assert np.array_equal(result.time, [0, 1, 4])
    assert result.names() == ["V", "activation_time", "velocity", "region_weight", "conducting"]
    assert result.units("V") == "mV"
    assert result.long_name("V") == "membrane potential"


def test_an_attribute_is_the_first_beat_and_an_item_is_all(result: Result) -> None:
    assert np.array_equal(result.activation_time, np.full((3, 4), 7.0))
    assert result["activation_time"].shape == (2, 3, 4)
    assert np.isnan(result["activation_time"][1]).all()
    assert result.velocity == 0.6


def test_frames_are_read_as_they_are_indexed(result: Result) -> None:
    frames = result.frames("V")
    assert len(frames) == 3
    assert np.array_equal(frames[-1], np.full((3, 4), 4.0))
    assert np.array_equal(frames[:, 0, 0], [0, 1, 4])
    assert np.asarray(frames).shape == frames.shape == (3, 3, 4)
    assert [frames.nearest(time) for time in (-1, 1.4, 9)] == [0, 1, 2]
    assert np.array_equal(result.V[1], frames[1])


def test_a_region_is_the_cells_at_least_half_within(result: Result) -> None:
    assert result.regions["strip"].sum(axis=0).tolist() == [0, 0, 3, 0]
    assert not result.conducting[0, 0]
    assert result.conducting.sum() == 11


def test_probes_verdicts_events_and_state(result: Result) -> None:
    before = result.probes["before"]
    assert before.position == (1.5, 0.5)
    assert before.V.tolist() == before["V"].tolist() == [-85, 20]
    assert (before.names(), before.units("V")) == (["V"], "mV")
    verdict = result.block["strip"]
    assert (verdict.outcome, verdict.position, verdict.units("position")) == ("blocked", 1.9, "mm")
    assert repr(verdict) == "Verdict strip: BLOCKED at 1.9 mm"
    assert result.events == [Event(10.0, "stimulus", "2 ms at the left")]
    assert result.state.columns["V"].shape == (3, 4)
    assert result.config == {"title": "a wave"}
    assert result.config_text == Config.text
    assert result.provenance["threads"] == 2


def test_a_misspelt_name_is_answered_with_the_nearest(result: Result) -> None:
    with pytest.raises(AttributeError, match=r'no "activation_tme" - did you mean "activation_time"\?'):
        _ = result.activation_tme
    with pytest.raises(AttributeError, match=r'did you mean "probes"\?'):
        _ = result.prbes
    with pytest.raises(ResultError, match=r'no "velocty" - did you mean "velocity"\?'):
        _ = result["velocty"]
    with pytest.raises(AttributeError, match=r'probe before: no "I_Na" \(time, V\)'):
        _ = result.probes["before"].I_Na
    with pytest.raises(AttributeError, match=r'verdict strip: no "outcom" - did you mean "outcome"\?'):
        _ = result.block["strip"].outcom
    with pytest.raises(ResultError, match="activation_time has no frames"):
        result.frames("activation_time")


def test_it_cannot_be_changed(result: Result) -> None:
    with pytest.raises(FrozenInstanceError):
        result.path = Path("other.h5")  # type: ignore[misc]


def test_it_can_be_sent_to_another_process(result: Result) -> None:
    assert pickle.loads(pickle.dumps(result)) == result
    assert copy.deepcopy(result).probes["before"].V.tolist() == [-85, 20]


def test_it_shows_what_it_holds(result: Result) -> None:
    assert repr(result).splitlines()[:3] == [
        'Result strip.h5 "a wave"',
        "├ V(time 3, y 3, x 4) [mV]",
        "├ activation_time(beat 2, y 3, x 4) [ms]",
    ]
    assert repr(result).splitlines()[-1] == "└ block: strip"
    summary = result.summary()
    for line in [
        "verdict   BLOCKED at 1.9 mm",
        "tissue    4 x 3 mm, 4 x 3 cells",
        "stimuli   10 ms  2 ms at the left",
        "values    V: 3 frames, 0 to 4 ms",
        "          activation_time: 7 ms, defined in 50%",
        "          velocity: 0.6 mm/ms",
        "probes    before: 2 times of V",
    ]:
        assert line in summary.splitlines()


def test_it_becomes_a_dataset(result: Result) -> None:
    pytest.importorskip("h5netcdf")
    with result.to_xarray() as data:
        assert data.V.sel(time=4.0).mean() == 4


def test_a_file_that_is_no_result_is_refused_with_the_reason(tmp_path: Path, path: Path) -> None:
    with pytest.raises(ResultError, match=r"none\.h5: no such file$"):
        Result.open(tmp_path / "none.h5")
    (tmp_path / "none.h5.tmp-7").touch()
    with pytest.raises(ResultError, match=r"no such file \(none\.h5\.tmp-7 is a run that has not ended\)"):
        Result.open(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(ResultError, match=r"text\.h5 is not a cardiac result: not a readable HDF5 file"):
        Result.open(tmp_path / "text.h5")
    with h5py.File(tmp_path / "foreign.h5", "w"):
        pass
    with pytest.raises(ResultError, match=r"foreign\.h5 is not a cardiac result$"):
        Result.open(tmp_path / "foreign.h5")
    for key, value, reason in [
        ("status", "unfinished", "is unfinished"),
        ("format", "cardiac/9", "format cardiac/9"),
    ]:
        changed = tmp_path / f"{key}.h5"
        changed.write_bytes(path.read_bytes())
        with h5py.File(changed, "r+") as file:
            file.attrs[key] = value
        with pytest.raises(ResultError, match=reason):
            Result.open(changed)


def test_a_file_that_is_being_written_is_named_whatever_the_result_is_called(tmp_path):
    (tmp_path / "a[1].h5.tmp-7").touch()
    (tmp_path / "a1.h5.tmp-8").touch()
    with pytest.raises(ResultError, match=r"no such file \(a\[1\]\.h5\.tmp-7 is a run that has not ended\)"):
        Result.open(tmp_path / "a[1].h5")


def test_a_result_of_which_little_was_recorded_still_answers(tmp_path: Path) -> None:
    with Writer(tmp_path / "bare.h5", title="bare") as out:
        out.coordinates(y=[0.05], x=[0.05])
        out.complete()
    bare = Result.open(tmp_path / "bare.h5")
    assert (bare.names(), bare.probes, bare.block, bare.regions, bare.events) == ([], {}, {}, {}, [])
    assert bare.kind == "cell"
    assert not any(map(bare.holds, ("time", "probes", "block")))
    assert (bare.config, bare.config_text, len(bare.time)) == ({}, "", 0)
    assert bare.conducting.all()
    assert "single cell" in bare.summary()
