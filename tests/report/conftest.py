"""Results to be reported, and a Chromium to look at them, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from report_examples import CABLE, SHEET, TITLE, write

from cardiac.result import Result


@pytest.fixture(scope="session")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """With a title that would do harm."""
    return write(tmp_path_factory.mktemp("sheet") / "sheet.h5", SHEET, TITLE)


@pytest.fixture(scope="session")
def cable(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return write(tmp_path_factory.mktemp("cable") / "cable.h5", CABLE, "A cable")


def chromium() -> str | None:
    """A Chromium of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


# It may be run by root, without a screen, and has nothing to ask for.
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    driver = pytest.importorskip("playwright.sync_api", reason='needs the extra "dev"')
    program = chromium()
    if program is None:
        pytest.skip("no Chromium is installed (apt-get install chromium, or set CHROMIUM)")
    with driver.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()
