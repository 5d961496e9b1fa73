"""What stands in a report: what came out, the wave, methods that say what was done, and nothing from elsewhere."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from report_examples import CABLE, SHEET, write

import cardiac as cc
from cardiac import citations, figures, mechanisms, models, report
from cardiac.figures import _pixels
from cardiac.report.methods import methods
from cardiac.report.page import LARGEST
from cardiac.report.player import LEVELS, MOST_FRAMES, Player, player
from cardiac.report.tables import in_words
from cardiac.report.wording import heading, shape, spoken, told
from cardiac.result import Result
from cardiac.storage import Writer
from cardiac.typesetting import typeset

FOLDER = Path(__file__).parents[2] / "configs"
CONFIGS = [file for file in sorted(FOLDER.rglob("*.yaml")) if "\nbase:" not in file.read_text()]  # no sweeps


class Parts(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


@pytest.fixture(scope="module")
def html(sheet: Result) -> str:
    return report.html(sheet)


@pytest.fixture(scope="module")
def parts(html: str) -> Parts:
    return Parts(html)


def test_a_page_needs_nothing_else(parts: Parts, html: str) -> None:
    for tag, attributes in parts.tags:
        for key in ("src", "href", "data", "poster", "action"):
            if address := attributes.get(key):
                allowed = ("#", "data:") + (("https://doi.org/", "https://etna.") if tag == "a" else ())
                assert address.startswith(allowed)
    assert "url(" not in html
    assert "@import" not in html
    assert [s.get("type") for s in parts.all("script")] == ["application/json", None]
    assert len(html) < LARGEST


def test_what_a_config_says_is_text(html: str) -> None:
    assert "<script>window" not in html
    assert "onerror='" not in html.replace("&#39;", "")
    assert "&lt;script&gt;window.harmed = 1" in html
    assert "&lt;i&gt;nowhere&lt;/i&gt;" in html
    assert "&lt;coarse&gt;" in html
    # Code stays as it is to be written.
    assert "to 1.7\u00a0mS/µF, or <code>V: -95 mV</code> &lt;/p&gt;" in html


def test_the_same_result_is_the_same_page(sheet: Result, html: str) -> None:
    assert report.html(sheet) == html


def test_verdicts_come_first_then_the_wave_figures_numbers_config_methods_provenance(html: str) -> None:
    found = [html.index(part) for part in (
        "BLOCKED at x = 4.2", 'class="player"', "Activation map.</b>", "What was measured", "As it was written",
        "The cell model was", "Luo C-H, Rudy Y (1991)", "How it came about",
    )]  # fmt: skip
    assert found == sorted(found)


def test_the_figures_that_the_config_asks_for_are_there_with_words_for_those_who_do_not_see(
    parts: Parts,
) -> None:
    images = parts.all("img")
    assert len(images) == 3  # and the wave
    alts = [str(image["alt"]) for image in images]
    assert alts[0].startswith("Membrane potential over the tissue at ")
    assert alts[1].startswith("Activation map: When the wave arrived")
    assert "BLOCKED at x = 4.2\u00a0mm" in alts[1]
    assert "window.harmed" not in alts[1]  # the title, which stands above the page
    assert alts[2].startswith("Traces: The membrane potential at the probes")
    for image in images:
        picture = Image.open(BytesIO(base64.b64decode(str(image["src"]).partition(",")[2])))
        if "width" in image:
            assert (str(picture.width), str(picture.height)) == (image["width"], image["height"])


def test_numbers_have_their_units(parts: Parts) -> None:
    for text in (
        "activation time 0.43333 … 323.57 ms",
        "median conduction velocity 0.3 mm/ms",
        "time step 0.014286 ms",
        "threshold of stimulus 1 14.63 A/F",
        "grid 8 × 4 mm, 40 × 20 cells of 0.2 mm",
        "steps 1400",
    ):
        assert text in parts.text
    assert "tissue.spacing: 0.2 mm is <coarse>" in parts.text


def test_a_result_without_a_config_shows_what_can_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "bare.h5"
    with Writer(path, title="Bare") as out:
        out.coordinates(y=np.arange(3) + 0.5, x=np.arange(4) + 0.5)
        out.field("activation_time", [np.arange(12.0).reshape(3, 4)], "ms", "activation time")
        out.complete()
    found = Parts(report.html(Result.open(path)))
    alts = [str(image["alt"]) for image in found.all("img")]
    assert [alt.partition(":")[0] for alt in alts] == ["Activation map", "Velocity"]
    assert "No verdict was asked for; what was measured stands under Numbers ." in found.text


def test_a_figure_that_cannot_be_drawn_is_told_with_what_to_do(tmp_path: Path) -> None:
    with Writer(tmp_path / "none.h5", title="None") as out:
        out.coordinates(y=np.arange(3) + 0.5, x=np.arange(4) + 0.5)
        out.provenance(cc.loads(SHEET.replace("TITLE", "None")), {})
        out.complete()
    parts = Parts(report.html(Result.open(tmp_path / "none.h5")))
    assert "Not drawn: activation_map shows activation" in parts.text
    assert "add measure: [activation] and run again" in parts.text


def test_a_panel_is_one_picture_and_all_in_it_is_cited(tmp_path: Path) -> None:
    drawn = (
        "[{panel: {rows: [[velocity, activation_map], [traces]], name: all_of_it}}, {traces: {for: print}}]"
    )
    text = re.sub("figures: .*", f"figures: {drawn}", SHEET)
    html = report.html(write(tmp_path / "panel.h5", text, "A panel"))
    alts = [str(image["alt"]) for image in Parts(html).all("img")][1:]  # but the wave
    assert [alt.partition(":")[0] for alt in alts] == ["All of it", "Traces"]
    for name in ("velocity", "activation_map", "traces"):
        assert figures.summary(name).rstrip(".") in alts[0]
    assert "Velocity was computed from the result (Bayly et al. 1998)." in Parts(html).text


def test_what_an_experiment_answers_is_told_once(tmp_path: Path) -> None:
    with Writer(tmp_path / "block.h5", title="Block") as out:
        out.coordinates(y=[0.5], x=np.arange(4) + 0.5)
        out.verdict("forward", {"outcome": "blocked", "sentence": "BLOCKED at x = 4.2 mm"})
        out.outcome("block", ["Forward: BLOCKED at x = 4.2 mm; backward: CONDUCTED, on time."])
        out.complete()
    assert Parts(report.html(Result.open(tmp_path / "block.h5"))).text.count("BLOCKED at x = 4.2 mm") == 1


# The wave -----------------------------------------------------------------------------------------------


def played(result: Result, room: int = LARGEST) -> Player:
    found = player(result, "V", room)
    assert found is not None
    return found


def test_a_frame_has_the_values_of_the_result(sheet: Result) -> None:
    found = played(sheet)
    assert found.times == pytest.approx(sheet.time)
    step = (found.high - found.low) / (LEVELS - 1)
    for k in (0, 13, 40):
        picture = Image.open(BytesIO(base64.b64decode(found.frames[k].partition(",")[2])))
        numbers = np.asarray(picture)[::-1].astype(float)  # the first row of a picture is its top
        V = sheet.frames("V")[k]
        assert np.array_equal(numbers == LEVELS, ~sheet.conducting)
        values = np.clip(V[sheet.conducting], found.low, found.high)
        assert found.low + step * numbers[sheet.conducting] == pytest.approx(values, abs=0.51 * step)
        assert np.array_equal(np.reshape(picture.getpalette(), (-1, 3)), _pixels.palette(LEVELS))


def test_a_colour_bar_says_that_values_lie_beyond_it(tmp_path: Path) -> None:
    """A cell under an electrode in one frame is no range."""
    with Writer(tmp_path / "a.h5", title="An artefact") as out:
        out.coordinates(y=np.arange(20) + 0.5, x=np.arange(20) + 0.5)
        out.series("V", "mV", long_name="membrane potential")
        V = np.tile(np.linspace(-80.0, 20.0, 20), (20, 1))
        for time in range(3):
            V[0, -1] = 300.0 if time == 1 else 20.0
            out.append(float(time), {"V": V})
        out.complete()
    found = Result.open(tmp_path / "a.h5")
    assert played(found).ends == "max"
    text = Parts(report.html(found)).text
    assert "≥ 20 mV" in text
    assert "≤ −80" not in text


def test_the_wave_begins_where_there_is_something_to_see(sheet: Result) -> None:
    found = played(sheet)
    V = sheet.frames("V")[found.first][sheet.conducting]
    assert V.min() < -70 < 0 < V.max()


def test_regions_are_outlined_where_they_are(sheet: Result) -> None:
    (strip,) = played(sheet).outlines  # a scar shows as such
    assert strip.name == "strip"
    points = np.array([[float(n) for n in p.split()] for p in re.split("[ML]", strip.path) if p])
    assert points[:, 0].min() == pytest.approx(3.5, abs=0.11)  # half a cell
    assert points[:, 0].max() == pytest.approx(4.5, abs=0.11)
    assert (points[:, 1].min(), points[:, 1].max()) == (0.0, 4.0)


def test_a_cable_is_a_curve(cable: Result) -> None:
    found = played(cable)
    assert found.is_line
    points = np.array([[float(n) for n in p.split()] for p in re.split("[ML]", found.frames[20]) if p])
    assert points[:, 0] == pytest.approx(10_000 * cable.x / 8.0, abs=0.51)
    margin = 0.04 * (found.high - found.low)
    V = found.high + margin - points[:, 1] / 10_000 * (found.high - found.low + 2 * margin)
    assert pytest.approx(cable.frames("V")[20][0], abs=0.02) == V
    assert found.spans == [("gap", pytest.approx(3.6 / 8), pytest.approx(4.4 / 8))]


def test_a_page_has_no_more_frames_than_there_is_room_for(sheet: Result, tmp_path: Path) -> None:
    whole = played(sheet)
    size = sum(map(len, whole.frames))
    half = played(sheet, size // 2)
    assert sum(map(len, half.frames)) <= size // 2
    assert half.times == whole.times[::3]
    assert (half.of, len(half.frames)) == (41, len(half.times))
    many = played(write(tmp_path / "many.h5", CABLE, "Many", frames=2000))
    assert MOST_FRAMES / 2 < len(many.frames) <= MOST_FRAMES
    assert many.of == 2000
    assert np.diff(many.times) == pytest.approx(
        40.0 / 1999 * 7, abs=2e-6
    )  # evenly, or the wave would stumble


# Methods ------------------------------------------------------------------------------------------------


def test_methods_say_what_was_done(sheet: Result, parts: Parts) -> None:
    text = parts.text
    for sentence in (
        "The cell model was Luo-Rudy 1991 (guinea pig, ventricle; Luo & Rudy 1991).",
        "Changed parameters: g_Na 16 mS/µF.",
        "The tissue was a sheet of 8 mm × 4 mm, divided into cells of 0.2 mm.",
        "Its diffusivity was 0.2 mm²/ms along the fibres, which ran at 30°, and 0.05 mm²/ms across them.",
        "Region strip: strip (center 4 mm, width 1 mm); its cells had the mechanism potassium conductance "
        "(g 2.3 mS/µF, reversal −95 mV; Hodgkin & Huxley 1952).",
        "Region scar: disk (center (1 mm, 1 mm), radius 0.5 mm); it did not conduct",
        "Stimulus 1: 2 × threshold for 2 ms (threshold 14.63 A/F), at left (width 1 mm), from 1 ms on.",
        "finite volumes of fourth order in space",
        "a second-order Rush-Larsen method (Rush & Larsen 1978; Perego & Veneziani 2009)",
        "Simulated were 40 ms, in double (64 bits) precision.",
        "The time step was 0.01429 ms, chosen to keep the velocity error of time stepping below about 0.5 %",
        "(Bayly et al. 1998)",
    ):
        assert sentence in text


def test_exactly_what_was_used_is_cited(sheet: Result) -> None:
    found = methods(sheet.config, sheet.provenance, {}, ("traces",))
    assert [citation.key for citation in found.citations] == [
        *("luo_rudy_1991", "hodgkin_huxley_1952", "rush_larsen_1978", "perego_veneziani_2009"),
        *("meyer_2014", "strang_1968", "bayly_1998"),
    ]
    phase = methods(sheet.config, sheet.provenance, {}, ("phase",))
    assert {c.key for c in phase.citations} - {c.key for c in found.citations} == {"gray_1998"}
    text = " ".join(found.paragraphs)
    assert all(citation.short in text for citation in found.citations)


def test_bibtex_of_a_page_is_that_of_its_citations(html: str) -> None:
    for key in ("luo_rudy_1991", "bayly_1998"):
        assert citations.cited(key).bibtex.splitlines()[0] in html
    assert "@article{gray_1998" not in html


@pytest.mark.parametrize("name", models.names())
def test_every_model_is_cited(name: str) -> None:
    config = cc.loads(
        f"title: A\nmodel: {name}\ntissue: cell\nrun: {{duration: 5 ms, scheme: forward_euler}}"
    )
    found = methods(config.resolved(), {}, {})
    assert [citation.doi for citation in found.citations] == [models.load(name).doi]
    assert "solved by the forward Euler method" in " ".join(found.paragraphs)


@pytest.mark.parametrize("name", mechanisms.names())
def test_every_mechanism_is_cited(name: str) -> None:
    """Whatever it is given: the writer does not know mechanisms by name."""
    given = {mechanisms.load(name).dose: "0.3 x", "when": {"window": {"from": "1 ms", "to": "2 ms"}}}
    config: dict[str, Any] = {"model": {"name": "nagumo"}, "tissue": "cell", "mechanisms": [{name: given}]}
    found = methods(config, {}, {})
    assert citations.cited(mechanisms.load(name).doi) in found.citations
    assert f"{spoken(name)} (" in found.paragraphs[0]
    assert "when window (from 1\u00a0ms, to 2\u00a0ms)" in found.paragraphs[0]


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_methods_of_every_config_read_as_text(file: Path) -> None:
    found = methods(cc.load(file).resolved(), {"dt": 0.02, "cardiac": "1", "numpy": "2"}, {"dt": "ms"})
    for paragraph in found.paragraphs:
        assert paragraph.endswith((".", "?"))
        assert not re.search(r"[{}\[\]`]|  |\(\)|None|\.\.|;\.|\bmm\^2| uF", paragraph)
    assert found.citations[0].doi == models.load(cc.load(file).model.name).doi


def test_what_a_run_found_is_told() -> None:
    config = cc.loads(
        "title: A\ntissue: {size: [4 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}\n"
        "hyperpolarize: {to: -89 mV, by: {potassium_conductance: {reversal: -95 mV}}}\n"
        "start: {paced: {cycle_length: 500 ms, beats: 5}}\n"
        "run: {duration: 5 ms, scheme: rush_larsen, dt: 0.05 ms}"
    ).resolved()
    text = " ".join(
        methods(config, {"dose in all cells": 1.199, "dt": 0.05}, {"dose in all cells": "mS/uF"}).paragraphs
    )
    for part in (
        "brought to rest at −89 mV by potassium conductance (reversal −95 mV; Hodgkin & Huxley 1952), for which "
        "1.199 mS/µF was found.",
        "cells that had been paced alone, 5 beats every 500 ms.",
        "The time step was 0.05 ms.",
        "the explicit Euler method where it is stable, else by",
    ):
        assert part in text.replace("\u00a0", " ")
    assert "all cells" not in " ".join(methods(config, {}, {}).paragraphs).replace("All cells were", "")


def told_of(text: str, made: dict[str, Any] | None = None) -> str:
    """The methods of a config in the tissue of a sheet."""
    config = cc.loads(
        f"title: A\ntissue: {{size: [8 mm, 4 mm], spacing: 0.2 mm, diffusivity: 0.1 mm^2/ms}}\n{text}"
    )
    found = methods(config.resolved(), made or {}, {"dt": "ms"})
    return " ".join(found.paragraphs).replace("\u00a0", " ")


def test_only_what_was_counted_is_told() -> None:
    run, counted = "run: {duration: 5 ms}", {"reaction_steps_mean": 0.38, "reaction_steps_most": 1.1}
    assert "steps on average" not in told_of(run, {"dt": 0.02})
    assert "took 0.38 steps on average, 1.1 at most." in told_of(run, {"dt": 0.02} | counted)
    assert "that of the reaction was the same." in told_of(run, {"dt": 0.02} | dict.fromkeys(counted, 1.0))


def test_a_graded_region_is_told_as_such() -> None:
    region = "shape: {strip: {center: 4 mm, width: 2 mm}}, graded: {from: [3 mm, 0 mm], to: [5 mm, 0 mm]}"
    found = told_of(
        f"regions: {{border: {{{region}, parameters: {{tau_in: 2 x}}}}}}\nrun: {{duration: 5 ms}}"
    )
    assert "all of this grew linearly, from nothing at (3 mm, 0 mm) to the whole at (5 mm, 0 mm)." in found


def test_an_experiment_tells_what_it_finds_how_it_was_solved_and_what_it_rests_on() -> None:
    """Not all that its documentation says, which is of every option."""
    asked = "experiment: {safety_factor: {flow: faces}}"
    found = told_of(
        asked, {"dt": 0.004, "space_order": 2, "reaction_steps_mean": 1.0, "reaction_steps_most": 1.0}
    )
    assert "than it takes to excite it, as a map (Shaw & Rudy 1997). Chosen were flow faces." in found
    assert "With flow: net" not in found
    assert "finite volumes of second order in space" in found
    assert "simulated were" not in found.lower()
    assert "All was computed in double (64 bits) precision. The time step was 0.004 ms," in found
    assert "order in space" not in told_of(asked)  # as of the cases of a sweep, which do not tell


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("-95 mV", "−95\u00a0mV"),
        ("0.1 mm^2/ms and 30 deg", "0.1\u00a0mm²/ms and 30°"),
        ("2.3 mS/uF, 3 uM, 5 um, 7 us", "2.3\u00a0mS/µF, 3\u00a0µM, 5\u00a0µm, 7\u00a0µs"),
        ("2 x threshold", "2\u00a0× threshold"),
        ("from 3.3 to 7.9 kOhm uF", "from 3.3 to 7.9\u00a0kΩ\u00a0µF"),
        ("from -95 to -75 mV, S1-S2", "from −95 to −75\u00a0mV, S1-S2"),
        ("luo_rudy_1991 mV", "luo_rudy_1991 mV"),
        ("cell 3 of 5, 2 models", "cell 3 of 5, 2 models"),
    ],
)
def test_quantities_are_typeset(written: str, typed: str) -> None:
    assert typeset(written) == typed


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("s1s2", "S1-S2"),
        ("apd_dispersion", "APD dispersion"),
        ("activation_map", "Activation map"),
        ("S1S2", "S1-S2"),
    ],
)
def test_names_as_headings(name: str, title: str) -> None:
    assert heading(name) == title


@pytest.mark.parametrize(
    ("numbers", "about", "expected"),
    [
        ([1, 0], "whether the wave of S2 reached the point", ["yes", "no"]),
        (
            [2, 0, -1],
            "S2 forward: 0 blocked, 2 conducted, -1 not reached",
            ["conducted", "blocked", "not reached"],
        ),
        ([1, -1], "1: forward, -1: backward", ["forward", "backward"]),
        ([3, 4], "number of the beat", [3, 4]),
        ([0.0, 1.0], "whether it came, as a share", [0.0, 1.0]),
    ],
)
def test_numbers_that_stand_for_words_are_told_in_words(
    numbers: list[float], about: str, expected: list[Any]
) -> None:
    assert list(in_words(np.array(numbers), about)) == expected


def test_values_in_words() -> None:
    assert told({"g": "1 mS/uF", "when": {"ramp": {"from": "0 ms", "to": "5 ms"}}}) == (
        "g 1\u00a0mS/µF, when ramp (from 0\u00a0ms, to 5\u00a0ms)"
    )
    assert told([1.5, -2.0]) == "(1.5, −2)"
    assert told(True) == "yes"
    assert spoken("potassium_conductance") == "potassium conductance"
    assert [spoken(name) for name in ("I_Na", "g_K1", "K_o", "tau_m")] == ["I_Na", "g_K1", "K_o", "tau_m"]
    assert shape({"not": {"any_of": [{"left": {"width": "1 mm"}}, {"region": "scar"}]}}) == (
        "outside left (width 1\u00a0mm) or region scar"
    )
