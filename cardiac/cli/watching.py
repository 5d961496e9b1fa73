"""How far a run is: a bar on a terminal, a line every 10 s elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cardiac.cli.compilation import compilation
from cardiac.cli.terminal import console, note, pace, span

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

    from cardiac.runner import Progress, Trying

LINE_INTERVAL = 10.0  # s
PREPARING = "preparing"
COMPILING = "compiling kernels (once for this combination of model, mechanisms and varying parameters)"


class Watch:
    """Follows a run of `duration` [ms]: what `cardiac.run` calls with its progress. Says lines to a log."""

    def __init__(self, duration: float) -> None:
        self.duration = duration
        self.first: Progress | None = None
        self.latest: Progress | None = None
        self._told = time.monotonic()
        self._compiled = False

    def __call__(self, progress: Progress) -> None:
        self.first, self.latest = self.first or progress, progress
        self.show(progress)

    @property
    def rate(self) -> float | None:
        """Node-updates/s since the first report: what came before may be compilation."""
        if self.first is None or self.latest is None or self.latest.elapsed <= self.first.elapsed:
            return None
        steps = self.latest.step - self.first.step
        return self.latest.cells * steps / (self.latest.elapsed - self.first.elapsed)

    def status(self, progress: Progress) -> tuple[str, str]:
        """Where the run is; how fast it goes and how long it will take."""
        place = f"t = {self.duration * progress.step / progress.steps:.4g} of {self.duration:g} ms"
        if not self.rate:
            return place, ""
        left = progress.cells * (progress.steps - progress.step) / self.rate
        return place, f"{pace(self.rate)}, {span(left)} left"

    def show(self, progress: Progress) -> None:
        """Tell how far the run is."""
        if self.rate and time.monotonic() - self._told >= LINE_INTERVAL:
            self._told = time.monotonic()
            note(", ".join(self.status(progress)))

    def trying(self, progress: Trying) -> None:
        """Tell how far an experiment is, on a terminal."""

    def compiling(self) -> None:
        """Tell that kernels are being compiled."""
        if not self._compiled:
            note(COMPILING)
        self._compiled = True

    def compiled(self) -> None:
        """Tell that this is over."""


class BarWatch(Watch):
    """Moves a bar on a terminal."""

    def __init__(self, duration: float, bar: Bar) -> None:
        super().__init__(duration)
        self._bar, self._task = bar, bar.add_task(PREPARING, total=None, pace="")

    def show(self, progress: Progress) -> None:
        place, speed = self.status(progress)
        total, step = progress.steps, progress.step
        self._bar.update(self._task, total=total, completed=step, description=place, pace=speed)

    def trying(self, progress: Trying) -> None:
        place, most = f"trial {progress.trial}: t = {progress.t:.0f} ms", f"of {progress.end:.0f} ms at most"
        self._bar.update(self._task, total=progress.end, completed=progress.t, description=place, pace=most)

    def compiling(self) -> None:
        self._bar.update(self._task, description=COMPILING)

    def compiled(self) -> None:
        self._bar.update(self._task, description=PREPARING)


@contextmanager
def watching(duration: float) -> Iterator[Watch]:
    """A watch of a run of `duration` [ms] that suits where stderr goes."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        watch = Watch(duration)
        with compilation(watch.compiling, watch.compiled):
            yield watch
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    texts = [TextColumn(f"{{task.{field}}}", markup=False) for field in ("description", "fields[pace]")]
    columns = SpinnerColumn(), texts[0], BarColumn(), texts[1]
    with Progress(*columns, console=screen, transient=True) as bar:
        watch = BarWatch(duration, bar)
        with compilation(watch.compiling, watch.compiled):
            yield watch
