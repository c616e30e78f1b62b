"""The lemmas of the library as a page: what each says, where it is from, whether it is proved here, and which claims rest on it.

Run as a script to write the page: ``python -m verify.report.lemma_table``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from theory.check import schema_of
from theory.checkers.proofs import CITED, lemma_of
from theory.proof import Lemma, LemmaKind, Proof
from theory.registry import claims, named_lemmas
from theory.source import PAPERS, Source
from theory.terms.printing.text import text
from theory.writing import whole_file
from verify.report.unproved import WHY

PAGE = Path(__file__).parents[2] / "docs" / "lemmas.md"
HEAD = """# The lemmas

Every lemma that the proofs of the library use, other than the rules (ids `rule.…`), which are derived in the kernel.  *Derived* lemmas
are proved by inferences of the kernel; *derived from* others likewise, from lemmas that are cited; *proved* ones by steps as claims are.
*Cited* lemmas are taken on trust, and the last column says why.  A step uses one as `by=lemma.fro_op`, after `from lawbook import lemma`;
`lawbook lemmas lemma.fro_op` shows it in full.  This page is written by `python -m verify.report.lemma_table`.
"""


# --- what rests on what -------------------------------------------------------------------------------------------------------------

@cache
def basis(lemma: Lemma) -> frozenset[str]:
    """The ids of the lemmas that a lemma rests on, itself included: those of its proof, and those that its derivation cites."""
    own = frozenset({lemma.id})
    if lemma.derivation is not None:
        return own | frozenset(CITED[content] for content in schema_of(lemma).cited)
    return own if lemma.proof is None else own | used_in(lemma.proof)


def used_in(proof: Proof) -> frozenset[str]:
    """The ids of the lemmas that the steps of a proof rest on."""
    used = [lemma_of(step) for step in proof.steps]
    return frozenset[str]().union(*(basis(lemma) for lemma in used if lemma is not None))


@cache
def rests_on() -> dict[str, tuple[str, ...]]:
    """The claims that rest on each lemma by one of their proofs."""
    found: dict[str, list[str]] = {id: [] for id in named_lemmas()}
    for claim in claims().values():
        for id in frozenset[str]().union(*(used_in(proof) for proof in claim.proofs)) & found.keys():
            found[id].append(claim.id)
    return {id: tuple(own) for id, own in found.items()}


# --- the page -----------------------------------------------------------------------------------------------------------------------

def statement(lemma: Lemma) -> str:
    """Hypotheses ⇒ conclusion, in one line."""
    premises = "; ".join(text(h) for h in lemma.hypotheses)
    return f"{premises} ⇒ {text(lemma.conclusion)}" if premises else text(lemma.conclusion)


def status(lemma: Lemma) -> str:
    """How its truth is known."""
    if lemma.derivation is not None:
        others = sorted(basis(lemma) - {lemma.id})
        return f"derived from {', '.join(others)}" if others else "derived"
    return "proved" if lemma.kind is LemmaKind.OURS else "cited"


def reference(source: Source) -> str:
    """The work in full, and the place in it."""
    return ", ".join(part for part in (PAPERS.get(source.work, source.work), source.item, source.pages) if part)


def rows() -> Iterator[tuple[str, ...]]:
    """One row a lemma."""
    for id, lemma in named_lemmas().items():
        how = status(lemma)
        where = reference(lemma.source) if how == "cited" else ""
        yield id, lemma.title, statement(lemma), how, where, WHY.get(id, ""), ", ".join(rests_on()[id])


def page() -> str:
    """The page as Markdown."""
    lines = [HEAD]
    counted = [status(lemma) for lemma in named_lemmas().values()]
    few = {word: sum(how.startswith(word) for how in counted) for word in ("derived", "proved", "cited")}
    lines.append(f"{len(counted)} lemmas: {few['derived']} derived, {few['proved']} proved, {few['cited']} cited.\n")
    lines.append("| lemma | in words | statement | known | source | why it is cited | claims that rest on it |")
    lines.append("|---|---|---|---|---|---|---|")
    lines += ["| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |" for row in rows()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with whole_file(PAGE) as stream:
        stream.write(page().encode())
