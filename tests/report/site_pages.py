"""What is asked of every site: pages are well formed and complete, links resolve, nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("jinja2", reason="pip install 'lawbook[report]'")
pytest.importorskip("latex2mathml", reason="pip install 'lawbook[report]'")
pytest.importorskip("latex2mathml", reason="pip install 'lawbook[report]'")

from theory.check import ClaimReport
from theory.claim import Claim
from verify.laws.registry import measurements
from verify.ledger.entries import Entry, standings
from verify.report.derivations import derivations
from verify.report.site.graphs import slug
from verify.report.site.pages import Contents

VOID = frozenset({"meta", "link", "input", "br", "hr", "img"})
SECTIONS = frozenset({"statement", "proof", "measurements", "rests-on", "reproduce"})


@dataclass
class Page(HTMLParser):
    """A page as it is read: ids, links, and tags that are not closed in their order."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    open_: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attributes)
        if tag not in VOID:
            self.open_.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found[name] or "" for name in ("href", "src", "action", "data") if name in found]

    def handle_endtag(self, tag: str) -> None:
        if not self.open_ or self.open_.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def read(files: dict[str, bytes]) -> dict[str, Page]:
    found = {}
    for name, content in files.items():
        if name.endswith(".html"):
            page = found[name] = Page()
            page.feed(content.decode())
            page.close()
    return found


def contents_of(found: list[Entry], instances: int = 0) -> Contents:
    return Contents(found, standings(found), derivations(found), instances, 0, measurements())


def assert_sound(files: dict[str, bytes], pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert not page.wrong and not page.open_, name
        assert not [id for id, amount in Counter(page.ids).items() if amount > 1 or not id or re.search(r"\s", id)], name
        for link in page.links:
            where = urlsplit(link)
            assert not where.scheme and not where.netloc, (name, link)
            target = (PurePosixPath(name).parent / unquote(where.path)).as_posix() if where.path else name
            parts: list[str] = []
            for part in target.split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part]
            target = "/".join(parts)
            assert target in files, (name, link)
            if where.fragment and target in pages:
                assert unquote(where.fragment) in pages[target].ids, (name, link)
    for name in ("style.css", "script.js"):
        assert not re.search(rb"https?:|url\(|@import|fetch\(|XMLHttp", files[name]), name
    for name in pages:                                          # MathML names its namespace, which loads nothing
        assert b"http" not in re.sub(rb'xmlns="http://www.w3.org/1998/Math/MathML"', b"", files[name]), name


def assert_complete(claim: Claim, files: dict[str, bytes], pages: dict[str, Page], report: ClaimReport) -> None:
    name = f"claims/{slug(claim.id)}.html"
    assert {*SECTIONS, *(f"hypothesis-{slug(h.name)}" for h in claim.hypotheses)} <= set(pages[name].ids), name
    assert {f"step-{slug(s.step.name)}" for s in (report.best.steps if report.best else ())} <= set(pages[name].ids), name
    body = files[name].decode()
    assert re.search(r'class="formula conclusion"><math ', body) and body.count("<math ") > len(claim.hypotheses), name
    assert "\\" not in re.sub(r"<code>.*?</code>", "", body), name      # no LaTeX is left
    assert f"lawbook check {claim.id}" in body
