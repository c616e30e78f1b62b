"""The site in a browser, from disk: search and filters, the address of a node, the keyboard.  Skipped where there is no chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jinja2", reason="pip install 'lawbook[report]'")

from theory.registry import claims
from verify.ledger.entries import LedgerOptions, entries, standings
from verify.report.derivations import derivations
from verify.report.site.build import site_files, write_folder
from verify.report.site.pages import Contents

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine; install one, and playwright, to run these")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = list(entries([claims()[id] for id in ("mcshane.floor", "bln.thm5.sharp", "bln.conj1.constant")], LedgerOptions(0, processes=1)))
    folder = tmp_path_factory.mktemp("report") / "site"
    write_folder(folder, site_files(Contents(found, standings(found), derivations(found), 0, 0)))
    return folder


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="chromium is here, playwright is not: pip install playwright")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        yield browser.new_page()
        browser.close()


def test_search_and_filters(site: Path, page: Any) -> None:
    page.goto((site / "index.html").as_uri())
    assert page.locator("#count").inner_text() == "3 of 3 claims"
    page.locator("[name=status]").select_option("REFUTED")
    assert page.locator("#ledger tbody tr:visible").count() == 1
    page.locator("[name=status]").select_option("")
    page.locator("[name=words]").fill("spectral")
    assert page.locator("#count").inner_text() == "1 of 3 claims" and "words=spectral" in page.url


def test_the_address_of_a_node_picks_its_neighbourhood(site: Path, page: Any) -> None:
    page.goto((site / "graph.html").as_uri() + "#n-bln.thm5.sharp")
    assert page.locator(".node.here").get_attribute("data-id") == "bln.thm5.sharp"
    assert page.locator(".node.below").count() > 3
    width = page.locator("svg.graph").get_attribute("width")
    page.locator(".zoomable").press("+")
    assert page.locator("svg.graph").get_attribute("width") != width


def test_an_addressed_step_is_open(site: Path, page: Any) -> None:
    page.goto((site / "claims" / "bln.thm5.sharp.html").as_uri() + "#step-law")
    assert page.locator("#step-law").get_attribute("open") is not None
