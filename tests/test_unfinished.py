"""A run that is cut short, at any moment and in any way, goes on to the very same result."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

import cardiac as cc
from cardiac import runner
from cardiac.assembly import assemble
from cardiac.cli.app import app
from cardiac.experiments import s1s2
from cardiac.preparation import Preparation, Trial
from cardiac.runner import place, running, trials
from cardiac.simulation import NotFinite, Simulation
from cardiac.storage import Locked, Unfinished, Writer, checkpoint, locked
from cardiac.storage.checkpoint import CorruptCheckpoint

SHEET = """
title: A sheet
model: mitchell_schaeffer_modified
tissue: {size: [8 mm, 4 mm], spacing: 0.25 mm, diffusivity: 0.1 mm^2/ms}
regions:
  scar: {shape: {disk: {center: [5 mm, 1 mm], radius: 0.7 mm}}, conducts: false}
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold, count: 2, interval: 300 ms}]
run: {duration: 400 ms}
record: {frames: {of: [V, h], every: 0.2 ms}, probes: {a: [3 mm, 2 mm], b: [6 mm, 2 mm]},
  electrograms: {at: {above: [4 mm, 2 mm], beside: [20 mm, 2 mm, 9 mm]}, every: 0.5 ms}}
measure: [activation, apd90, potentials, upstroke]
"""


@pytest.fixture(scope="module")
def config() -> cc.Config:
    return cc.loads(SHEET)


@pytest.fixture(scope="module")
def whole(config: cc.Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is in the result of a run that nothing has disturbed."""
    path = tmp_path_factory.mktemp("whole") / "a.h5"
    cc.run(config, path, threads=1)
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.h5"]
    return contents(path)


def contents(path: Path) -> dict[str, Any]:
    """All datasets of a file, as bytes where they are numbers, and what dimensions they have."""
    found: dict[str, Any] = {}

    def keep(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith("provenance"):
            values = item[()]
            data = values.tobytes() if item.dtype.kind in "fiu" else list(np.ravel(values))
            found[name] = item.shape, item.chunks, [axis[0].name for axis in item.dims if len(axis)], data

    with h5py.File(path) as file:
        file.visititems(keep)
    return found


def stopped_after(config: cc.Config, path: Path, checkpoints: int) -> list[int]:
    """Let a run end by a failure of the disk at its next checkpoint after so many; the steps of those."""
    made: list[int] = []
    write = checkpoint.write

    def failing(file: Path, arrays: dict[str, Any]) -> None:
        if len(made) == checkpoints:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        made.append(int(arrays["simulation: step"]))
        write(file, arrays)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "SHARE", 1e9)
        patch.setattr(checkpoint, "write", failing)
        with pytest.raises(cc.RunError, match=r"cannot be written \(No space left"):
            cc.run(config, path, threads=1, checkpoint=0.0)
    return made


def resumed(config: cc.Config, path: Path, threads: int = 1, **options: Any) -> int:
    """Run to the end; the first step after which there was a look."""
    steps: list[int] = []
    cc.run(config, path, threads=threads, progress=lambda now: steps.append(now.step), **options)
    return steps[0]


# Dies at the n-th of the moments at which something is put on the disk, moved or removed.
DYING = """
import os, sys, cardiac as cc, shutil
from cardiac.runner import place, running
running.SHARE, moments = 1e9, 0
def dying(call):
    def called(*arguments, **options):
        global moments
        moments += 1
        if moments == at: os._exit(9)
        return call(*arguments, **options)
    return called
for owner, name in ((os, "fsync"), (os, "replace"), (os, "unlink"), (os, "rmdir"), (os, "rename")):
    setattr(owner, name, dying(getattr(owner, name)))
"""


@pytest.mark.parametrize("kills", [10, pytest.param(30, marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_goes_on_to_the_same_bits(
    config: cc.Config, whole: dict[str, Any], tmp_path: Path, kills: int
) -> None:
    """So many kills: at random times, and wherever a checkpoint or the end touch the disk."""
    path, chance = tmp_path / "a.h5", random.Random(4)
    killed = finished = 0
    while killed < kills:
        after = chance.uniform(0.05, 0.6)
        # When, as a number of calls that change the disk (0: none), and the time between checkpoints: without any,
        # the first call is of the end, which puts everything together and removes what was kept.
        moment, interval = chance.choice(
            [(0, 0.0), (chance.randrange(1, 60), 0.0), (chance.randrange(1, 15), 60.0)]
        )
        child = os.fork()
        if child == 0:
            status = 1
            try:
                scope: dict[str, Any] = {"at": moment}
                exec(DYING, scope)
                cc.run(config, path, threads=1, checkpoint=interval)
                status = 0
            finally:
                os._exit(status)
        if moment == 0:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        _, ended = os.waitpid(child, 0)
        assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) in (0, 9)
        killed += os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 9
        if path.exists():
            assert contents(path) == whole
            path.unlink()
            finished += 1
    assert finished >= kills // 10
    cc.run(config, path, threads=2)
    assert contents(path) == whole
    assert {p.name for p in tmp_path.iterdir()} <= {"a.h5"}


def cut(path: Path) -> None:
    """As if the end had never come to the disk."""
    path.write_bytes(path.read_bytes()[:-1000])


def flip(path: Path) -> None:
    """One bit is another."""
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 4
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flip, lambda path: path.write_bytes(b"")])
@pytest.mark.parametrize("damaged", [1, 2])
def test_a_damaged_checkpoint_is_passed_over(
    config: cc.Config,
    whole: dict[str, Any],
    damage: Callable[[Path], None],
    damaged: int,
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.h5"
    steps = stopped_after(config, path, 4)
    kept = sorted((tmp_path / "a.h5.part").glob("checkpoint-*[0-9]"))
    assert [p.name[-1] for p in kept] == ["3", "4"]
    for file in kept[-damaged:]:
        damage(file)
    first = resumed(config, path)
    assert first > steps[2] if damaged == 1 else first == 1
    assert contents(path) == whole


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
def test_a_damaged_segment_makes_its_checkpoint_worthless(
    config: cc.Config, whole: dict[str, Any], damage: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "a.h5"
    steps = stopped_after(config, path, 4)
    damage(tmp_path / "a.h5.part" / "segment-000004")
    assert steps[2] < resumed(config, path) <= steps[3]
    assert contents(path) == whole


def test_what_is_left_of_a_folder_is_no_run(config: cc.Config, whole: dict[str, Any], tmp_path: Path) -> None:
    """Of a removal that was cut short, or of hands that removed too much."""
    path = tmp_path / "a.h5"
    stopped_after(cc.loads(SHEET.replace("2 x threshold", "3 x threshold")), path, 3)
    (tmp_path / "a.h5.part" / "run.json").unlink()
    assert resumed(config, path) == 1
    assert contents(path) == whole
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


def test_a_disk_that_fails_leaves_the_checkpoint_before(
    config: cc.Config, whole: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.h5"
    stopped_after(config, path, 2)
    assert {p.name for p in tmp_path.iterdir()} == {"a.h5.part"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error"))
        )
        with pytest.raises((cc.RunError, OSError), match="Input/output error"):
            cc.run(config, path, threads=1, checkpoint=0.0)
    assert resumed(config, path) > 1
    assert contents(path) == whole


def test_a_folder_that_vanishes_is_told_of(
    config: cc.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.h5"
    monkeypatch.setattr(running, "SHARE", 1e9)

    def vanish(progress: Any) -> None:
        Unfinished(path).remove()

    with pytest.raises(cc.RunError, match=r"cannot be written \(.*segment-000001 has gone"):
        cc.run(config, path, threads=1, checkpoint=0.0, progress=vanish)
    assert list(tmp_path.iterdir()) == []


def test_a_short_run_makes_no_folder(
    config: cc.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Writer, "checkpoint", lambda *_: pytest.fail("a checkpoint of a short run"))
    cc.run(config, tmp_path / "a.h5", threads=1)


def test_checkpoints_take_a_hundredth_of_the_time_however_often_they_are_asked_for(
    config: cc.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr(Writer, "checkpoint", lambda *_: (made.append(1), time.sleep(0.05)))
    begun = time.perf_counter()
    cc.run(config, tmp_path / "a.h5", threads=1, checkpoint=0.0)
    assert 1 <= len(made) <= 1 + (time.perf_counter() - begun) / 5.0


def test_one_program_at_a_time_writes_a_result(config: cc.Config, tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    program = "import sys, time; from pathlib import Path; from cardiac.storage import locked\n"
    program += "with locked(Path(sys.argv[1])): print('locked', flush=True); time.sleep(60)"
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(Locked, match=rf"a\.h5 is being written by process {other.pid} on .* -o"):
            cc.run(config, path)
        other.kill()
    with locked(path):  # the system has let go
        pass
    assert list(tmp_path.iterdir()) == []


def test_another_config_is_refused_with_what_differs(config: cc.Config, tmp_path: Path) -> None:
    stopped_after(config, tmp_path / "a.h5", 1)
    other = cc.loads(SHEET.replace("400 ms}\nrecord", "90 ms}\nrecord"))
    with pytest.raises(FileExistsError, match="unfinished run of another config"):
        cc.run(other, tmp_path / "a.h5")
    (tmp_path / "sheet.yaml").write_text(SHEET)
    command = [
        "run",
        str(tmp_path / "sheet.yaml"),
        "-o",
        str(tmp_path / "a.h5"),
        "--set",
        "run.duration=90 ms",
    ]
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 2
    assert "holds the unfinished run of a different config (1 difference)" in refused.stderr
    assert "run.duration: 400 ms -> 90 ms" in refused.stderr
    assert CliRunner().invoke(app, [*command, "--force", "--no-figures"]).exit_code == 0
    assert {p.name for p in tmp_path.iterdir()} == {"a.h5", "sheet.yaml"}


def test_resume_goes_on_from_the_files_alone(
    whole: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = SHEET.replace("duration: 400 ms", "duration: 10 ms")
    file = tmp_path / "sheet.yaml"
    file.write_text(longer)
    stopped_after(cc.load(file, {"run.duration": "400 ms"}), tmp_path / "a.h5", 3)
    file.unlink()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["resume", "a.h5.part"])
    assert done.exit_code == 0, done.stderr
    assert "going on with the run in a.h5.part" in done.stderr
    assert contents(tmp_path / "a.h5") == whole
    again = CliRunner().invoke(app, ["resume", "a.h5"])
    assert (again.exit_code, again.stderr.strip()) == (2, "a.h5: no unfinished run - it is complete")


@pytest.mark.parametrize(
    ("number", "ended"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")]
)
def test_a_signal_ends_a_run_with_a_checkpoint(
    number: signal.Signals, ended: str, config: cc.Config, whole: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.h5"
    before = signal.signal(number, signal.default_int_handler)
    try:
        with pytest.raises(cc.Interrupted, match=f"{ended} at t = .* ms, which is kept: go on with") as stop:
            cc.run(config, path, threads=1, progress=lambda progress: signal.raise_signal(number))
    finally:
        signal.signal(number, before)
    assert isinstance(stop.value, KeyboardInterrupt)
    assert resumed(config, path) > 1
    assert contents(path) == whole


def test_a_run_that_fails_after_a_resume_is_found_out_at_the_right_step(
    config: cc.Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.h5"
    (step, *_) = stopped_after(config, path, 1)
    steps: list[int] = []
    call = Simulation._call

    def failing(simulation: Simulation, n: int, finite: bool) -> Any:
        steps.append(simulation.step)
        found = call(simulation, n, finite)
        if simulation.step > step + 5:
            raise NotFinite(simulation.t, (0, 0))
        return found

    monkeypatch.setattr(Simulation, "_call", failing)
    with pytest.raises(cc.RunError, match="V became NaN at t = "):
        cc.run(config, path, threads=1)
    assert min(steps) == step


def test_force_does_not_touch_a_run_that_goes_on(config: cc.Config, tmp_path: Path) -> None:
    stopped_after(config, tmp_path / "a.h5", 2)
    (tmp_path / "sheet.yaml").write_text(SHEET)
    kept = sorted(p.name for p in (tmp_path / "a.h5.part").iterdir())
    with locked(tmp_path / "a.h5"):
        command = ["run", str(tmp_path / "sheet.yaml"), "-o", str(tmp_path / "a.h5"), "--force"]
        refused = CliRunner().invoke(app, command)
    assert (refused.exit_code, "is being written by process" in refused.stderr) == (2, True)
    assert sorted(p.name for p in (tmp_path / "a.h5.part").iterdir()) == kept


def test_an_experiment_takes_the_place_of_an_unfinished_run_only_by_force(
    config: cc.Config, tmp_path: Path
) -> None:
    path = tmp_path / "a.h5"
    stopped_after(config, path, 1)
    experiment = cc.loads("title: Rest\nmodel: mitchell_schaeffer_modified\ntissue: cell\nexperiment: rest\n")
    with pytest.raises(FileExistsError, match="unfinished run of another config"):
        cc.run(experiment, path)
    cc.run(experiment, path, overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["a.h5"]


EXPERIMENT = """
title: A refractory period
model: {name: mitchell_schaeffer_modified, action_potential_duration: 80 ms, refractory_period: 95 ms}
tissue: {size: [10 mm], spacing: 0.25 mm, diffusivity: 0.1 mm^2/ms}
experiment: {s1s2: {beats: 2, cycle_length: 200 ms}}
"""


def trials_made(config: cc.Config, path: Path, stop: int | None = None) -> int:
    """How many trials an experiment makes that a signal stops in the last of so many; those before it are kept."""
    made, make = [0], Preparation._trial

    def counted(*arguments: Any) -> Trial:
        made[0] += 1
        if made[0] == stop:
            raise KeyboardInterrupt
        return make(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Preparation, "_trial", counted)
        patch.setattr(trials, "LONG", 0.0)
        cc.run(config, path)
    return made[0]


def test_an_experiment_goes_on_with_the_trial_that_was_in_hand(tmp_path: Path) -> None:
    config = cc.loads(EXPERIMENT)
    whole = trials_made(config, tmp_path / "whole.h5")
    path = tmp_path / "a.h5"
    with pytest.raises(cc.Interrupted, match=r'go on with "cardiac resume .*a.h5"'):
        trials_made(config, path, stop=whole // 2)
    with pytest.raises(FileExistsError, match="unfinished run of another config"):
        cc.run(cc.loads(EXPERIMENT.replace("beats: 2", "beats: 1")), path)
    damaged = sorted((tmp_path / "a.h5.part").glob("trial-*"))[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert trials_made(config, path) == whole - (whole // 2 - 1) + 1
    assert contents(path) == contents(tmp_path / "whole.h5")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.h5", "whole.h5"]


@pytest.mark.parametrize(
    ("size", "asked"),
    [
        ("[10 mm]", "conduction: {tune: {along: 0.4 m/s}}"),  # trials in cables of other diffusivities
        ("[10 mm, 3 mm]", "isthmus: {}"),  # in channels of other widths
        ("[14 mm]", "safety_factor: {strength: 60 A/F}"),  # watched while it runs
    ],
    ids=["cable", "cut", "watched"],
)
def test_experiments_on_pieces_of_tissue_go_on_to_the_same_bits(
    size: str, asked: str, tmp_path: Path
) -> None:
    text = EXPERIMENT.replace("[10 mm]", size)
    config = cc.loads(text.replace("s1s2: {beats: 2, cycle_length: 200 ms}", asked))
    whole = trials_made(config, tmp_path / "whole.h5")
    with pytest.raises((cc.Interrupted, KeyboardInterrupt)):
        trials_made(config, tmp_path / "a.h5", stop=whole // 2 + 1)
    assert trials_made(config, tmp_path / "a.h5") == whole - whole // 2
    assert contents(tmp_path / "a.h5") == contents(tmp_path / "whole.h5")


def test_pieces_of_a_tissue_are_told_from_each_other() -> None:
    tissue = assemble(cc.loads(EXPERIMENT)).preparation(1)
    less = np.arange(tissue.grid.nx)[np.newaxis] < 20
    cables = [tissue.cable(length, D) for length in (3.0, 4.0) for D in (0.1, 0.2)]
    pieces = [tissue, tissue.plain(), tissue.cut(less), tissue.plain().cut(less), *cables]
    assert len({trials._digest(piece._identity) for piece in pieces}) == len(pieces)


def test_trials_that_lead_nowhere_are_not_kept(tmp_path: Path) -> None:
    weak = cc.loads(EXPERIMENT.replace("beats: 2", "beats: 2, strength: 3 A/F"))
    with pytest.raises(
        cc.ConfigError, match=r"experiment.s1s2.strength: a pulse of 3 A/F launches no wave: "
    ):
        trials_made(weak, tmp_path / "a.h5")
    assert not list(tmp_path.iterdir())


def test_an_experiment_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trial by trial; without a log it looks at the tissue less often, which changes nothing."""
    monkeypatch.setattr(trials, "LOOK_INTERVAL", 0.0)
    told: list[runner.Trying] = []
    runner.perform(cc.loads(EXPERIMENT), tmp_path / "a.h5", progress=told.append)
    assert all(0.0 < one.t <= one.end for one in told)
    assert all(first.t < second.t for first, second in pairwise(told) if first.trial == second.trial)
    assert {one.trial for one in told} == set(range(1, told[-1].trial + 1))
    on = assemble(cc.loads(EXPERIMENT)).preparation(1)
    found = s1s2.perform(on, s1s2.Options(beats=2, cycle_length=200.0))
    result = cc.Result.open(tmp_path / "a.h5")
    for table, columns in found.tables.items():
        for name, column in columns.items():
            np.testing.assert_array_equal(result.tables[table].columns[name], column.values)
    for name, column in found.maps.items():
        np.testing.assert_array_equal(result[name], column.values)


def test_an_experiment_resumes_from_the_files_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with pytest.raises(cc.Interrupted):
        trials_made(cc.loads(EXPERIMENT), path, stop=5)
    done = CliRunner().invoke(app, ["resume", str(path)])
    assert done.exit_code == 0, done.stderr
    assert "going on with the run in" in done.stderr
    assert "ERP by propagation is" in done.stdout


def test_what_is_asked_of_a_trial_tells_it_from_others() -> None:
    """Arrays by their numbers, whatever else by its words."""
    asked = [
        (np.zeros(3), 1.0, {"a": (1, 2)}), (np.zeros(3), 1.0, {"a": (1, 3)}), (np.zeros(3), 1.0, {"b": (1, 2)}),
        (np.ones(3), 1.0, {"a": (1, 2)}), (np.zeros((3, 1)), 1.0, {"a": (1, 2)}), (np.zeros(3), None, {"a": (1, 2)}),
        (np.zeros(3), 1.0, {"a": ((1,), 2)}),
    ]  # fmt: skip
    assert len({trials._digest(one) for one in asked}) == len(asked)
    assert trials._digest(asked[0]) == trials._digest((np.zeros(3), 1.0, {"a": [1, 2]}))


KINDS = {
    "single": SHEET.replace("{duration: 400 ms}", "{duration: 60 ms, precision: single}"),
    "fixed": SHEET.replace("{duration: 400 ms}", "{duration: 20 ms, dt: 0.01 ms, scheme: rush_larsen}"),
    "settled": SHEET.replace("{duration: 400 ms}", "{duration: 60 ms}\nstart: {settle: 20 ms}"),
    "part of the time": SHEET.replace("every: 0.2 ms", "every: 1 ms, from: 10 ms, to: 40 ms").replace(
        "400", "60"
    ),
    "light": SHEET.replace("400", "60").replace(
        "  scar:",
        "  lit: {shape: {left: 3 mm}, mechanisms: [{potassium_conductance: {g: 0.1 mS/uF, reversal: -95 mV, "
        "when: {from: 20 ms, to: 40 ms}}}]}\n  scar:",
    ),
    "cell": "title: A cell\nmodel: luo_rudy_1991\ntissue: cell\nrun: {duration: 900 ms}\nmeasure: [activation]\n"
    "stimuli: [{start: 1 ms, duration: 2 ms, strength: 2 x threshold, count: 3, interval: 300 ms}]\n",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_goes_on_with_other_threads(kind: str, tmp_path: Path) -> None:
    config = cc.loads(KINDS[kind])
    cc.run(config, tmp_path / "whole.h5", threads=1)
    stopped_after(config, tmp_path / "a.h5", 2)
    assert resumed(config, tmp_path / "a.h5", threads=3) > 1
    assert contents(tmp_path / "a.h5") == contents(tmp_path / "whole.h5")


def test_a_disk_that_is_really_full(config: cc.Config, whole: dict[str, Any], tmp_path: Path) -> None:
    """As the system tells it to HDF5, which tells it in its own way."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.h5"
    for limit in (20_000, 60_000):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
                cc.run(config, path, threads=1)
            except cc.RunError as error:
                status = 9 if "cannot be written" in str(error) else 1
            finally:
                os._exit(status)
        _, ended = os.waitpid(child, 0)
        assert os.WEXITSTATUS(ended) == 9
        assert not path.exists()
    cc.run(config, path, threads=1)
    assert contents(path) == whole


def test_what_does_not_fit_on_the_disk_is_refused(
    config: cc.Config, tmp_path: Path, monkeypatch: Any
) -> None:
    usage = type("usage", (), {"free": 1_000_000})
    monkeypatch.setattr(place.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(cc.ConfigError, match=r"record: frames and probes take up to .* GB") as error:
        cc.run(config, tmp_path / "a.h5")
    assert ":9:" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_is_what_was_written(tmp_path: Path) -> None:
    arrays = {
        "a": np.arange(6.0).reshape(2, 3).T,
        "none": np.empty((0, 4), np.float32),
        "one": np.array(3),
        "true": np.array(True),
    }
    checkpoint.write(tmp_path / "c", arrays)
    found = checkpoint.read(tmp_path / "c")
    assert found.keys() == arrays.keys()
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)
    size = (tmp_path / "c").stat().st_size
    for k in range(size):
        data = bytearray((tmp_path / "c").read_bytes())
        data[k] ^= 1
        (tmp_path / "d").write_bytes(data)
        with pytest.raises(CorruptCheckpoint):
            checkpoint.read(tmp_path / "d")
