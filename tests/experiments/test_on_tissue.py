"""Experiments on tissue against published velocities, exact fronts and nuclei, and what conserves charge."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
import tissues
from table_cells import rows
from tissues import value

from cardiac.config import ConfigError, loads
from cardiac.config.quantities import Strength
from cardiac.experiments import (
    Obstacles,
    cable_restitution,
    conduction,
    diastolic_threshold,
    isthmus,
    liminal_size,
    reentry,
    s1s2,
    safety_factor,
    vulnerable_window,
)
from cardiac.experiments._places import electrotonic_distance, farthest
from cardiac.preparation import Preparation
from cardiac.runner import subject
from cardiac.tissue.shapes import Left, Strip

MODIFIED = "mitchell_schaeffer_modified"
# The cubic as in the literature of the project: lengths in mm, k 8 per ms, so that c = 1.6 mm/ms.
CUBIC = "{name: nagumo, parameters: {k: 8 1/ms}}"


@cache
def tissue(
    size: str, spacing: float = 0.1, model: str = MODIFIED, diffusivity: str = "0.1 mm^2/ms", more: str = "",
    run: str = "",
) -> Preparation:  # fmt: skip
    """A preparation in second order, to be compared with other codes."""
    order = f"space_order: 2{run}"
    return tissues.tissue(size, f"{spacing} mm", model=model, diffusivity=diffusivity, run=order, more=more)


def number(column: Any) -> Any:
    return column.values


# Conduction ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("ms2003", "mitchell_schaeffer_2003"),
        pytest.param("lr1991", "luo_rudy_1991", marks=pytest.mark.slow),
        pytest.param("ttp2006_epi", "ten_tusscher_panfilov_2006", marks=pytest.mark.slow),
        pytest.param("br1977", "beeler_reuter_1977", marks=pytest.mark.slow),
    ],
)
def test_velocity_is_that_of_published_cables_at_equal_spacing(name: str, model: str) -> None:
    """Half a percent is what chosen steps of standard accuracy may cost."""
    (expected,) = rows("cv.csv", name)
    for spacing in (0.25, 0.1):
        found = conduction.perform(tissue("10 mm", spacing, model), conduction.Options())
        assert expected[f"CV_dx{spacing:g}"] == pytest.approx(value(found, "velocity"), rel=0.005)
        assert abs(value(found, "drift")) < 0.001


def test_velocities_of_the_cubic_are_exact() -> None:
    """c = sqrt(D k / 2) (1 - 2 a) in both directions of an oblique sheet; the grid costs (dx / front)^2."""
    sheet = tissue(
        "[20 mm, 20 mm]", 0.1, CUBIC, "{along: 1 mm^2/ms, across: 0.25 mm^2/ms, fibre_angle: 30 deg}"
    )
    found = conduction.perform(sheet, conduction.Options()).tables["conduction"]
    np.testing.assert_allclose(number(found["diffusivity"]), [1.0, 0.25], rtol=1e-12)
    np.testing.assert_allclose(number(found["velocity"]), [1.6, 0.8], rtol=0.005)


def test_a_wanted_velocity_is_reached_and_takes_the_diffusivity_of_theory() -> None:
    """D = c^2 / (k / 2 (1 - 2 a)^2)."""
    sheet = tissue("[20 mm, 20 mm]", 0.1, CUBIC, "1 mm^2/ms")
    wanted = conduction.Wanted(along=1.2, across=0.6)
    found = conduction.perform(sheet, conduction.Options(tune=wanted, tolerance=0.001)).tables
    np.testing.assert_allclose(number(found["conduction"]["velocity"]), [1.2, 0.6], rtol=0.001)
    np.testing.assert_allclose(number(found["conduction"]["diffusivity"]), [0.5625, 0.140625], rtol=0.015)
    assert len(number(found["tried"]["velocity"])) <= 8


@pytest.mark.parametrize(
    ("wanted", "limit"),
    [
        (100.0, "12.. mm/ms take a space constant of 100 cells, .* use a larger spacing"),
        (0.001, "the slowest is 0.0.* mm/ms: below it waves die between cells"),
    ],
)
def test_a_velocity_out_of_reach_is_told_with_the_nearest_that_is_not(wanted: float, limit: str) -> None:
    """sqrt(D) with D = (100 dx)^2 / tau_m, of a wave of 0.3 mm/ms at 0.1 mm^2/ms: 12.6 mm/ms."""
    options = conduction.Options(tune=conduction.Wanted(along=wanted))
    with pytest.raises(Obstacles, match=f"tune: along: {wanted:g} mm/ms is out of reach, {limit}"):
        conduction.perform(tissue("10 mm", 0.2), options)


def test_conduction_in_a_region_is_that_of_its_cells() -> None:
    """Of a hyperpolarized cubic: c = sqrt(D k / 2) (1 + a - 3 u2)."""
    leak = "mechanisms: [{potassium_conductance: {g: 0.4 mS/uF, reversal: -90 mV}}]"
    sheet = tissue(
        "[20 mm, 20 mm]", 0.1, CUBIC, "1 mm^2/ms", f"regions: {{there: {{shape: {{left: 5 mm}}, {leak}}}}}"
    )
    here, there = (conduction.perform(sheet, conduction.Options(region)) for region in (None, "there"))
    assert value(here, "velocity") == pytest.approx(1.6, rel=0.005)
    assert value(there, "velocity") == pytest.approx(1.03593, rel=0.005)


def test_tissue_that_does_not_conduct_is_told() -> None:
    """Beyond g = 1.0616 mS/uF the hyperpolarized cubic has no front."""
    leak = "mechanisms: [{potassium_conductance: {g: 1.1 mS/uF, reversal: -90 mV}}]"
    found = conduction.perform(tissue("20 mm", 0.1, CUBIC, "1 mm^2/ms", leak), conduction.Options())
    assert "does not conduct" in found.sentences[0]
    assert np.isnan(value(found, "velocity"))


# Diastolic threshold, liminal size ----------------------------------------------------------------------


def test_an_electrode_on_all_of_a_cable_needs_what_a_cell_needs() -> None:
    """And a smaller one more, at last in inverse proportion to its size."""
    cable = tissue("20 mm")
    alone = cable.threshold(cable.mask(Left(1.0)), 2.0)
    needed = [
        value(diastolic_threshold.perform(cable, diastolic_threshold.Options(at=Left(width))), "current")
        for width in (0.1, 0.2, 1.0, 15.0)
    ]
    assert needed[3] == pytest.approx(alone, rel=0.01)
    assert needed[0] > needed[1] > needed[2] > needed[3]
    assert needed[0] / needed[1] == pytest.approx(2.0, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "expected"), [("ten_tusscher_panfilov_2006", 19.7), ("courtemanche_1998", 21.1)]
)
def test_diastolic_thresholds_of_prototypes(model: str, expected: float) -> None:
    """2 ms, 0.5 mm of a cable, as a multiple of what a cell alone needs.

    The prototype of Courtemanche's model began with another state, whose cells need 11.7 A/F alone; those of the
    published state need 11.0 A/F, and the electrode 20.0 A/F. Of the other model both are those of the prototype.
    """
    cable = tissue("20 mm", 0.1, model)
    found = diastolic_threshold.perform(cable, diastolic_threshold.Options())
    prototype = {"ten_tusscher_panfilov_2006": 12.8, "courtemanche_1998": 11.7}[model]
    assert expected / prototype == pytest.approx(value(found, "current") / value(found, "cell"), rel=0.03)


def test_the_critical_nucleus_of_the_cubic_is_where_waves_begin() -> None:
    """w(x) = 2 p q / (B + R cosh(kappa x)) is a stationary profile: a little less dies, a little more grows."""
    cable = tissue("30 mm", 0.1, CUBIC, "1 mm^2/ms")
    p, q, k = 0.1, 1.0, 8.0
    B, R = 2.0 * (p + q) / 3.0, np.sqrt(4.0 * (p + q) ** 2 / 9.0 - 2.0 * p * q)
    profile = 2.0 * p * q / (B + R * np.cosh(np.sqrt(k * p * q) * cable.grid.x))
    everywhere, far = np.ones(cable.grid.shape, dtype=bool), cable.only((0, 250))
    grows = [
        cable.trial(
            [], 60.0, start=cable.displaced(everywhere, -80.0 + 100.0 * part * profile), watched=far
        ).reaches(far)
        for part in (0.995, 1.005)
    ]
    assert grows == [False, True]


def starts_a_wave(radius: float, dimension: int, to: float = 1.0) -> bool:
    """Whether a segment of half-length, or a disk of radius, starts a front in the cubic, by another integrator.

    Lines of the symmetric problem u_t = u_rr + (dimension - 1) / r u_r + f(u), of second order, in finite volumes.
    """
    from scipy.integrate import solve_ivp

    h, n = 0.025, 480
    edges = h * np.arange(n + 1)
    area, volume = edges ** (dimension - 1), np.diff(edges**dimension) / dimension

    def rhs(t: float, u: Any) -> Any:
        flow = np.zeros(n + 1)
        flow[1:-1] = area[1:-1] * np.diff(u) / h
        return np.diff(flow) / volume + 8.0 * u * (u - 0.1) * (1.0 - u)

    part = np.clip((radius - edges[:-1]) / h, 0.0, 1.0)
    found = solve_ivp(rhs, (0.0, 12.0), to * part, method="LSODA", rtol=1e-7, atol=1e-9, lband=1, uband=1)
    return bool(found.y[240, -1] > 0.5)


@cache
def critical(dimension: int) -> float:
    low, high = 0.01, 3.0
    while high - low > 0.002 * high:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if starts_a_wave(middle, dimension) else (middle, high)
    return 0.5 * (low + high)


def test_liminal_length_of_the_cubic_is_that_of_another_integrator() -> None:
    cable = tissue("20 mm", 0.05, CUBIC, "1 mm^2/ms")
    found = liminal_size.perform(cable, liminal_size.Options(to=20.0, tolerance=0.002))
    assert 2.0 * critical(1) == pytest.approx(value(found, "size"), rel=0.01)


@pytest.mark.slow
def test_liminal_area_of_the_cubic_is_that_of_another_integrator() -> None:
    """The disk of square cells is one to about a cell's tenth of its radius, here 12 cells."""
    sheet = tissue("[16 mm, 16 mm]", 0.1, CUBIC, "1 mm^2/ms")
    found = liminal_size.perform(sheet, liminal_size.Options(to=20.0, at=(0.0, 0.0), tolerance=0.005))
    assert critical(2) == pytest.approx(value(found, "radius"), rel=0.02)


def test_a_segment_in_the_middle_is_two_at_the_end() -> None:
    cable = tissue("20 mm")
    end, middle = (liminal_size.perform(cable, liminal_size.Options(at=at)) for at in (None, (10.0,)))
    assert value(end, "size") == pytest.approx(value(middle, "size"), rel=0.02)


def test_the_size_of_a_piece_is_that_of_its_part_inside() -> None:
    """A corner of a sheet is a quarter, an edge a half of the disk in the middle, which a scar halves too."""
    sheet = tissue("[6 mm, 6 mm]", 0.2)
    half = "regions: {scar: {shape: {right: 3 mm}, conducts: false}}"
    scarred = tissue("[6 mm, 6 mm]", 0.2, more=half)
    whole = liminal_size.perform(sheet, liminal_size.Options())
    for on, at, part in ((sheet, (0.0, 0.0), 0.25), (sheet, (0.0, 3.0), 0.5), (scarred, (2.999, 3.0), 0.5)):
        found = liminal_size.perform(on, liminal_size.Options(at=at))
        for name in ("size", "charge"):
            assert value(found, name) == pytest.approx(part * value(whole, name), rel=0.02)
        assert value(found, "radius") == pytest.approx(value(whole, "radius"), rel=0.02)


def test_near_the_end_a_segment_is_what_lies_inside() -> None:
    """Between half and all of one in the middle, as less current leaves it at the end."""
    cable = tissue("12 mm", 0.05)
    sizes = [
        value(liminal_size.perform(cable, liminal_size.Options(at=(x,))), "size") for x in (0.0, 0.03, 6.0)
    ]
    assert 0.5 * sizes[2] < sizes[1] < 0.75 * sizes[2]
    assert sizes[0] == pytest.approx(sizes[2], rel=0.02)


# Safety factor ------------------------------------------------------------------------------------------


@cache
def factors(spacing: float, flow: Any = "net", size: str = "24 mm") -> Mapping[str, Any]:
    cable = tissue(size, spacing, CUBIC, "1 mm^2/ms")
    return safety_factor.perform(cable, safety_factor.Options(at=Left(2.0), flow=flow)).maps


def middle(maps: Mapping[str, Any], spacing: float) -> Any:
    """The safety factors from 13 mm to 18 mm, where the front is steady."""
    return maps["safety_factor"].values[0, round(13 / spacing) : round(18 / spacing)]


def test_safety_factor_of_a_front_is_exact_everywhere_and_converges() -> None:
    """1 + c^2 A / (D V'), with the charge D V' / c^2 of the net current (D / c^2) dV'/dt; of the cubic 5 - 8 a."""
    coarse, fine = (middle(factors(spacing), spacing) for spacing in (0.25, 0.125))
    np.testing.assert_allclose(
        fine, 4.2, rtol=0.015
    )  # 0.5 % for steps of standard accuracy, 0.4 % for an end at 1 %
    np.testing.assert_allclose(np.median(coarse), np.median(fine), rtol=0.01)
    assert np.ptp(fine) < 0.02


def test_safety_factor_between_cells_depends_on_their_length() -> None:
    """1 + c dx / D."""
    for spacing in (0.25, 0.125):
        times = factors(spacing, "faces")["activation_time"].values[0, 0]
        a, b = round(8 / spacing), round(16 / spacing)
        c = (b - a) * spacing / (times[b] - times[a])
        np.testing.assert_allclose(middle(factors(spacing, "faces"), spacing), 1.0 + c * spacing, rtol=0.01)


def test_the_least_safety_factor_is_not_that_of_the_last_cell() -> None:
    """Which has no neighbour to give charge to: away from there it is that of the wave."""
    found = safety_factor.perform(tissue("12 mm", 0.2), safety_factor.Options())
    assert found.maps["safety_factor"].values[0, -1] < 0.6 * value(found, "median")
    assert value(found, "least") == pytest.approx(value(found, "median"), rel=0.02)
    assert "away from its ends" in found.sentences[0]


def test_the_least_safety_factor_is_told_of_a_region() -> None:
    """Also where it is higher than elsewhere: without coupling across its border, the wave is faster there."""
    easy = "parameters: {u_gate: 0.8 x}"
    more = f"regions: {{easy: {{shape: {{strip: {{center: 8 mm, width: 2 mm}}}}, {easy}}}}}"
    found = safety_factor.perform(tissue("12 mm", 0.2, more=more), safety_factor.Options())
    factor = found.maps["safety_factor"].values[0]
    assert value(found, "least") == factor[35:45].min() > value(found, "median")
    assert 'the least in region "easy" is ' in found.sentences[0]


def leaky(g: float, region: str) -> Preparation:
    leak = f"mechanisms: [{{potassium_conductance: {{g: {g} mS/uF, reversal: -90 mV}}}}]"
    return tissue("24 mm", 0.1, CUBIC, "1 mm^2/ms", f"regions: {{leaky: {{shape: {region}, {leak}}}}}")


@pytest.mark.parametrize("g", [0.8, *(pytest.param(g, marks=pytest.mark.slow) for g in (0.4, 1.0))])
def test_safety_factor_falls_to_one_where_uniform_tissue_stops_conducting(g: float) -> None:
    """5 - 8 a of the cubic with the leak, of its roots rest, threshold and excited state: at g* = 1.0616 it is 1.

    Near there the front is slow to become steady and wide.
    """
    u1, u2, u3 = np.sort(np.roots([-8.0, 8.8, -0.8 - g, -0.1 * g]).real)
    exact = 5.0 - 8.0 * (u2 - u1) / (u3 - u1)
    found = safety_factor.perform(leaky(g, "everywhere"), safety_factor.Options(at=Left(3.0))).maps
    assert 1.0 < np.median(middle(found, 0.1)) < 4.2
    assert exact == pytest.approx(np.median(middle(found, 0.1)), rel=0.02)


@pytest.mark.slow
def test_safety_factor_is_below_one_where_a_wave_dies() -> None:
    """In a strip that stops it, not before. Where it passes a strip, it is behind it as before it."""

    def along(g: float) -> Any:
        leak = f"mechanisms: [{{potassium_conductance: {{g: {g} mS/uF, reversal: -95 mV}}}}]"
        region = f"regions: {{strip: {{shape: {{strip: {{center: 10 mm, width: 3 mm}}}}, {leak}}}}}"
        return safety_factor.perform(tissue("20 mm", 0.1, more=region), safety_factor.Options()).maps

    passed, stopped = (along(g)["safety_factor"].values[0] for g in (0.2, 2.0))
    assert passed[170] == pytest.approx(passed[50], rel=0.03)
    assert np.nanmin(passed[85:115]) > 1.0
    assert np.all(stopped[30:70] > 1.0)
    inside = stopped[90:]
    assert np.isfinite(inside).any()
    assert np.all(inside[np.isfinite(inside)] < 1.0)
    assert np.isnan(stopped[-20:]).all()


def test_charge_is_conserved_by_the_equations_of_the_cell() -> None:
    """C dV = Q_in - Q_out - Q_ion, with Q_ion from the model's own currents along its own path."""
    cable = tissue("12 mm", 0.1).plain()
    charges = safety_factor.Charges(cable, "faces")
    place, path = (0, 60), []

    def each(V: Any) -> bool:
        if not charges.over[place]:
            path.append((V[place], cable._simulation.state["h"][place]))
        return charges(V)

    pulse = cable.pulses(cable.mask(Left(1.0)), 30.0, duration=2.0)
    cable.trial([pulse], 200.0, each=each)
    p = cable.model.Parameters()
    currents = [sum(cable.model.currents(V, cable.model.State(h=h), p)) for V, h in path]
    ionic = cable.dt * float(np.trapezoid(currents))
    gained = (charges.V_max - charges.rest)[place]
    assert gained == pytest.approx(charges.into[place] - charges.out[place] - ionic, rel=0.01)
    assert ionic < 0.0


WEAK = Strength(3.0, False)


@pytest.mark.parametrize(
    ("experiment", "options"),
    [
        (s1s2, s1s2.Options(strength=WEAK)),
        (safety_factor, safety_factor.Options(strength=WEAK)),
        (vulnerable_window, vulnerable_window.Options(strength=WEAK)),
        (reentry, reentry.Options(strength=WEAK)),
        (cable_restitution, cable_restitution.Options(strength=WEAK)),
    ],
)
def test_a_stimulus_that_launches_no_wave_is_told_with_one_that_does(experiment: Any, options: Any) -> None:
    """A cell needs 7.4 A/F, an electrode of 1 mm about 10 A/F."""
    on = tissue("[16 mm, 4 mm]" if experiment is reentry else "16 mm", 0.25)
    with pytest.raises(
        Obstacles, match=r"strength: a pulse of 3 A/F launches no wave: .* threshold .* write"
    ) as told:
        experiment.perform(on, options)
    needed = float(str(told.value).split()[-2])
    assert 15.0 < needed < 30.0
    enough = tissue("12 mm", 0.25)
    pulse = enough.pulses(enough.mask(Left(1.0)), needed, duration=2.0)
    assert np.isfinite(enough.trial([pulse], 100.0).first()).all()


# Isthmus ------------------------------------------------------------------------------------------------


def leaves(width: float, bias: float, conductance: float, shape: tuple[int, int] = (50, 80)) -> bool:
    """Whether a cubic front comes out of a channel [mm] into a sheet with a bias -b and a leak to u = -0.1.

    Explicit steps of first order on cells of 0.2 mm, written without the program: lengths in mm, times in ms, u in
    spans, k 8, a 0.1, D 1.
    """
    dx, dt = 0.2, 0.009
    ny, nx = shape
    cells, lowest = round(width / dx), (ny - round(width / dx)) // 2
    beyond = np.arange(nx) >= nx // 2
    conducts = np.zeros(shape, bool)
    conducts[:, beyond] = conducts[lowest : lowest + cells] = True
    along = conducts[:, 1:] & conducts[:, :-1]
    across = conducts[1:] & conducts[:-1]
    b, g = bias * beyond, conductance * beyond
    u = np.zeros(shape)
    start = round(15.0 / dt)
    for step in range(start + round(100.0 / dt)):  # when the sheet has come to rest, 1 mm is excited
        if step == start:
            u[:, :5] = 1.0
        elif u[ny // 2, -1] > 0.5:
            return True
        x, y = along * np.diff(u, axis=1), across * np.diff(u, axis=0)
        flow = np.zeros(shape)
        flow[:, :-1] += x
        flow[:, 1:] -= x
        flow[:-1] += y
        flow[1:] -= y
        u = u + dt * (flow / dx**2 + 8.0 * u * (1.0 - u) * (u - 0.1) - b - g * (u + 0.1)) * conducts
    return False


@pytest.mark.parametrize(
    ("bias", "conductance"),
    [
        pytest.param(0.0, 0.0, marks=pytest.mark.slow),
        pytest.param(0.05, 0.0, marks=pytest.mark.slow),
        pytest.param(0.1, 0.0, marks=pytest.mark.slow),
        (0.2, 0.0),
        (0.0, 0.6),
    ],
)
def test_critical_widths_of_the_cubic_are_those_of_another_integrator(
    bias: float, conductance: float
) -> None:
    """The sheet beyond the opening is hyperpolarized; the prototypes, which had these cases, did not wait so long."""
    leaks = f"""[
        bias_current: {{strength: {-100 * bias} A/F}},
        potassium_conductance: {{g: {conductance} mS/uF, reversal: -90 mV}},
    ]"""
    more = f"regions: {{beyond: {{shape: {{right: 8 mm}}, mechanisms: {leaks}}}}}"
    sheet = tissue("[16 mm, 10 mm]", 0.2, CUBIC, "1 mm^2/ms", more)
    found = isthmus.perform(sheet, isthmus.Options(opening=8.0))
    low, width = value(found, "low"), value(found, "width")
    assert width - low == pytest.approx(0.2)
    assert leaves(width, bias, conductance)
    assert low == 0.0 or not leaves(low, bias, conductance)
    passed, stopped = (found.maps.get(f"activation_{name}") for name in ("passed", "stopped"))
    assert passed is not None
    assert np.isfinite(passed.values[:, -1]).all()
    assert stopped is None or np.isnan(stopped.values[:, -1]).all()


def test_a_stimulus_that_launches_no_wave_is_no_block_at_the_opening() -> None:
    with pytest.raises(Obstacles, match="strength: a wave of this strength does not come to the opening"):
        isthmus.perform(tissue("[10 mm, 3 mm]", 0.25), isthmus.Options(strength=Strength(1.0, True)))


# What cannot be -----------------------------------------------------------------------------------------

CABLE = "{size: 20 mm, spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}"
BAD = [
    ("conduction: {tune: {across: 0.3 m/s}}", CABLE, "tune.*a cable has one direction"),
    ("conduction", "cell", 'is about a cable or a sheet, this is a single cell - write for example'),
    ("isthmus", CABLE, "isthmus is about a sheet, this is a cable"),
    ("conduction", CABLE.replace("0.1 mm^2/ms", "0 mm^2/ms"), "not coupled do not conduct"),
    ("diastolic_threshold: {at: {strip: {center: 30 mm, width: 1 mm}}}", CABLE, "at: lies outside the tissue"),
    ("diastolic_threshold: {target: 30 mm}", CABLE, "target: lies outside the tissue"),
    ("diastolic_threshold: {target: 1 mm}", CABLE, "target: is .* space constants from the electrode"),
    ("diastolic_threshold: {at: {left: 19 mm}}", CABLE, "at: no tissue is 4 space constants away"),
    ("liminal_size", CABLE.replace("20 mm", "1 mm"), "at: no tissue is 4 space constants"),
    ("liminal_size: {to: -90 mV}", CABLE, "to: -90 mV is not above the resting potential"),
    ("safety_factor: {at: {disk: {center: 30 mm, radius: 1 mm}}}", CABLE, "at: lies outside the tissue"),
    ("safety_factor: {flow: gross}", CABLE, "flow.*gross"),
    ("isthmus: {opening: 30 mm}", CABLE.replace("20 mm", "[20 mm, 4 mm]"), "opening: 30 mm is not inside"),
    ("isthmus: {electrode: 11 mm}", CABLE.replace("20 mm", "[20 mm, 4 mm]"), "electrode: 11 mm is not shorter"),
    ("isthmus: {target: [1 mm, 1 mm]}", CABLE.replace("20 mm", "[20 mm, 4 mm]"), "target: lies before the opening"),
]  # fmt: skip


HALF = "strength: 0.5 x threshold launches no wave - use 1 x threshold or more"
LINES, SHEETS = ("s1s2", "cable_restitution", "vulnerable_window", "safety_factor"), ("reentry", "isthmus")
BAD += [(f"{name}: {{strength: 0.5 x threshold}}", CABLE, HALF) for name in LINES]
BAD += [
    (f"{name}: {{strength: 0.5 x threshold}}", CABLE.replace("20 mm", "[20 mm, 4 mm]"), HALF)
    for name in SHEETS
]
UNCOUPLED = CABLE.replace("0.1 mm^2/ms", "0 mm^2/ms")
NAMES = ("diastolic_threshold", "liminal_size", "s1s2", "cable_restitution", "vulnerable_window")
BAD += [(name, UNCOUPLED, "at: cells that are not coupled do not conduct") for name in NAMES]
ALONG = "{along: 0.1 mm^2/ms, across: 0 mm^2/ms}"
SCAR = "regions: {scar: {shape: {rectangle: {corner: [10 mm], opposite: [11 mm]}}, conducts: false}}"
WALL = SCAR.replace("[10 mm]", "[13 mm, 0 mm]").replace("[11 mm]", "[14 mm, 4 mm]")
SHEET = CABLE.replace("20 mm", "[20 mm, 4 mm]")
CUT_OFF = [
    ("diastolic_threshold: {target: 15 mm}", CABLE, SCAR, "target: is cut off from the electrode"),
    ("diastolic_threshold: {at: {disk: {center: 19.9 mm, radius: 0.3 mm}}, target: 2 mm}", CABLE, SCAR, "cut off"),
    ("s1s2: {to: 15 mm}", CABLE, SCAR, "to: is cut off from the electrode"),
    ("cable_restitution: {between: [5 mm, 15 mm]}", CABLE, SCAR, "between: is cut off from the electrode"),
    ("liminal_size: {at: 11.5 mm}", CABLE.replace("20 mm", "12 mm"), SCAR, "at: no tissue is 4 space constants"),
    ("isthmus: {target: [18 mm, 2 mm]}", SHEET, WALL, "target: is cut off from the electrode"),
    ("isthmus: {opening: 13.5 mm}", SHEET, WALL, "target: is cut off from the electrode"),
    ("reentry: {s2: {right: 3 mm}}", SHEET, WALL, "s2: is cut off from the electrode"),
]  # fmt: skip


@pytest.mark.parametrize(("experiment", "where", "regions", "message"), CUT_OFF)
def test_tissue_behind_a_scar_is_no_target(experiment: str, where: str, regions: str, message: str) -> None:
    text = f"title: Bad\nmodel: {MODIFIED}\ntissue: {where}\n{regions}\nexperiment: {{{experiment}}}\n"
    with pytest.raises(ConfigError, match=message):
        subject(loads(text))


def test_across_fibres_that_conduct_along_them_only_all_is_far() -> None:
    """What an electrode on all of them needs is what it needs on one."""
    one, many = tissue("20 mm", 0.25), tissue("[20 mm, 1 mm]", 0.25, diffusivity=ALONG)
    needed = [
        value(diastolic_threshold.perform(on, diastolic_threshold.Options()), "current") for on in (one, many)
    ]
    assert needed[0] == pytest.approx(needed[1], rel=1e-9)
    corner = many.only((0, 0))
    distance = electrotonic_distance(many, corner)
    assert distance[1:].min() > 1e3
    np.testing.assert_allclose(distance[0], electrotonic_distance(one, one.only((0, 0)))[0], rtol=1e-9)


PACEMAKER = "mechanisms: [{bias_current: {strength: 0.4 A/F}}]"


@pytest.mark.parametrize("experiment", ["s1s2", "cable_restitution", "vulnerable_window", "block", "reentry"])
def test_a_region_that_is_active_by_itself_is_refused(experiment: str) -> None:
    """Its activity would be told as that of premature waves."""
    where = SHEET if experiment == "reentry" else CABLE
    asked = "{block: {region: active}}" if experiment == "block" else experiment
    text = "title: Bad\nmodel: mitchell_schaeffer_2003\n"
    text += f"regions: {{active: {{shape: {{strip: {{center: 10 mm, width: 4 mm}}}}, {PACEMAKER}}}}}\n"
    with pytest.raises(ConfigError, match=r'region "active": .*spontaneously active'):
        subject(loads(f"{text}tissue: {where}\nexperiment: {asked}\n"))


def test_an_island_behind_a_scar_changes_nothing() -> None:
    """Targets that are not given lie on this side of it."""
    whole, island = (
        tissue("16 mm", 0.2),
        tissue("22 mm", 0.2, more=SCAR.replace("[10", "[16").replace("[11", "[17")),
    )
    for experiment in (diastolic_threshold, liminal_size):
        one, other = (experiment.perform(cable, experiment.Options()) for cable in (whole, island))
        for name, column in next(iter(one.tables.values())).items():
            assert number(column) == pytest.approx(number(next(iter(other.tables.values()))[name]), rel=1e-9)
    first, second = (farthest(cable, cable.mask(Left(1.0))) for cable in (whole, island))
    assert first == second == (0, 79)


@pytest.mark.parametrize(("experiment", "where", "message"), BAD)
def test_what_cannot_be_done_is_told_before_anything_is(experiment: str, where: str, message: str) -> None:
    asked = f"{{{experiment}}}" if ":" in experiment else experiment
    with pytest.raises(ConfigError, match=message):
        subject(loads(f"title: Bad\nmodel: {MODIFIED}\ntissue: {where}\nexperiment: {asked}\n"))


def test_in_python_it_is_told_too() -> None:
    with pytest.raises(Obstacles, match="lies outside the tissue"):
        diastolic_threshold.perform(tissue("20 mm"), diastolic_threshold.Options(at=Strip(30.0, 1.0)))
    bias = "mechanisms: [{bias_current: {strength: 0.4 A/F}}]"
    active = tissue("20 mm", 0.2, "mitchell_schaeffer_2003", more=bias)
    with pytest.raises(Obstacles, match="spontaneously active"):
        diastolic_threshold.perform(active, diastolic_threshold.Options())
