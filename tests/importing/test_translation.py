"""The steps of the import on small models: what is recognised, what is kept, what is refused and in which words."""

import math
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("myokit", reason='reading model files takes Myokit: pip install "cardiac-tissue[import]"')

from imported_files import evaluated, loaded

from cardiac.importing import expressions as ex
from cardiac.importing import gates, imported, membrane, printing, reading
from cardiac.importing.expressions import Name, Number
from cardiac.kernels import Gate
from cardiac.models import ModelError
from cardiac.units import units_of

MODEL = """\
[[model]]
name: small
membrane.V = -80
ina.m = 0.1

[engine]
time = 0 [ms] bind time
    in [ms]
pace = 0 bind pace

[membrane]
dot(V) = -(ina.INa + leak.i_leak + i_stim)
    in [mV]
    label membrane_potential
i_stim = engine.pace * 20 [A/F]
    in [A/F]

[ina]
dot(m) = (inf - m) / tau
    in [1]
inf = 1 / (1 + exp(-(membrane.V + 40 [mV]) / 7 [mV]))
    in [1]
tau = 2 [ms]
    in [ms]
gNa = 11 [mS/uF]
    in [mS/uF]
    desc: maximal sodium conductance
INa = gNa * m^3 * (membrane.V - 50 [mV])
    in [A/F]

[leak]
i_leak = 0.1 [mS/uF] * (membrane.V + 80 [mV])
    in [A/F]
"""


@pytest.fixture
def small(tmp_path: Path) -> Any:
    """Import the small model, parts of it replaced: (old, new), ... -> text; `file` is where it was written."""

    def text(*changes: tuple[str, str], suffix: str = "mmt", **options: Any) -> str:
        source = MODEL
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
        file = tmp_path / f"small.{suffix}"
        file.write_text(source, encoding="utf-8")
        return imported(file, **options)

    text.file = tmp_path / "small.mmt"  # type: ignore[attr-defined]
    return text


def rates_of(text: str, V: float = -50.0, **state: float) -> tuple[float, Any, dict[str, float]]:
    """dV/dt, the rates themselves, and the derivatives of an imported text."""
    model = loaded(text, "small")
    s, p = model.State()._replace(**state), model.Parameters()
    dV, derivatives = evaluated(model, V, s, p)
    return dV, model.rates(V, s, p, model.currents(V, s, p)), derivatives


# Gates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equation", "form"),
    [
        ("(inf - m) / tau", "gate(inf, tau)"),
        ("(inf - m) * 3 [1/ms]", "Gate(inf, 3.0)"),
        ("3 [1/ms] * (inf - m)", "Gate(inf, 3.0)"),
        ("inf * (1 - m) / tau - 0.2 [1/ms] * m", "gate_from_rates(inf / tau, 0.2)"),
        ("-0.2 [1/ms] * m + inf * (1 - m) / tau", "gate_from_rates(inf / tau, 0.2)"),
        ("2 * (inf * (1 - m) / tau - 0.2 [1/ms] * m)", "gate_from_rates(2.0 * (inf / tau), 0.4)"),
        ("inf / tau - m / tau - 0.1 [1/ms] * m", "gate_from_balance(inf / tau, 1.0 / tau + 0.1)"),
        ("if(V < 0, (1 - m) / tau, -m / 5)", "Gate(1.0 if V < 0.0 else 0.0, 1.0 / tau if V < 0.0 else 0.2)"),
    ],
)
def test_a_gate_is_recognised_by_its_equation(small: Any, equation: str, form: str) -> None:
    equation = equation.replace("V", "membrane.V")
    text = small(("(inf - m) / tau", equation))
    assert isinstance(rates_of(text)[1].m, Gate)
    cell = membrane.cell(reading.read(small.file), None, None, None)
    names = {"ina.inf": "inf", "ina.tau": "tau", "V": "V"}
    assert printing.text(gates.gates(cell.variables)["ina.m"], names) == form


@pytest.mark.parametrize(
    "equation",
    ["(inf - m^2) / tau", "(inf * m - m) / (tau * (1 + m))", "if(m < 0.5, inf, 0) / tau", "inf / tau"],
)
def test_what_is_not_linear_in_itself_is_no_gate(small: Any, equation: str) -> None:
    assert isinstance(rates_of(small(("(inf - m) / tau", equation)))[1].m, float)


def test_a_gate_is_found_through_variables_that_depend_on_it(small: Any) -> None:
    text = small(
        ("dot(m) = (inf - m) / tau", "dot(m) = gain - loss\ngain = inf * (1 - m) / tau\nloss = m / tau")
    )
    assert isinstance(rates_of(text)[1].m, Gate)


def test_a_derivative_may_be_used_elsewhere(small: Any) -> None:
    text = small(
        ("ina.m = 0.1", "ina.m = 0.1\nleak.K = 140"),
        ("[leak]", "[leak]\ndot(K) = -0.5 [mM] * dot(ina.m)\n    in [mM]"),
    )
    _, rates, derivatives = rates_of(text, m=0.4)
    assert isinstance(rates.m, Gate)
    assert derivatives["K"] == pytest.approx(-0.5 * derivatives["m"], rel=1e-14)


CHAIN = "ina.m = 0.1\nina.C = 0.9"


def test_states_that_exchange_keep_their_sum(small: Any) -> None:
    text = small(
        ("ina.m = 0.1", CHAIN),
        ("dot(m) = (inf - m) / tau", "dot(m) = inf * C / tau - m / tau\ndot(C) = m / tau - inf * C / tau"),
    )
    _, rates, derivatives = rates_of(text, m=0.3, C=0.6)
    assert not isinstance(rates.m, Gate)
    assert not isinstance(rates.C, Gate)
    assert derivatives["m"] + derivatives["C"] == pytest.approx(0.0, abs=1e-15)


def test_a_gate_has_one_division(small: Any) -> None:
    tau = "tau = a / (1 + exp(membrane.V / 9 [mV])) + 1 [ms]\n    in [ms]\na = 3 [ms]"
    text = small(("tau = 2 [ms]", tau))
    assert "tau = p.a / B + 1.0  # ms" in text  # told as the file has it
    assert "return gate_from_fractions(1.0, A, B, p.a + B)" in text


def test_exponentials_that_are_powers_of_one_are_computed_once(small: Any) -> None:
    tau = "tau = a / (1 + exp((membrane.V + 20 [mV]) / 14 [mV])) + 1 [ms]\n    in [ms]\na = 3 [ms]"
    text = small(("tau = 2 [ms]", tau))
    assert "q = exp(V / 14.0)" in text
    assert "m=m_gate(p, q)" in text
    assert "A = q * q + exp(-40.0 / 7.0)" in text  # q^2 times the file's 1 + exp(-(V + 40) / 7)
    assert "B = 1.0 + exp(20.0 / 14.0) * q" in text
    _, _, derivatives = rates_of(text, V=-33.0, m=0.3)
    inf, tau = 1.0 / (1.0 + math.exp(-1.0)), 3.0 / (1.0 + math.exp(-13.0 / 14.0)) + 1.0
    assert derivatives["m"] == pytest.approx((inf - 0.3) / tau, rel=1e-14)


# Singularities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("0.32 * (V + 47) / (1 - exp(-0.1 * (V + 47)))", "3.2 / exprel(-0.1 * (V + 47.0))"),
        ("0.5 * (V - 3) / (exp((V - 3) / 5) - 1)", "2.5 / exprel((V - 3.0) / 5.0)"),
        ("(exp(0.04 * (V + 77)) - 1) / (2 * (V + 77))", "0.02 * exprel(0.04 * (V + 77.0))"),
        ("if(V == -47, 3.2, 0.32 * (V + 47) / (1 - exp(-0.1 * (V + 47))))", "3.2 / exprel(-0.1 * (V + 47.0))"),
        ("if(abs(V - 3) < 1e-6, 2.5, 0.5 * (V - 3) / (exp((V - 3) / 5) - 1))", "2.5 / exprel((V - 3.0) / 5.0)"),
        ("(exp(2 * V / 30) - 1) / (exp(2 * V / 30) + 1)", "tanh(0.5 * (2.0 * V / 30.0))"),
        ("(V + 47) / (1 - exp(-0.1 * (V + 46)))", "(V + 47.0) / (1.0 - exp(-0.1 * (V + 46.0)))"),
        ("if(V == -47, 9, 0.32 * (V + 47) / (1 - exp(-0.1 * (V + 47))))", "9.0 if V == -47.0 else 3.2 / exprel"),
    ],
)  # fmt: skip
def test_removable_singularities_are_removed(small: Any, formula: str, written: str) -> None:
    formula = formula.replace("V", "membrane.V")
    assert written in small(("i_leak = 0.1 [mS/uF] * (membrane.V + 80 [mV])", f"i_leak = {formula}"))


# The membrane equation ----------------------------------------------------------------------------------


def test_the_stimulus_is_left_out_wherever_it_is_used(small: Any) -> None:
    text = small(
        ("ina.m = 0.1", "ina.m = 0.1\nleak.K = 140"),
        ("[leak]", "[leak]\ndot(K) = -membrane.i_stim * 0.01 - i_leak * 0.001\n    in [mM]"),
    )
    told = "The stimulus membrane.i_stim is left out (also of the rate of K), and time with it."
    assert told in " ".join(text.split())
    assert rates_of(text)[2]["K"] == pytest.approx(-0.001 * 0.1 * 30.0)


STIMULUS = "i_stim = engine.pace"


@pytest.mark.parametrize(
    ("equation", "more"),
    [
        ("-1 * i_tot", "i_tot = ina.INa + leak.i_leak + i_stim\n"),
        ("-1 / C * (ina.INa + leak.i_leak) - i_stim", "C = 1\n"),
        ("rate", "rate = -ina.INa - leak.i_leak - i_stim\n"),
        ("-(ina.INa + leak.i_leak) + 20 [A/F] * engine.pace", ""),
    ],
)
def test_currents_are_found_in_any_form_of_the_sum(small: Any, equation: str, more: str) -> None:
    text = small(("-(ina.INa + leak.i_leak + i_stim)", equation), (STIMULUS, more + STIMULUS))
    model = loaded(text, "small")
    assert model.Currents._fields == ("I_Na", "I_leak")
    assert rates_of(text)[0] == pytest.approx(rates_of(small())[0], rel=1e-14)


def test_a_current_without_a_name_gets_one(small: Any) -> None:
    text = small(("ina.INa + leak.i_leak", "ina.INa + 0.1 [mS/uF] * (V + 80 [mV])"))
    assert loaded(text, "small").Currents._fields == ("I_Na", "I_2")
    assert rates_of(text)[0] == pytest.approx(rates_of(small())[0], rel=1e-14)


def test_whole_cell_currents_become_currents_per_capacitance(small: Any) -> None:
    leak = "0.1 [mS/uF] * (membrane.V + 80 [mV])\n    in [A/F]"
    text = small(
        ("+ i_stim)", "+ i_stim) / Cm"),
        (STIMULUS, f"Cm = 50 [pF]\n    in [pF]\n{STIMULUS}"),
        ("(membrane.V - 50 [mV])\n    in [A/F]", "(membrane.V - 50 [mV])\n    in [pA]"),
        ("gNa = 11 [mS/uF]\n    in [mS/uF]", "gNa = 550 [nS]\n    in [nS]"),
        (leak, "membrane.Cm * 0.1 * (membrane.V + 80 [mV])\n    in [pA]"),
    )
    model = loaded(text, "small")
    assert model.Parameters().g_Na == 11.0
    assert units_of(model.Parameters)["g_Na"].symbol == "mS/uF"
    assert "I_leak=0.1 * (V + 80.0)" in text
    assert rates_of(text)[0] == pytest.approx(rates_of(small())[0], rel=1e-14)


def test_other_units_become_ours(small: Any) -> None:
    """The same model in V, s and A/F = V/s."""
    text = small(
        ("membrane.V = -80", "membrane.V = -0.08"),
        ("time = 0 [ms] bind time\n    in [ms]", "time = 0 [s] bind time\n    in [s]"),
        ("    in [mV]\n    label", "    in [V]\n    label"),
        ("(membrane.V + 40 [mV]) / 7 [mV]", "(membrane.V + 0.04 [V]) / 0.007 [V]"),
        ("tau = 2 [ms]\n    in [ms]", "tau = 0.002 [s]\n    in [s]"),
        ("gNa = 11 [mS/uF]\n    in [mS/uF]", "gNa = 11000 [S/F]\n    in [S/F]"),
        ("membrane.V - 50 [mV]", "membrane.V - 0.05 [V]"),
        ("0.1 [mS/uF] * (membrane.V + 80 [mV])", "100 [S/F] * (membrane.V + 0.08 [V])"),
    )
    model = loaded(text, "small")
    assert model.V_initial == -80.0
    assert model.Parameters().tau == 2.0
    dV, _, derivatives = rates_of(text, m=0.3)
    expected, _, expected_derivatives = rates_of(small(), m=0.3)
    assert dV == pytest.approx(expected, rel=1e-12)
    assert derivatives == pytest.approx(expected_derivatives, rel=1e-12)


SCALED = [
    ("membrane.V = -80", "membrane.V = 0.1"),
    ("    in [mV]\n    label membrane_potential", "    in [1]"),
    ("(membrane.V + 40 [mV]) / 7 [mV]", "(membrane.V - 0.4) / 0.07"),
    ("membrane.V - 50 [mV]", "membrane.V - 1.3"),
    ("(membrane.V + 80 [mV])", "membrane.V"),
]


@pytest.mark.parametrize(
    ("options", "rest", "span"),
    [({}, -80.0, 100.0), ({"rest": -85.0}, -85.0, 100.0), ({"rest": -90.0, "span": 120.0}, -90.0, 120.0)],
)
def test_a_potential_without_unit_becomes_millivolt(
    small: Any, options: Any, rest: float, span: float
) -> None:
    text = small(*SCALED, **options)
    model = loaded(text, "small")
    assert (model.Parameters().V_rest, model.Parameters().span) == (rest, span)
    assert model.V_initial == pytest.approx(rest + 0.1 * span)
    assert f"* V is {rest:g} mV + {span:g} mV x membrane.V" in text
    dV, _, _ = rates_of(text, V=rest + 0.3 * span, m=0.5)
    assert dV / span == pytest.approx(-(11.0 * 0.125 * (0.3 - 1.3) + 0.1 * 0.3), rel=1e-14)


def test_a_file_that_scales_its_potential_is_believed(small: Any) -> None:
    text = small(*SCALED, ("[leak]", "[leak]\nE = -85 [mV] + 90 [mV] * membrane.V\n    in [mV]"))
    assert "V is -85 mV + 90 mV x membrane.V (as the file has it)" in " ".join(text.split())


def test_the_potential_can_be_named(small: Any) -> None:
    two = ("ina.m = 0.1", "ina.m = 0.1\nleak.W = -60"), ("[leak]", "[leak]\ndot(W) = -i_leak\n    in [mV]")
    unlabelled = ("    label membrane_potential\n", "")
    named = small(*two, unlabelled, ("membrane.V", "membrane.U"), ("dot(V)", "dot(U)"), potential="U")
    assert "* V is membrane.U." in named


# What is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("m^3", "m^3 * sin(membrane.V)")], r"small.mmt:28: ina.INa uses sin\(\), which cannot be translated"),
        ([("m^3", "m^3 * floor(m)")], r"small.mmt:28: ina.INa uses floor\(\), which cannot be translated"),
        ([("tau = 2 [ms]", "tau = 2 [ms] + engine.time")], r"small.mmt:23: ina.tau changes with time"),
        ([("m^3", "m^3 * engine.time")], r"small.mmt:28: ina.INa changes with time other than"),
        ([("i_stim = engine.pace", "i_stim = ina.m * engine.pace")], r"small.mmt:15: membrane.i_stim changes"),
        ([("(inf - m) / tau", "(inf - m) / tau + dot(membrane.V)")], r"small.mmt:19: ina.m needs dV/dt"),
        ([("dot(V) =", "dot(W) =")], r"small.mmt: "),
        ([("[leak]", "[leak")], r"small.mmt: .* on line 31"),
        ([("membrane.V = -80", "membrane.V = -80\nleak.W = -60"), ("    label membrane_potential\n", ""),
          ("[leak]", "[leak]\ndot(W) = -i_leak\n    in [mV]"), ("membrane.V", "membrane.U"), ("dot(V)", "dot(U)")],
         r"which variable is the membrane potential\? - name it with --V \(states: membrane.U, leak.W\)"),
        ([("dot(V) = -(ina.INa + leak.i_leak + i_stim)", "V = -80 + engine.pace"), ("membrane.V = -80\n", "")],
         r"small.mmt:11: membrane.V is no state, so it cannot be the membrane potential"),
    ],
)  # fmt: skip
def test_what_cannot_be_translated_is_named_with_its_line(small: Any, changes: Any, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        small(*changes)


def test_a_scale_is_for_a_potential_without_unit(small: Any) -> None:
    with pytest.raises(ModelError, match=r"membrane.V is in mV - a rest and a span are for"):
        small(rest=-80.0)


def test_an_unknown_potential_is_answered_with_the_nearest(small: Any) -> None:
    with pytest.raises(ModelError, match=r'membrane\.U is not in this file - did you mean "membrane\.V"'):
        small(potential="membrane.U")


def test_lines_of_cellml_files_are_found(tmp_path: Path) -> None:
    from imported_files import path

    text = path("mitchell_schaeffer_2003").read_text(encoding="utf-8")
    line = 1 + text[: text.index("<apply>", text.index('<component name="J_out"'))].count("\n")
    file = tmp_path / "changed.cellml"
    file.write_text(
        text.replace("<ci>tau_out</ci>", "<apply><sin/><ci>tau_out</ci></apply>"), encoding="utf-8"
    )
    with pytest.raises(ModelError, match=rf"changed.cellml:{line}: J_out.J_out uses sin"):
        imported(file)


@pytest.mark.parametrize(
    ("name", "message"),
    [("nowhere.cellml", "there is no such file"), ("notes.txt", "a model file ends in .cellml or .mmt"),
     ("empty.cellml", "Unable to parse XML"), ("empty.mmt", "Model section not found")],
)  # fmt: skip
def test_what_is_no_model_file_is_told_so(tmp_path: Path, name: str, message: str) -> None:
    if name != "nowhere.cellml":
        (tmp_path / name).write_text("")
    with pytest.raises(ModelError, match=rf"{name}: .*{message}|{name}: {message}"):
        imported(tmp_path / name)


def test_without_myokit_the_way_to_get_it_is_told(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "myokit", None)
    with pytest.raises(ModelError, match=r'pip install "cardiac-tissue\[import\]"'):
        small()


# Formulas -----------------------------------------------------------------------------------------------

a, b, c = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (ex.minus(a, ex.minus(b, c)), "a - (b - c)"),
        (ex.over(a, ex.times(b, c)), "a / (b * c)"),
        (ex.times(ex.plus(a, b), c), "(a + b) * c"),
        (ex.negative(ex.plus(a, b)), "-(a + b)"),
        (ex.plus(a, Number(-2.0)), "a - 2.0"),
        (ex.minus(ex.plus(a, Number(10.0)), Number(40.0)), "a - 30.0"),
        (ex.times(Number(-1.0), a), "-a"),
        (ex.times(a, ex.over(Number(1.0), b)), "a / b"),
        (ex.call("^", a, Number(3.0)), "a * a * a"),
        (ex.call("^", ex.plus(a, b), Number(4.0)), "squared(squared(a + b))"),
        (ex.call("^", a, Number(-2.0)), "1.0 / (a * a)"),
        (ex.call("^", a, Number(0.5)), "sqrt(a)"),
        (ex.call("^", a, b), "power(a, b)"),
        (ex.choice(ex.call("<", a, b), a, ex.choice(ex.call(">", a, c), b, c)), "a if a < b else b if a > c else c"),
        (ex.times(ex.choice(ex.call("<", a, b), a, b), c), "(a if a < b else b) * c"),
        (ex.call("*", Number(310000.0), Number(1e-05)), "310000.0 * 1e-5"),
    ],
)  # fmt: skip
def test_formulas_are_written_with_as_few_brackets_as_they_need(tree: Any, text: str) -> None:
    assert printing.text(printing.pythonic(tree), {"a": "a", "b": "b", "c": "c"}) == text
