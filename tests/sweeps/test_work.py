"""What a worker does with what it finds at the place of its case."""

import errno
import os
from functools import partial
from pathlib import Path

import h5py
import pytest
from sweep_examples import WIDTH, G

import cardiac
from cardiac.runner import running
from cardiac.storage import Unfinished, checkpoint, locked
from cardiac.sweeps import work
from cardiac.sweeps.records import NoRoom
from cardiac.sweeps.work import InUse, Task

COLLECT = ("block.strip.delay", "activation_time.max")


def task(width="2 mm", keep="maps"):
    """A case that conducts."""
    settings = {WIDTH: width, G.strip('"'): "0.1 mS/uF"}
    text = Path("strip.yaml").read_text()
    return Task("it", width, text, "strip.yaml", str(Path.cwd()), settings, COLLECT, keep, "case")


@pytest.fixture
def kept(monkeypatch):
    """For each run that is begun, whether it goes on from a checkpoint."""
    found = []
    march = running.march

    def noting(assembly, simulation, writer, kept, *rest):
        found.append(kept is not None)
        march(assembly, simulation, writer, kept, *rest)

    monkeypatch.setattr(running, "march", noting)
    return found


def cut_short(case):
    """Leave a case at its second checkpoint, as a worker that was killed."""
    made = []
    write = checkpoint.write

    def failing(file, arrays):
        if len(made) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        made.append(file)
        write(file, arrays)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "SHARE", 1e9)
        patch.setattr(running.run, "__kwdefaults__", {**running.run.__kwdefaults__, "checkpoint": 0.0})
        patch.setattr(checkpoint, "write", failing)
        with pytest.raises(NoRoom, match="No space left"):
            work.perform(case)
    assert Unfinished(Path("case.h5"))


def maps():
    with h5py.File("case.h5") as file:
        return file["activation_time"][()].tobytes()


def test_an_unfinished_case_goes_on(folder, kept):
    first = work.perform(task())
    whole = maps()
    Path("case.h5").unlink()
    cut_short(task())
    again = work.perform(task())
    assert kept == [False, False, True]
    assert again.values == first.values
    assert maps() == whole
    assert {p.name for p in folder.iterdir()} == {"strip.yaml", "case.h5", "case.json"}


def test_an_unfinished_case_of_another_sweep_is_removed(folder, kept):
    cut_short(task("1 mm"))
    record = work.perform(task())
    assert record.done
    assert kept == [False, False]
    assert {p.name for p in folder.iterdir()} == {"strip.yaml", "case.h5", "case.json"}


def test_an_unfinished_case_that_does_not_tell_what_it_is_of_is_removed(folder, kept):
    cut_short(task())
    Path("case.h5.part/run.json").write_text("{")
    assert work.perform(task()).done
    assert kept == [False, False]


def test_a_result_of_another_sweep_is_replaced(folder, kept):
    narrow = work.perform(task("1 mm"))
    wide = work.perform(task())
    assert kept == [False, False]
    assert narrow.values != wide.values
    assert cardiac.Result.open("case.h5").block["strip"].delay == wide.values["block.strip.delay"].value


def test_a_result_of_the_same_case_is_not_run_again(folder, kept):
    first = work.perform(task())
    assert work.perform(task()).values == first.values
    assert kept == [False]


def test_a_case_that_another_program_runs_is_left_to_it(folder, kept, monkeypatch):
    monkeypatch.setattr(work, "PATIENCE", 0.2)
    with (
        locked(Path("case.h5")),
        pytest.raises(InUse, match=rf"case\.h5 is being written by process {os.getpid()} on "),
    ):
        work.perform(task())
    assert kept == []
    assert not Path("case.json").exists()


def test_a_full_disk_is_no_fault_of_a_case(folder, monkeypatch):
    """Neither where a result is written nor where a record is."""
    cut_short(task())
    assert not Path("case.json").exists()

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(NoRoom, match="cannot be written"):
        work.perform(task())


def test_a_case_that_is_no_config_says_nothing_of_a_command_line(folder):
    record = work.perform(task("9 mV"))
    assert not record.done
    assert "--set" not in record.message
    assert "regions.strip.shape.strip.width" in record.message


def test_probes_between_which_something_is_measured_are_kept(folder):
    text = Path("strip.yaml").read_text()
    text = text.replace("{after: [5.6 mm]}", "{a: [1.5 mm], b: [2.5 mm], after: [5.6 mm]}")
    Path("strip.yaml").write_text(text.replace("measure: [", "measure: [{conduction_velocity: [a, b]}, "))
    case = task()._replace(collect=("conduction_velocity_a_b",))
    record = work.perform(case)
    assert record.message == ""
    assert 0.1 < record.values["conduction_velocity_a_b"].value < 1.0
    assert set(cardiac.Result.open("case.h5").probes) == {"a", "b"}


def note(found, name, part):
    """Keep the bits of a dataset of numbers."""
    if isinstance(part, h5py.Dataset) and part.dtype.kind == "f":
        found.append((name, part[()].tobytes()))


def test_cases_that_were_prepared_together_end_in_the_same_bits(folder, monkeypatch):
    found = {}
    for way in ("alone", "together"):
        monkeypatch.setenv("CARDIAC_CACHE", str(folder / way))
        cases = [task(width) for width in ("1 mm", "2 mm")]
        strong = [task(width)._replace(case="strong", target="strong") for width in ("1 mm",)]
        for one in strong:
            one.settings[G.strip('"')] = "3 mS/uF"
        if way == "together":
            work.prepare([*cases, *strong])
            monkeypatch.setattr("cardiac.cell.cells._settled", lambda *_: pytest.fail("rests again"))
        found[way] = [repr(work.perform(one).values) for one in (cases[1], *strong)]
        for name in ("case.h5", "strong.h5"):
            with h5py.File(name) as file:
                file.visititems(partial(note, found[way]))
            Path(name).unlink()
    assert found["alone"] == found["together"]
