"""Every claim of the library has a page of the site."""

from __future__ import annotations

import pytest

from report.site_pages import assert_complete, assert_sound, contents_of, read
from theory.check import ClaimReport
from theory.registry import claims, lemmas_and_rules
from theory.verdict import Status
from verify.ledger.entries import Entry, LedgerOptions, entries
from verify.report.derivations import derivations
from verify.report.site.build import site_files
from verify.report.site.graphs import slug
from verify.report.site.pages import Contents


@pytest.mark.parametrize("part", range(4))
def test_every_claim_of_the_library_has_a_complete_page(part: int) -> None:
    """What is shown of it without its proofs, which take their time: see the slow test below."""
    found = [Entry(claim, ClaimReport(claim, ()), (), (), None, 0.0) for claim in list(claims().values())[part::4]]
    files = dict(site_files(Contents(found, dict.fromkeys(claims(), Status.OPEN), derivations([]), 0, 0)))
    pages = read(files)
    assert_sound(files, pages)
    for entry in found:
        assert_complete(entry.claim, files, pages, entry.report)
    assert sum(name.startswith("claims/") for name in files) == len(found)


def test_no_two_pages_share_a_name() -> None:
    names = [slug(id).casefold() for id in (*claims(), *lemmas_and_rules())]        # also where capitals do not count in names of files
    assert len(set(names)) == len(names)


@pytest.mark.slow
def test_the_whole_library_as_it_is_proved() -> None:
    found = list(entries(list(claims().values()), LedgerOptions(0)))
    files = dict(site_files(contents_of(found)))
    pages = read(files)
    assert_sound(files, pages)
    for entry in found:
        assert_complete(entry.claim, files, pages, entry.report)
