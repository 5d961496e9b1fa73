"""Films: as many frames as there are, at their times, in constant colours; the same file every time."""

from __future__ import annotations

import builtins
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cardiac.figures import FigureError, _film, _pixels, _tissue
from cardiac.result import Result
from cardiac.storage import Writer


@pytest.mark.parametrize("kind", ["sheet", "cable"])
def test_a_gif_has_every_frame_and_is_the_same_file(
    results: dict[str, Result], tmp_path: Path, kind: str
) -> None:
    result = results[kind]
    for name in ("a.gif", "b.gif"):
        assert result.movie(tmp_path / name, fps=20) == len(result.time) == 30
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a.gif", "b.gif"}
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames == 30
        assert image.info["duration"] == 50
        assert image.info["loop"] == 0


def test_a_frame_has_the_colours_of_its_values(results: dict[str, Result], tmp_path: Path) -> None:
    """At the middle of each cell is the colour that the colour bar gives its V: to half a step of 192 colours."""
    sheet = results["sheet"]
    sheet.movie(tmp_path / "film")
    V, low, high = sheet.frames("V"), *_film._limits(sheet.frames("V"))[:2]
    stage = _film._map(sheet, V, "V")
    axes = stage.figure.axes[0]
    x, y = np.meshgrid(sheet.x[1:-1:3], sheet.y[1:-1:3])
    at = axes.transData.transform(np.column_stack([x.ravel(), y.ravel()])).round().astype(int)
    clear = np.abs(x.ravel() - 11) > 2.5  # of the outlines of the strip
    for k in (0, 9, 29):
        picture = np.asarray(Image.open(tmp_path / "film" / f"frame_{k + 1:05d}.png"))
        height = round(stage.figure.bbox.height)
        found = picture[height - 1 - at[:, 1], at[:, 0]]
        values = V[k][1:-1:3, 1:-1:3].ravel()
        known = np.isfinite(values) & clear
        numbers = _pixels.levels(values[known], low, high, 192)
        assert np.array_equal(found[known], _pixels.palette(192)[numbers])


def test_png_files_replace_those_of_a_longer_film(results: dict[str, Result], tmp_path: Path) -> None:
    cable = results["cable"]
    assert cable.movie(tmp_path / "film") == 30
    assert cable.movie(tmp_path / "film", every=10.0) == 6
    assert sorted(path.name for path in (tmp_path / "film").iterdir()) == [
        f"frame_{k:05d}.png" for k in range(1, 7)
    ]


def test_an_mp4_has_every_frame(results: dict[str, Result], tmp_path: Path) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    results["sheet"].movie(tmp_path / "a.mp4")
    count, seconds = ffmpeg.count_frames_and_secs(str(tmp_path / "a.mp4"))
    assert (count, seconds) == (30, pytest.approx(30 / 25, abs=0.05))


def test_an_mp4_that_ffmpeg_cannot_write_is_told_in_a_line_and_leaves_nothing(
    results: dict[str, Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    failing = tmp_path / "ffmpeg"
    failing.write_text(
        "#!/bin/sh\nhead -c 1000 > /dev/null\necho a line >&2\necho no space left >&2\nexit 1\n"
    )
    failing.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "get_ffmpeg_exe", lambda: str(failing))
    with pytest.raises(FigureError, match=r"a\.mp4: ffmpeg has failed \(no space left\) - write a \.gif"):
        results["sheet"].movie(tmp_path / "a.mp4")
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == [failing]


def test_without_the_extra_an_mp4_is_refused_before_anything_is_drawn(
    results: dict[str, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "imageio_ffmpeg":
            raise ImportError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(FigureError, match=r'pip install "cardiac-tissue\[movie\]", or write a .gif'):
        results["sheet"].movie(tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("result", "name", "options", "message"),
    [
        ("sheet", "a.avi", {}, "a film is saved as .gif, .mp4, or as PNG files in a folder"),
        ("sheet", "a.gif", {"fps": 0.0}, "0 frames a second: 0.1 to 50 make a film"),
        ("sheet", "a.gif", {"every": -1.0}, "a frame every -1 ms: a time above 0 is expected"),
        ("sheet", "a.gif", {"of": "Ca_i"}, r"holds no frames of Ca_i - add record: {frames: {of: \[Ca_i\]"),
        ("cell", "a.gif", {}, 'a film shows a tissue, this is a single cell - draw "traces"'),
        ("bare", "a.gif", {}, "holds no frames of V - add record: {frames:"),
    ],
)
def test_what_makes_no_film_is_refused(
    results: dict[str, Result], tmp_path: Path, result: str, name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(FigureError, match=message):
        results[result].movie(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_frames_are_drawn_fast(tmp_path: Path) -> None:
    """20 a second of 200 x 200 cells, by the clock of the processor: others may be at work too."""
    centres = np.arange(200) * 0.1 + 0.05
    x, y = np.meshgrid(centres, centres)
    with Writer(tmp_path / "a.h5", title="Waves") as out:
        out.coordinates(y=centres, x=centres)
        out.series("V", "mV", long_name="membrane potential", precision=0.01)
        for k in range(20):
            out.append(float(k), {"V": -30 + 50 * np.sin(x - 0.3 * k)})
        out.regions({"island": (np.hypot(x - 10, y - 10) < 3) * 1.0}, np.ones((200, 200), bool))
        out.complete()
    result = Result.open(tmp_path / "a.h5")
    stage = _film._map(result, result.frames("V"), "V")
    assert not _tissue.is_line(result)
    list(_film._images(stage, result.frames("V"), [0]))
    begin = time.process_time()
    count = sum(1 for _ in _film._images(stage, result.frames("V"), list(range(20))))
    assert count / (time.process_time() - begin) > 20
