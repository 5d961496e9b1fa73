"""A file in its folder is all that a new measure, recorder or figure takes: config, schema and result follow."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cardiac
from cardiac import measures, recorders
from cardiac.config.records import fields_of, reader_of
from cardiac.measures import MeasureError
from cardiac.recorders import RecorderError

MEASURE = '''
"""How long the potential was above a level, about."""

from typing import NamedTuple

from cardiac.references import region_name
from cardiac.units import duration, mV


class Options(NamedTuple):
    region: region_name
    level: mV = -20.0
    at_most: duration | None = None


def label(options):
    return f"time_above_in_{options.region}"


def measure(seen, options):
    inside = seen.assembly.regions[options.region] >= 0.5
    seen.writer.field(label(options), float((seen.activity.apd90[0])[inside].mean()), "ms", "time above a level")
'''

RECORDER = '''
"""The mean potential at an interval."""

from typing import Annotated, NamedTuple

from cardiac.units import duration


class Mean(NamedTuple):
    every: Annotated[duration, "Interval between the means."]


class Options(NamedTuple):
    mean: Mean | None = None


def problems(options, end):
    if options.mean and options.mean.every > end:
        yield ("mean", "every"), "is longer than the run"


def interval(options):
    return options.mean.every if options.mean else None


class Means:
    def __init__(self, every, writer):
        self.every, self.writer, self.found = every, writer, []

    def next(self, step):
        return (step // self.every + 1) * self.every

    def look(self, simulation, samples):
        if simulation.step % self.every == 0:
            self.found.append((simulation.t, simulation.V.mean()))

    def finish(self, simulation):
        times, values = zip(*self.found)
        self.writer.table("mean", {"time": (times, "ms"), "V": (values, "mV")})


def make(assembly, simulation, writer):
    mean = assembly.config.record.mean
    return mean and Means(round(mean.every / assembly.dt), writer)
'''

FIGURE = '''
"""The time above a level as a bar."""

from cardiac.figures._shows import Shows
from cardiac.units import ms

SHOWS = Shows("time_above", held="time_above_in_end", add="measure: [{time_above: end}]", of=("cable",))


def draw(page, result, *, longest: ms = 500.0):
    page.open(2.0).subplots().barh([0], [min(result.time_above_in_end, longest)])
'''

CONFIG = """
title: A cable
tissue: {size: 4 mm, spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}
regions: {end: {shape: {right: 1 mm}}}
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 450 ms}
record: {mean: {every: 50 ms}}
measure: [{time_above: {region: end, at_most: 1 s}}]
figures: [{bar: {longest: 1 s}}]
"""

# A program that finds the files in the folders of the package.
PROGRAM = f"""
import sys
from cardiac import figures, measures, recorders
for package in (figures, measures, recorders):
    package.__path__.append(sys.argv[1] + "/" + package.__name__.rpartition(".")[2])

import json
import cardiac
from cardiac.config import dumps, json_schema

text = {CONFIG!r}
config = cardiac.loads(text)
assert config.record.mean.every == 50.0
assert config.measure[0].options == measures.load("time_above").Options("end", -20.0, 1000.0)
assert cardiac.loads(dumps(config.resolved())) == config

schema = json_schema()
mean = schema["properties"]["record"]["properties"]["mean"]["properties"]["every"]
assert mean["description"] == "Interval between the means."
assert "How long the potential was above a level, about." in json.dumps(schema["properties"]["measure"])

for change, problem in {{
    "record.mean.evry": 'record.mean.evry: unknown key - did you mean "every"?',
    "record.men": 'record.men: unknown key - did you mean "mean"?',
    "record.mean.every": "record.mean.every: is longer than the run",
    "measure[0].time_above.region": 'unknown region "1 s" (end)',
    "measure[0].time_above.level": '"1 s": s is a time, a voltage is expected (mV, V)',
    "measure": "bar shows time_above, which this config does not keep - add measure: [{{time_above: end}}]",
    "tissue": 'bar shows a cable, this is a single cell - draw "traces"',
}}.items():
    try:
        cardiac.loads(text, set={{change: {{"measure": "[]", "tissue": "cell"}}.get(change, "1 s")}})
    except cardiac.ConfigError as error:
        assert problem in str(error), error
    else:
        raise AssertionError(change)

result = cardiac.run(config, sys.argv[1] + "/cable.h5")
assert 200 < result.time_above_in_end < 350 and result.units("time_above_in_end") == "ms"
assert result.holds("mean") and not result.holds("means")
mean, units = result.table("mean").columns, result.table("mean").units
assert units == {{"time": "ms", "V": "mV"}}
assert mean["time"].tolist() == [50.0 * k for k in range(10)]
assert mean["V"][0] < -70 < 0 < mean["V"][1]
assert result.plot("bar", **config.figures[0].options).axes
"""


def test_a_new_file_is_a_measure_a_recorder_or_a_figure(tmp_path):
    files = {"measures/time_above": MEASURE, "recorders/mean": RECORDER, "figures/bar": FIGURE}
    for name, text in files.items():
        file = tmp_path / f"{name}.py"
        file.parent.mkdir()
        file.write_text(text)
    environment = os.environ | {"PYTHONPATH": str(Path(cardiac.__file__).parent.parent)}
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("package", "error", "text", "problem"),
    [
        (measures, MeasureError, "def measure(seen): pass", "measure takes (seen), expected (seen, options)"),
        (recorders, RecorderError, "def interval(x): pass", "interval takes (x), expected (options)"),
        (recorders, RecorderError, "", "make is missing: def make(assembly, simulation, writer)"),
    ],
)
def test_a_file_that_breaks_the_contract_is_named_with_what_is_wrong(
    package, error, text, problem, tmp_path, monkeypatch
):
    name = f"wrong_{tmp_path.name}"  # another module each time
    (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    with pytest.raises(error) as raised:
        package.load(name)
    assert f"{name}.py: needs a docstring" in str(raised.value)
    assert f"{name}.py: {problem}" in str(raised.value)


def test_a_recorder_that_breaks_the_contract_is_told_of_whatever_the_config_asks_for(tmp_path, monkeypatch):
    (tmp_path / "unfit_recorder.py").write_text('"""Makes nothing."""')
    monkeypatch.setattr(recorders, "__path__", [*recorders.__path__, str(tmp_path)])
    with pytest.raises(RecorderError, match=r"unfit_recorder\.py: make is missing"):
        recorders.intervals(None)


@pytest.mark.parametrize("name", measures.names())
def test_a_measure_says_in_a_line_what_it_finds_and_what_may_be_written(name):
    measure = measures.load(name)
    assert measure.summary.endswith((".", "?"))
    assert measure.summary.count(".") + measure.summary.count("?") == 1
    assert all(reader_of(hint).described() for hint, _ in fields_of(measure.Options).values())


@pytest.mark.parametrize("name", recorders.names())
def test_a_recorder_has_keys_that_no_other_has(name):
    others = {
        key for other in recorders.names() if other != name for key in recorders.load(other).Options._fields
    }
    assert not others & set(recorders.load(name).Options._fields)
