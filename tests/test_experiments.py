"""Every experiment from a config to its result, its figure and its sentence; what is wrong in a config is told."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from quick_experiments import text

import cardiac
from cardiac import experiments, figures, report
from cardiac.config import ConfigError, loads


@pytest.mark.parametrize("name", experiments.names())
def test_an_experiment_runs_from_a_config_to_its_figures(name: str, tmp_path: Path) -> None:
    config = loads(text(name))
    found = cardiac.run(config, out=tmp_path / "cell.h5")
    assert found.sentences
    assert config.tissue or len(found.sentences) == 1
    assert all(sentence.endswith(".") for sentence in found.sentences)
    assert found.holds(name)
    assert found.tables
    for table in found.tables.values():
        assert "cell" in table.columns or config.tissue
        assert len({len(values) for values in table.columns.values()}) == 1
        assert all(table.units[column] for column in table.columns)
    assert not config.tissue or all(
        found[name].shape[-2:] == found.shape for name in found.names() if found[name].ndim > 1
    )
    for figure in config.figures:
        figures.save(found.plot(figure.name), tmp_path / f"{figure.name}.png")
    if config.tissue:
        assert found.provenance["space_order"] == (2 if name == "safety_factor" else 4)
    html = report.html(found)
    assert "Not drawn" not in html
    assert "What came out" in html
    assert (
        loads(cardiac.config.dumps(found.config)).digest == config.digest
    )  # what is kept is the same config


def test_in_python_and_from_a_config_the_same_is_found(tmp_path: Path) -> None:
    from cardiac import assembly
    from cardiac.experiments import threshold

    config = loads(text("threshold"))
    found = cardiac.run(config, out=tmp_path / "cell.h5").tables["threshold"].columns
    alone = threshold.perform(assembly.cells(config), threshold.Options(tolerance=0.05)).tables["threshold"]
    np.testing.assert_array_equal(found["current"], alone["current"].values)


def test_a_cell_can_be_hyperpolarized_to_a_potential() -> None:
    config = loads(text("rest") + "hyperpolarize: {to: -90 mV, by: bias_current}\n")
    assert cardiac.run(config).tables["rest"].columns["V_rest"] == pytest.approx(-90.0, abs=0.02)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (text("threshold").replace("threshold:", "threshhold:"), 'unknown experiment "threshhold" - did you mean'),
        (text("threshold", "{duration: -2 ms}"), "a time above 0 is expected"),
        (text("threshold", "{tolerence: 1 %}"), 'unknown key - did you mean "tolerance"'),
        (text("rest") + "run: {duration: 10 ms}\n", "belongs to a run; an experiment has its own protocol"),
        (text("rest").replace("tissue: cell", "tissue: {size: 5 mm, spacing: 1 mm, diffusivity: 0 mm^2/ms}"),
         'rest is about a single cell, this is a cable - write tissue: cell'),
        (text("rest").replace("[rest]", "[traces]"),
         'traces shows probes, which this experiment does not keep - draw "rest"'),
        (text("dose_response", "{of: rest, doses: {potassium_conductance: {g: 1 mS/uF}}}"), "takes a list"),
        (text("dose_response", "{of: rest, doses: {inward_rectifier_scale: {factor: [1, 2]}}}"), "needs I_K1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(changed: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        loads(changed)


def test_what_only_the_cell_can_tell_is_told_by_the_run(tmp_path: Path) -> None:
    """Exit code 2, the place in the file, and nothing written."""
    (tmp_path / "bad.yaml").write_text(
        text("recovery_from_inactivation", "{current: I_Na}").replace(
            "figures: [recovery_from_inactivation]\n", ""
        )
    )
    command = [sys.executable, "-m", "cardiac", "run", "bad.yaml"]
    package = str(Path(cardiac.__file__).parents[1])
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": package}
    )
    assert done.returncode == 2
    assert "bad.yaml:4:" in done.stderr
    assert 'has no current "I_Na"' in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]
