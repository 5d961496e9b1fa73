"""A report: one HTML page that holds everything about a result or a sweep, and needs nothing else.

What came out comes first; then the wave to be played, figures, numbers, the config as written, methods in words with
what is to be cited, numerics and provenance.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cardiac.result import Result
from cardiac.storage import aside

if TYPE_CHECKING:
    from cardiac.table import SweepTable

__all__ = ["html", "write"]


def html(subject: Result | SweepTable) -> str:
    """The page about a result or a sweep."""
    from cardiac.report import of_result, of_sweep
    from cardiac.report.page import rendered

    return rendered(of_result.page(subject) if isinstance(subject, Result) else of_sweep.page(subject))


def write(subject: Result | SweepTable, path: str | os.PathLike[str]) -> Path:
    """Write the page into a file, which is there only when it is whole; raises OSError where that cannot be done."""
    target = Path(path)
    text = html(subject)
    with aside(target) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return target
