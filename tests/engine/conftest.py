"""A real browser for the tests of the pages: Debian's chromium, driven by Playwright."""

import shutil

import pytest

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def browser():
    """Chromium, or a skip that says what to install."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium: apt-get install -y chromium")
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()
