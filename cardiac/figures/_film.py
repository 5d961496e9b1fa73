"""Films: the frames of a result one after the other, as a GIF, an MP4 or a folder of PNG files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cardiac.figures import _maps, _tissue
from cardiac.figures._maps import Scale
from cardiac.figures._page import Page, composed
from cardiac.figures._pixels import levels, palette
from cardiac.figures._style import (
    GREY,
    MEDIA,
    PALETTE,
    POTENTIAL_MAP,
    FigureError,
    name_axis,
    robust_limits,
    style,
)
from cardiac.result import Frames, Result
from cardiac.storage import Array, aside, beside

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

FPS = 25.0
SLOWEST, FASTEST = 0.1, 50.0  # frames a second; a GIF counts hundredths of a second
ENDINGS = (".gif", ".mp4")

_WIDTH = 6.0  # inches
_MEDIUM = MEDIA["screen"]._replace(resolution=120)
_SAMPLE = 50  # frames that decide about the range of colours
_MAPPED, _GREYS = 192, 54  # colours in a film: of values, of letters and lines; a GIF has 256
_UNKNOWN = 255  # no number of a colour


class _Stage(NamedTuple):
    """A figure of which only a part changes from frame to frame."""

    figure: Figure
    show: Callable[[Array, float, Array], None]  # a frame (ny, nx), its time [ms], the pixels of the picture
    moving: list[Any]  # artists that are drawn anew above them, in this order


def film(
    result: Result,
    path: str | Path,
    *,
    of: str = "V",
    fps: float = FPS,
    every: float | None = None,
    png: bool = False,
) -> int:
    """Writes a film of the frames of a variable; returns of how many.

    What it is follows from the ending of `path`: .gif, .mp4 (with the extra "movie"), none: a folder of PNG files, as
    always with `png`. It shows `fps` frames a second: all, or those that are `every` so many ms. Raises FigureError.
    """
    path = Path(path)
    write = _writer(path, png)
    if not SLOWEST <= fps <= FASTEST:
        raise FigureError(f"{fps:g} frames a second: {SLOWEST:g} to {FASTEST:g} make a film")
    if result.kind == "cell":
        raise FigureError('a film shows a tissue, this is a single cell - draw "traces"')
    frames = _tissue.frames_of(result, "movie", of)
    if not len(frames):
        raise FigureError(
            f"movie: {result.path} holds no frames - record: {{frames: {{every: 1 ms}}}} keeps some"
        )
    chosen = _chosen(frames, every)
    with style(_MEDIUM):
        stage = (_line if _tissue.is_line(result) else _map)(result, frames, of)
        write(path, _images(stage, frames, chosen), fps)
    return len(chosen)


def _chosen(frames: Frames, every: float | None) -> list[int]:
    """The frames that are shown: all, or those nearest to times `every` so many ms."""
    if every is None:
        return list(range(len(frames)))
    if not every > 0:
        raise FigureError(f"a frame every {every:g} ms: a time above 0 is expected")
    first, last = frames.time[0], frames.time[-1]
    return sorted({frames.nearest(time) for time in np.arange(first, last + 1e-9, every)})


def _limits(frames: Frames) -> tuple[float, float, str]:
    """The range of the values in all frames, which the colours keep."""
    sample = np.linspace(0, len(frames) - 1, min(len(frames), _SAMPLE)).round().astype(int)
    return robust_limits(np.stack([frames[k] for k in sample]))


def _clock(time: float) -> str:
    return f"t = {time:.1f} ms"


def _map(result: Result, frames: Frames, of: str) -> _Stage:
    """Frames as colours, with the regions on them."""
    limits = _limits(frames)
    moving: list[Any] = []

    def draw(page: Page) -> None:
        figure, axes, panel = _maps.map_axes(page, result)
        scale = Scale(result.long_name(of), frames.unit, POTENTIAL_MAP, limits)
        _maps.coloured(figure, axes, panel, result, frames[0], scale)
        before = set(axes.get_children())
        _maps.outlines(axes, result, among_isochrones=False)
        borders = [artist for artist in axes.get_children() if artist not in before]
        clock = axes.set_title(_clock(frames.time[0]), loc="left")
        moving.extend([*borders, *axes.spines.values(), clock])

    figure = composed([[draw]], result.title, "", _MEDIUM, _WIDTH)
    axes, clock, colours = figure.axes[0], moving[-1], palette(_MAPPED)
    box = axes.get_window_extent()
    # Columns and rows of pixels, and the cells of which they show the colour; rows are counted from above.
    columns, rows = (np.arange(*np.round(sides).astype(int)) for sides in (box.intervalx, box.intervaly))
    ny, nx = result.shape
    cell_x = np.clip((columns + 0.5 - box.x0) / box.width * nx, 0, nx - 1).astype(int)
    cell_y = np.clip((rows + 0.5 - box.y0) / box.height * ny, 0, ny - 1).astype(int)[::-1]

    def show(values: Array, time: float, pixels: Array) -> None:
        clock.set_text(_clock(time))
        shown = colours[levels(values, *limits[:2], _MAPPED)]
        top = len(pixels) - 1 - rows[-1]
        pixels[top : top + len(rows), columns[0] : columns[-1] + 1, :3] = shown[cell_y][:, cell_x]

    return _Stage(figure, show, moving)


def _line(result: Result, frames: Frames, of: str) -> _Stage:
    """The values along a cable as a curve."""
    line = _tissue.Line.through(result)
    low, high, _ = _limits(frames)
    room = 0.05 * (high - low)
    moving: list[Any] = []

    def draw(page: Page) -> None:
        axes = page.open(3.2).subplots()
        axes.set(xlim=(0, line.length), ylim=(low - room, high + room))
        _tissue.stretches(axes, result, line)
        (curve,) = axes.plot(line.position, line.of(frames[0]), color=PALETTE[0], lw=1.6)
        name_axis(axes.xaxis, line.axis, "mm")
        name_axis(axes.yaxis, result.long_name(of), frames.unit)
        clock = axes.text(
            0.99, 0.97, _clock(frames.time[0]), transform=axes.transAxes, ha="right", va="top", color=GREY
        )
        moving.extend([curve, clock])

    figure = composed([[draw]], result.title, "", _MEDIUM, _WIDTH)
    curve, clock = moving

    def show(values: Array, time: float, pixels: Array) -> None:
        curve.set_ydata(line.of(values))
        clock.set_text(_clock(time))

    return _Stage(figure, show, moving)


def _images(stage: _Stage, frames: Frames, chosen: list[int]) -> Iterator[Image.Image]:
    """A picture of each frame: what does not change is drawn once."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas: Any = FigureCanvasAgg(stage.figure)
    for artist in stage.moving:
        artist.set_animated(True)
    canvas.draw()
    renderer = canvas.get_renderer()
    still = canvas.copy_from_bbox(stage.figure.bbox)
    pixels = np.asarray(canvas.buffer_rgba())
    ny, nx = (2 * (n // 2) for n in pixels.shape[:2])  # as MP4 has it
    for k, values in zip(chosen, frames.each(chosen), strict=True):
        canvas.restore_region(still)
        stage.show(values, float(frames.time[k]), pixels)
        for artist in stage.moving:
            artist.draw(renderer)
        yield Image.fromarray(np.ascontiguousarray(pixels[:ny, :nx, :3]))


# Files

Write = Callable[[Path, Iterator[Any], float], None]


def _writer(path: Path, png: bool) -> Write:
    """What writes such a file; raises FigureError where nothing does."""
    ending = path.suffix.lower()
    if png or not ending:
        if path.exists() and not path.is_dir():
            raise FigureError(f"{path} is a file, PNG files need a folder")
        return _write_pngs
    if ending not in ENDINGS:
        raise FigureError(f"{path}: a film is saved as {', '.join(ENDINGS)}, or as PNG files in a folder")
    if ending == ".gif":
        return _write_gif
    try:
        import imageio_ffmpeg  # noqa: F401
    except ImportError:
        advice = 'pip install "cardiac-tissue[movie]", or write a .gif'
        raise FigureError(f"{path}: an MP4 needs imageio-ffmpeg, which is not installed - {advice}") from None
    return _write_mp4


def _write_gif(path: Path, images: Iterator[Any], fps: float) -> None:
    palette = _Palette()
    small = (palette.indexed(image) for image in images)
    first = next(small)
    hundredths = round(100 / fps)
    with aside(path) as unfinished:
        first.save(
            unfinished,
            "GIF",
            save_all=True,
            append_images=small,
            duration=10 * hundredths,
            loop=0,
            optimize=False,
        )


class _Palette:
    """The colours of all frames of a GIF: those of the values, greys of letters and lines, and those of curves."""

    def __init__(self) -> None:
        from matplotlib.colors import to_rgb

        greys = np.repeat(np.linspace(0, 255, _GREYS).round()[:, None], 3, axis=1)
        others = 255 * np.array([to_rgb(colour) for colour in (*PALETTE, _tissue.STRETCH)])
        self.colours = np.concatenate([palette(_MAPPED), greys, others.round()])
        # Number of the nearest colour for each that may come, found when it comes first. Pillow's own is not exact.
        self._nearest = np.full(1 << 24, _UNKNOWN, np.uint8)

    def indexed(self, image: Image.Image) -> Image.Image:
        """A picture in these colours."""
        from PIL import Image

        r, g, b = np.moveaxis(np.asarray(image, np.uint32), -1, 0)
        code = r << 16 | g << 8 | b
        index = self._nearest[code]
        if (new := index == _UNKNOWN).any():
            found = np.unique(code[new])
            colour = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
            distance = ((colour[:, None, :] - self.colours[None]) ** 2).sum(axis=2)
            self._nearest[found] = distance.argmin(axis=1)
            index = self._nearest[code]
        small = Image.fromarray(index)
        small.putpalette(self.colours.astype(np.uint8).tobytes())
        return small


def _write_mp4(path: Path, images: Iterator[Any], fps: float) -> None:
    import imageio_ffmpeg

    first = next(images)
    width, height = first.size
    frames = f"-f rawvideo -pix_fmt rgb24 -s {width}x{height} -r {fps} -i -".split()
    # Visually lossless, and in the colours that every player knows.
    film = ["-an", "-vcodec", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-f", "mp4"]
    with aside(path) as unfinished, TemporaryFile() as said:
        # By itself, as imageio_ffmpeg takes a film for good that a full disk has cut short, and lets ffmpeg talk.
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *frames, *film, str(unfinished)]
        with suppress(BrokenPipeError), Popen(command, stdin=PIPE, stdout=DEVNULL, stderr=said) as process:
            assert process.stdin is not None
            for image in chain([first], images):
                process.stdin.write(image.tobytes())
            process.stdin.close()
        if process.returncode:
            said.seek(0)
            why = (said.read().decode(errors="replace").splitlines() or [f"code {process.returncode}"])[-1]
            raise FigureError(f"{path}: ffmpeg has failed ({why}) - write a .gif, or PNG files")


def _write_pngs(path: Path, images: Iterator[Any], fps: float) -> None:
    unfinished = beside(path)
    unfinished.mkdir(parents=True)
    try:
        for k, image in enumerate(images, start=1):
            image.save(unfinished / f"frame_{k:05d}.png")
        path.mkdir(exist_ok=True)
        for old in path.glob("frame_[0-9][0-9][0-9][0-9][0-9].png"):  # of a longer film
            old.unlink()
        for made in unfinished.iterdir():
            made.replace(path / made.name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
