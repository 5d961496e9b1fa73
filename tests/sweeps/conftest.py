"""A folder with a small config to be varied: a wave along a cable meets a strip of added conductance."""

import pytest

STRIP = """\
title: A strip of added conductance
model: mitchell_schaeffer_2003
tissue: {size: [6 mm], spacing: 0.25 mm, diffusivity: 0.1 mm^2/ms}
regions:
  strip:
    shape: {strip: {center: 4 mm, width: 1 mm}}
    mechanisms: [potassium_conductance: {g: 0.3 mS/uF, reversal: -95 mV}]
stimuli: [{at: {left: 1 mm}, start: 1 ms, duration: 2 ms, strength: 2 x threshold}]
run: {duration: 90 ms}
record: {probes: {after: [5.6 mm]}}
measure: [activation, {block: strip}]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with the config in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strip.yaml").write_text(STRIP)
    return tmp_path
