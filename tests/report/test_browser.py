"""A report in a real browser: the wave plays, nothing is loaded from elsewhere, it can be read on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image
from report_examples import TITLE

from cardiac.result import Result

pytestmark = pytest.mark.xdist_group("browser")  # one browser for all


class Seen(NamedTuple):
    """A page, what it said and what it asked for."""

    page: Any
    said: list[str]
    asked: list[str]
    address: str


@pytest.fixture(scope="module")
def reports(sheet: Result, cable: Result, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    return {name: of.report(folder / f"{name}.html") for name, of in {"sheet": sheet, "cable": cable}.items()}


@pytest.fixture
def opened(browser: Any, reports: dict[str, Path]) -> Iterator[Any]:
    contexts = []

    def opened(name: str, width: int = 1200, height: int = 900, scheme: str = "light") -> Seen:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=width < 500
        )
        contexts.append(context)
        page, said, asked = context.new_page(), [], []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: said.append(request.url[:80]))
        address = reports[name].as_uri()
        page.goto(address)
        return Seen(page, said, [url for url in asked if not url.startswith("data:")], address)

    yield opened
    for context in contexts:
        context.close()


def shown(page: Any) -> tuple[str, str, str]:
    """The picture, the time beside the slider and the slider."""
    return (
        page.eval_on_selector(".screen img, .screen .curve", "of => of.src || of.getAttribute('d')"),
        page.inner_text(".controls output"),
        page.input_value(".controls input"),
    )


def until(page: Any, condition: str) -> None:
    """Wait for a condition; `wait_for_function` would need what the page forbids, to make code of text."""
    for _ in range(500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"never: {condition}")


@pytest.mark.parametrize("name", ["sheet", "cable"])
def test_nothing_is_loaded_from_elsewhere_and_nothing_goes_wrong(opened: Any, name: str) -> None:
    seen = opened(name)
    seen.page.wait_for_load_state("networkidle")
    sizes = seen.page.evaluate(
        "Promise.all([...document.images].map(image => image.decode().then(() => image.naturalWidth)))"
    )
    assert len(sizes) >= 2
    assert min(sizes) > 0
    assert seen.page.evaluate("[...document.images].every(image => image.alt)")
    assert seen.page.get_attribute("html", "lang") == "en"
    assert seen.said == []
    assert seen.asked == [seen.address]


def test_every_frame_is_a_picture(opened: Any) -> None:
    page = opened("sheet").page
    sizes = page.evaluate(
        """Promise.all(JSON.parse(document.querySelector('.frames').textContent).frames.map(async source => {
            const image = new Image(); image.src = source; await image.decode();
            return [image.naturalWidth, image.naturalHeight];
        }))"""
    )
    assert sizes == [[40, 20]] * 41


def test_what_a_config_says_is_text(opened: Any) -> None:
    seen = opened("sheet")
    assert seen.page.inner_text("h1") == TITLE
    assert seen.page.title() == TITLE
    assert seen.page.evaluate("window.harmed") is None
    assert "window.harmed = 2" in seen.page.inner_text(".about")
    assert seen.page.inner_text(".about code") == "g"
    assert seen.page.query_selector("header script, header b, li i") is None
    assert seen.said == []


@pytest.mark.parametrize("name", ["sheet", "cable"])
def test_the_slider_moves_the_wave(opened: Any, name: str) -> None:
    seen = opened(name)
    page, frames = seen.page, set()
    for frame, time in ((0, "0 ms"), (7, "7 ms"), (40, "40 ms")):
        page.fill(".controls input", str(frame))
        picture, told, slider = shown(page)
        assert (told, slider) == (time, str(frame))
        frames.add(picture)
    assert len(frames) == 3
    assert page.get_attribute(".controls input", "aria-valuetext") == "40 ms"
    assert seen.said == []


def test_the_picture_on_the_screen_changes(opened: Any) -> None:
    page = opened("sheet").page
    page.fill(".controls input", "5")
    early = page.locator(".screen").screenshot()
    page.fill(".controls input", "20")
    assert page.locator(".screen").screenshot() != early
    page.fill(".controls input", "5")
    assert page.locator(".screen").screenshot() == early


@pytest.mark.parametrize("place", [".player", ".controls input"])
def test_keys_move_the_wave_once_each(opened: Any, place: str) -> None:
    page = opened("sheet").page
    page.focus(place)
    for key, frame in (
        ("Home", 0), ("ArrowRight", 1), ("ArrowUp", 2), ("ArrowLeft", 1), ("PageUp", 11), ("End", 40),
        ("ArrowRight", 40), ("ArrowDown", 39),
    ):  # fmt: skip
        page.keyboard.press(key)
        assert shown(page)[1:] == (f"{frame} ms", str(frame))


@pytest.mark.parametrize("way", ["click", "space on the button"])
def test_it_plays_to_the_end_and_stops_where_it_is_told(opened: Any, way: str) -> None:
    page = opened("sheet").page

    def toggled() -> None:
        if way == "click":
            page.click(".play")
        else:
            page.focus(".play")
            page.keyboard.press(" ")

    page.fill(".controls input", "0")
    toggled()
    until(page, "document.querySelector('.controls input').value > 3")
    assert page.get_attribute(".play", "aria-label") == "Pause"
    toggled()
    assert page.get_attribute(".play", "aria-pressed") == "false"
    stopped = shown(page)
    page.wait_for_timeout(150)
    assert shown(page) == stopped
    page.fill(".controls input", "36")
    toggled()
    page.wait_for_selector(".play[aria-pressed=false]")
    assert shown(page)[1] == "40 ms"
    toggled()  # from the beginning
    until(page, "document.querySelector('.controls input').value < 36")


def test_dragging_moves_the_wave(opened: Any) -> None:
    page = opened("sheet").page
    box = page.locator(".screen").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.down()
    assert shown(page)[1] == "10 ms"
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert shown(page)[1] == "20 ms"
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] / 2)
    assert shown(page)[1] == "20 ms"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["sheet", "cable"])
def test_a_phone_shows_it_without_scrolling_sideways(opened: Any, name: str, scheme: str) -> None:
    page = opened(name, width=360, height=740, scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    beyond = page.evaluate(
        """[...document.querySelectorAll('h1, h2, p, li, img, .player, .controls, .controls > *, button')]
           .filter(part => part.getBoundingClientRect().right > 360.5).map(part => part.outerHTML.slice(0, 60))"""
    )
    assert beyond == []
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 16
    background = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(background) < 60) == (scheme == "dark")
    page.tap(".play")
    page.wait_for_selector(".play[aria-pressed=true]")


def test_letters_of_all_figures_are_of_one_size(opened: Any) -> None:
    """A figure for a column of a journal, 85 mm, is not blown up to the width of one of 178 mm."""
    page = opened("sheet").page
    wide, narrow = (box["width"] for box in map(_box, page.query_selector_all(".paper")))
    assert narrow / wide == pytest.approx(85 / 178, rel=0.01)


def _box(part: Any) -> dict[str, float]:
    box: dict[str, float] = part.bounding_box()
    return box


def test_a_table_that_is_wider_than_a_phone_can_be_scrolled_and_shows_that(opened: Any) -> None:
    page = opened("sheet", width=360, height=740).page
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    page.evaluate("document.querySelector('#numbers td').textContent = 'wide '.repeat(30)")
    table = page.locator("#numbers .wide").first
    assert table.evaluate("of => of.scrollWidth > of.clientWidth")
    table.scroll_into_view_if_needed()

    def brightness() -> float:
        """Of most of the right edge of the table."""
        box = table.bounding_box()
        edge = {"x": box["x"] + box["width"] - 3, "y": box["y"], "width": 2, "height": box["height"]}
        return float(np.median(np.asarray(Image.open(BytesIO(page.screenshot(clip=edge))).convert("L"))))

    beginning = brightness()
    table.evaluate("of => of.scrollLeft = of.scrollWidth")
    assert beginning < brightness() - 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(opened: Any, scheme: str) -> None:
    """By WCAG 2.1: a contrast of 4.5 or more."""
    page = opened("sheet", scheme=scheme).page
    contrasts = page.evaluate(
        """() => {
            const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
                .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
            const behind = of => {
                const own = numbers(getComputedStyle(of).backgroundColor);
                return own.length < 4 || own[3] > 0 ? own : behind(of.parentElement);
            };
            return [...document.querySelectorAll('p, li, b, a, th, td, figcaption, summary, code, .legend, output')]
                .map(of => [light(numbers(getComputedStyle(of).color)), light(behind(of))])
                .map(([a, b]) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
        }"""
    )
    assert len(contrasts) > 50
    assert min(contrasts) >= 4.5


def test_bibtex_can_be_copied(opened: Any) -> None:
    seen = opened("sheet")
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.click("summary:has-text('BibTeX')")
    seen.page.click("[data-copy=bibtex]")
    seen.page.wait_for_selector("[data-copy=bibtex]:has-text('Copied')")
    copied = seen.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@article{luo_rudy_1991,\n  author = {Luo, Ching-Hsing and Rudy, Yoram},\n")
    assert seen.said == []


def test_on_paper_there_are_no_controls(opened: Any) -> None:
    page = opened("sheet").page
    page.emulate_media(media="print")
    assert not page.is_visible(".controls")
    assert not page.is_visible(".copy")
    assert page.is_visible(".screen img")


def test_without_scripts_it_is_a_page_with_a_picture(browser: Any, reports: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(reports["sheet"].as_uri())
    assert page.is_visible(".screen img")
    assert not page.is_visible(".controls")
    context.close()
