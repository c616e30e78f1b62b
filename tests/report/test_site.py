"""The site: what stands on its pages, what is flagged, the same bytes twice, and the folder that it goes to."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from report.site_pages import Page, assert_complete, assert_sound, contents_of, read
from theory.check import check
from theory.claim import Claim, Hypothesis, NormDomain, Reading
from theory.errors import BadData
from theory.proof import proof, step
from theory.registry import claims, lemma
from theory.source import OURS
from theory.terms import MatrixSymbol, Symbol, d, fro_norm, k, le, op_norm, rank, sqrt
from verify.experiments.atlas.build import read_atlas
from verify.laws.registry import measurements
from verify.ledger.entries import Entry, LedgerOptions, entries
from verify.report.derivations import derivations
from verify.report.site.build import MANIFEST, check_folder, site_files, write_folder
from verify.report.site.pages import Contents

PROJECT = Path(__file__).parents[2]
SOME = ("mcshane.floor", "bln.thm5.sharp", "bln.thm6.fantope", "bln.thm8.markov_step", "bln.conj1.constant")


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contents]:
    with pytest.MonkeyPatch.context() as patch:                 # nothing of the user's store
        patch.setenv("LAWBOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        options = LedgerOptions(2, processes=1, hunted=True)
        yield contents_of(list(entries([claims()[id] for id in SOME], options)), 2)


@pytest.fixture(scope="module")
def experiments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One table of the paper's figures: the intervals of all of them take seconds."""
    folder = tmp_path_factory.mktemp("experiments")
    shutil.copy(PROJECT / "docs" / "experiments" / "fig2_paper_sizes.csv", folder)
    return folder


@pytest.fixture(scope="module")
def files(contents: Contents, experiments: Path) -> dict[str, bytes]:
    return dict(site_files(contents, PROJECT / "atlas", experiments))


@pytest.fixture(scope="module")
def pages(files: dict[str, bytes]) -> dict[str, Page]:
    return read(files)


def test_every_page_is_sound(files: dict[str, bytes], pages: dict[str, Page]) -> None:
    assert_sound(files, pages)
    assert {"index.html", "graph.html", "axioms.html", "atlas.html", "experiments.html"} <= pages.keys()


def test_proved_claims_have_complete_pages(contents: Contents, files: dict[str, bytes], pages: dict[str, Page]) -> None:
    for entry in contents.entries:
        assert_complete(entry.claim, files, pages, entry.report)


def test_two_builds_give_the_same_bytes(contents: Contents, experiments: Path, files: dict[str, bytes]) -> None:
    again = Contents(contents.entries, contents.statuses, derivations(contents.entries), 2, 0, measurements())
    assert dict(site_files(again, PROJECT / "atlas", experiments)) == files


# --- what stands on the pages ---------------------------------------------------------------------------------------------------------

def body(files: dict[str, bytes], name: str) -> str:
    return files[name].decode()


def test_the_ledger_names_what_it_is_filtered_by(files: dict[str, bytes]) -> None:
    rows = re.findall(r'<tr id="(\S+)" data-status="([^"]+)" data-reading="([^"]+)" data-paper="([^"]+)" data-domain="([^"]+)"',
                      body(files, "index.html"))
    assert ("bln.thm5.sharp", "PROVED", "sharp", "BLN", "proxy of Lip") in rows and len(rows) == len(SOME)
    assert '<select name="domain"><option value="">all</option>' in body(files, "index.html")


def test_a_refutation_shows_its_instance(files: dict[str, bytes]) -> None:
    page = body(files, "claims/bln.conj1.constant.html")
    assert "REFUTED" in page and 'id="counterexample"' in page and "both labels occur" in page
    assert re.search(r'<figure><svg class="picture".*?<circle class="plus"', page, re.DOTALL)


def test_a_dropped_hypothesis_shows_its_counterexample(files: dict[str, bytes]) -> None:
    page = body(files, "claims/bln.thm5.sharp.html")
    assert re.search(r"<summary>load-bearing</summary>\s*<p>load-bearing: without it margin −1 at .*?</p><figure><svg", page)
    assert 'lawbook hunt bln.thm5.sharp --drop "no bias"' in page


def test_certificates_are_replayed(files: dict[str, bytes], tmp_path: Path) -> None:
    from verify.cli.app import run
    for name in ("ledger.json", "certificates/bln.thm6.fantope.json.gz"):
        (tmp_path / PurePosixPath(name).name).write_bytes(files[name])
        assert run(["verify", str(tmp_path / PurePosixPath(name).name)]) == 0
    ledger = json.loads(files["ledger.json"])
    assert [c["id"] for c in ledger["claims"]] == list(SOME) and ledger["seconds"] is None


def test_the_atlas_draws_what_lies_in_the_plane(files: dict[str, bytes]) -> None:
    drawn = sum(e.d == 2 and e.upper is not None for e in read_atlas(PROJECT / "atlas"))
    assert body(files, "atlas.html").count('<svg class="picture"') == drawn > 50


def test_the_experiments_have_their_points_and_sentences(files: dict[str, bytes]) -> None:
    page = body(files, "experiments.html")
    assert "a linear trend of the maximum random gradient" in page and 'class="dots theirs"' in page and 'class="dots ours0"' in page


# --- the graph ------------------------------------------------------------------------------------------------------------------------

s, t, u = (Symbol(name, real=True) for name in "stu")
W = MatrixSymbol("W", k, d)


def demo(id: str, *hypotheses: Hypothesis, **own: object) -> Claim:
    return Claim(id=id, title="A demonstration", source=OURS, reading=Reading.OURS, domain=NormDomain.DATA, hypotheses=hypotheses, **own)


def entry_of(claim: Claim) -> Entry:
    return Entry(claim, check(claim), (), (), None, 0.0)


def test_what_a_derivation_does_not_use_is_flagged() -> None:
    small, idle = Hypothesis("small", le(s, t)), Hypothesis("idle", le(t, u))
    claim = demo("demo.idle", small, idle, conclusion=le(2 * s, 2 * t), proofs=(proof(
        step("aside", le(s, u), by="linear", using=("small", "idle")),
        step("law", le(2 * s, 2 * t), by="linear", using=("small", "aside"))),))
    found = contents_of([entry_of(claim)])
    use = found.uses.steps[claim.id]
    assert use["aside"].facts == ("small", "idle") and use["law"].facts == ("small",) and use["law"].idle == ("aside",)
    assert found.uses.needed(claim) == {"small"}
    page = dict(site_files(found))["claims/demo.idle.html"].decode()
    assert page.count("⚑ the proof does not use it") == 1 and page.count("⚑ not used") == 1 and page.count("⚑ named, and not used") == 1


def test_edges_are_read_off_the_derivations() -> None:
    law = le(fro_norm(W), sqrt(rank(W)) * op_norm(W))
    used = demo("demo.used", conclusion=law, proofs=(proof(step("law", law, by=lemma.fro_rank)),))
    alone = demo("demo.alone", Hypothesis("small", le(s, t)), conclusion=le(s, t + 1))
    found = contents_of([entry_of(used), entry_of(alone)])
    assert found.graph["demo.used"] == {"lemma.fro_rank"} and found.users["lemma.fro_rank"] == {"demo.used"}
    assert found.flag("demo.alone") == "disconnected" and not found.flag("demo.used") and not found.flag("lemma.fro_rank")
    files = dict(site_files(found))
    assert 'data-from="lemma.fro_rank" data-to="demo.used"' in files["graph.html"].decode()
    assert 'id="n-demo.used"' in files["graph.html"].decode()
    assert '<a href="../claims/demo.used.html">demo.used</a>' in files["lemmas/lemma.fro_rank.html"].decode()


def test_names_that_are_no_names_of_files_are_written_safely() -> None:
    claim = demo("demo/<b>&\"x\"", Hypothesis("a <b>\"c\"", le(s, t), "<script>"), conclusion=le(s, t + 1))
    files = dict(site_files(contents_of([entry_of(claim)])))
    assert_sound(files, read(files))
    assert not any(b"<script>" in content for name, content in files.items() if name.endswith(".html"))


# --- the folder -----------------------------------------------------------------------------------------------------------------------

def test_only_a_folder_of_ours_is_written_over(tmp_path: Path) -> None:
    site = tmp_path / "site"
    assert write_folder(site, iter([("index.html", b"one"), ("claims/a.html", b"a")])) == 2
    assert write_folder(site, iter([("index.html", b"two")])) == 1
    assert sorted(path.name for path in site.rglob("*")) == [MANIFEST, "index.html"] and (site / "index.html").read_bytes() == b"two"
    (site / "notes.txt").write_text("mine")
    with pytest.raises(BadData, match=r"holds notes\.txt, which no report wrote"):
        write_folder(site, iter([("index.html", b"three")]))
    assert (site / "notes.txt").read_text() == "mine" and (site / "index.html").read_bytes() == b"two"


def test_an_empty_folder_will_do_and_a_file_will_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    check_folder(tmp_path / "empty")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadData, match="which is a file"):
        check_folder(tmp_path / "file")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
def test_what_ends_early_leaves_the_site_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    def half() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"half"
        raise error
    site = tmp_path / "site"
    write_folder(site, iter([("index.html", b"whole")]))
    with pytest.raises((error, BadData)):
        write_folder(site, half())
    assert (site / "index.html").read_bytes() == b"whole" and [path.name for path in tmp_path.iterdir()] == ["site"]
