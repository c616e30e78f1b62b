"""``python -m theory.shipping`` writes the derivations that come with the library: what is still right is kept, the rest searched for."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from pathlib import Path

from theory.check import check
from theory.checkers.document import Fragment, fragment, lemmas_used
from theory.checkers.proofs import lemma_digest, used_by, written
from theory.checkers.schemas import statement
from theory.checkers.shipped import NAME, document
from theory.memo import StepMemo
from theory.registry import claims, lemmas_and_rules


def proved_steps(id: str) -> dict[str, Fragment]:
    """The derivations of the steps of a claim, and of the lemmas that they use, by digest."""
    memo = StepMemo()
    check(claims()[id], memo)
    return {digest.hex(): verdict.evidence["derivation"] for digest, verdict in memo.new_proofs().items()}


def lemma_derivations() -> dict[str, Fragment]:
    """The derivations that lemmas write themselves, where they use none but the lemmas that they were given, by what the lemma says."""
    found = {}
    for lemma in (own for own in lemmas_and_rules().values() if own.derivation is not None):
        derived, given = written(lemma).derived, used_by(lemma)
        if set(lemmas_used(derived)) <= set(given):
            found[lemma_digest(statement(lemma)).hex()] = fragment(derived, given)
    return found


def main() -> None:
    """Write the file anew, from what it holds and what has to be searched for."""
    found: dict[str, Fragment] = lemma_derivations()
    longest_first = sorted(claims().values(), key=lambda c: -sum(len(p.steps) for p in c.proofs))
    with ProcessPoolExecutor() as pool:
        for part in pool.map(proved_steps, [c.id for c in longest_first]):
            found.update(part)
    place = Path(str(files("theory") / NAME))
    temporary = place.with_suffix(".part")
    temporary.write_bytes(gzip.compress(json.dumps(document(found), separators=(",", ":")).encode(), mtime=0))
    temporary.replace(place)


if __name__ == "__main__":
    main()
