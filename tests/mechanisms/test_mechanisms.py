"""What holds for every mechanism in the folder, whatever model it meets."""

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from mechanism_examples import TEN_TUSSCHER, V_ALL, derivative, example, host, meeting, met, stepped

from cardiac import mechanisms, models
from cardiac.config import loads
from cardiac.config.document import dumps
from cardiac.config.named import MechanismReader, MechanismUse
from cardiac.kernels.tabulation import make_tabulate
from cardiac.protocol import Always
from cardiac.units import units_of

NAMES = mechanisms.names()

CABLE = """\
title: A cable
model: {model}
tissue: {{size: [2 mm], spacing: 0.1 mm, diffusivity: 0.1 mm^2/ms}}
run: {{duration: 1 ms}}
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_says_what_it_is_and_every_field_has_a_unit(name):
    mechanism = mechanisms.load(name)
    assert name == mechanism.name
    assert len(mechanism.summary) <= 110
    assert list(mechanism.Parameters._fields) == list(units_of(mechanism.Parameters))
    assert mechanism.dose in mechanism.Inputs._fields
    assert set(mechanism.needs.values()) <= {"", *mechanism.Inputs._fields}


@pytest.mark.parametrize("name", NAMES)
def test_a_config_with_it_reads_back_as_it_is_written(name):
    mechanism = mechanisms.load(name)
    model = host(mechanism)
    use = MechanismUse(name, meeting(mechanism, model), Always())
    read = loads(CABLE.format(model=model.name) + dumps({"mechanisms": [MechanismReader().write(use)]}))
    assert read.mechanisms == (use,)
    assert loads(dumps(read.resolved())) == read


@pytest.mark.parametrize("name", NAMES)
def test_with_no_weight_or_a_dose_of_nothing_the_cell_is_what_it_was(name):
    mechanism = mechanisms.load(name)
    model = host(mechanism)
    part, q = mechanism.meeting(model), met(mechanism, model)
    alone = [derivative(model, V) for V in V_ALL]

    def changes(q, weight=1.0):
        return not np.array_equal([derivative(model, V, [part], q, weight=weight) for V in V_ALL], alone)

    own = [getattr(model.Parameters(), mechanism.parameter)] if mechanism.parameter else []
    nothing = own or [0.0, 1.0, math.inf]  # none of it, a factor of 1, a concentration that suppresses it
    assert changes(q)
    assert not changes(q, weight=0.0)
    assert not all(changes(q._replace(**{mechanism.dose: dose})) for dose in nothing)


@pytest.mark.parametrize("model", models.names())
@pytest.mark.parametrize("name", NAMES)
def test_it_meets_a_model_or_says_why_not(name, model):
    mechanism, model = mechanisms.load(name), models.load(model)
    offered = {*model.State._fields, *model.Parameters._fields, *model.Currents._fields}
    offered |= {"E_K"} if {"K_o", "K_i"} <= offered else set()
    missing = mechanism.needs.keys() - offered
    if not missing:
        q, part = met(mechanism, model), mechanism.meeting(model)
        assert np.isfinite([derivative(model, V, [part], q) for V in V_ALL]).all()
        return
    with pytest.raises(
        ValueError, match=f"needs .*{max(missing)}.* {model.name} does not have - "
    ) as refused:
        mechanism.met(model, example(mechanism))
    assert model.name not in mechanism.meets()
    given = {mechanism.needs[need] for need in missing}
    if "" in given:
        assert "use potassium_conductance, or another model (" in str(refused.value)
    else:
        assert f"give {', '.join(given)}, or another model (" in str(refused.value)
        q, part = met(mechanism, model, reversal=-90.0), mechanism.meeting(model)
        assert np.isfinite([derivative(model, V, [part], q) for V in V_ALL]).all()


@pytest.mark.parametrize("name", [name for name in NAMES if math.isfinite(mechanisms.load(name).limits[1])])
def test_a_dose_outside_the_physical_range_is_refused(name):
    mechanism = mechanisms.load(name)
    for dose in (mechanism.limits[0] - 1.0, 2.0 * mechanism.limits[1], math.nan):
        with pytest.raises(ValueError, match=f"^{mechanism.dose}: .* is outside "):
            mechanism.met(host(mechanism), example(mechanism, **{mechanism.dose: dose}))


@pytest.mark.parametrize("name", NAMES)
def test_the_strongest_dose_is_stable_at_the_usual_step(name):
    """The least and the greatest dose that makes sense, up to 10 (mS/uF): from -40 mV, to 1 % of the amplitude."""
    mechanism = mechanisms.load(name)
    model = host(mechanism)
    part, (least, most) = mechanism.meeting(model), mechanism.limits
    for dose in (max(0.0, least), min(10.0, most)):
        q = met(mechanism, model, **{mechanism.dose: dose})
        V = stepped(model, part, q, 0.02, [1.0] * 50, V=-40.0)
        fine = stepped(model, part, q, 0.002, [1.0] * 500, V=-40.0)
        np.testing.assert_allclose(V, fine[9::10], atol=1.0)


@cache
def tables(model):
    """The currents of a model and of all mechanisms at home in it, in plain Python and compiled."""
    loaded = [mechanism for mechanism in map(mechanisms.load, NAMES) if host(mechanism) is model]
    parts = [mechanism.meeting(model) for mechanism in loaded]
    compiled = make_tabulate(model, parts)
    q = tuple(value for mechanism in loaded for value in met(mechanism, model))
    V, variables = np.array(V_ALL), np.tile(model.State(), (len(V_ALL), 1))
    weights = np.random.default_rng(1).random((len(V), len(parts)))
    added = sum(part.current is not None for part in parts)

    def columns(tabulate):
        own, more = np.empty((len(V), len(model.Currents._fields))), np.empty((len(V), added))
        tabulate(V, variables, model.Parameters(), q, weights, own, more)
        return {"of the model": own, **dict(zip([m.name for m in loaded if m.current], more.T, strict=True))}

    return columns(getattr(compiled, "py_func", compiled)), columns(compiled)


@pytest.mark.parametrize("name", [name for name in NAMES if mechanisms.load(name).current])
def test_compiled_it_equals_plain_python(name):
    for table in ("of the model", name):
        plain, compiled = (columns[table] for columns in tables(host(mechanisms.load(name))))
        np.testing.assert_allclose(compiled, plain, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", [name for name in NAMES if mechanisms.load(name).ion == "K"])
def test_a_counted_current_takes_its_charge_from_the_potassium_of_the_cell(name):
    if TEN_TUSSCHER.name not in mechanisms.load(name).meets():
        pytest.skip("does not meet the model whose volume and capacitance are taken here")
    mechanism, weight = mechanisms.load(name), 0.7
    q, p = met(mechanism, TEN_TUSSCHER), TEN_TUSSCHER.Parameters()
    K = 1 + TEN_TUSSCHER.State._fields.index("K_i")  # before it are concentrations, of one number each
    for V in V_ALL:
        without, counted = (
            derivative(TEN_TUSSCHER, V, [mechanism.meeting(TEN_TUSSCHER, counts)], q, weight=weight)
            for counts in (False, True)
        )
        I = derivative(TEN_TUSSCHER, V)[0] - without[0]  # noqa: E741
        mM_per_charge = 1e6 * p.C_m / (p.V_c * 96.485)  # uF, um^3, C/mmol
        assert counted[K] - without[K] == pytest.approx(-I * mM_per_charge, rel=1e-9, abs=1e-18)
        assert np.array_equal(np.delete(counted, K), np.delete(without, K))


def test_an_unknown_mechanism_is_answered_with_the_nearest():
    with pytest.raises(mechanisms.MechanismError, match='"bias_curent" - did you mean "bias_current"'):
        mechanisms.load("bias_curent")


def test_a_file_that_is_no_mechanism_is_told_what_is_wrong(tmp_path: Path):
    source = mechanisms.load("potassium_conductance").file.read_text()
    path = tmp_path / "leak.py"
    path.write_text(source.replace('DOSE = "g"', 'DOSE = "gg"').replace("V, s, p, q", "V, q"))
    with pytest.raises(mechanisms.MechanismError) as raised:
        mechanisms.load(path)
    assert 'DOSE is "gg", which is not in Parameters' in str(raised.value)
    assert "current takes (V, q), expected (V, s, p, q)" in str(raised.value)
    path.write_text(source)
    leak = mechanisms.load(path)
    assert leak.current(0.0, None, None, leak.Parameters(1.0, -90.0)) == 90.0
