"""Drops every hypothesis of every claim of the library, and writes what is shipped: the records and the table of docs/ablation.md.

Run as ``python -m benchmarks.ablation FOLDER [--budget SECONDS] [--trials N] [--seed SEED]`` in the root of the source tree.  FOLDER
keeps the answers, so that an interrupted run goes on where it was; in a new folder, only the counterexamples that are shipped already
are not hunted again.  The files are written when nothing is left, and with ``--write`` of what there is.  ``--only k. bs.`` hunts for the
claims whose ids begin so, and keeps what is shipped of all others.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from contextlib import suppress
from pathlib import Path

from theory.claim import Claim
from verify.cli.console import interruptions
from verify.cli.exits import INTERRUPTED
from verify.cli.hunt import claims_to_ablate
from verify.laws.registry import measurements
from verify.ledger.entries import violated_twins
from verify.report.bearing import ablation_page, load_words
from verify.trials.hunt import HitStore, ablate
from verify.trials.hunt.ablation import evidence, shippable
from verify.trials.hunt.known import SHIPPED, KnownRecords, with_twins

PAGE = Path(__file__).parent.parent / "docs" / "ablation.md"


def shipped(*, searches: bool) -> KnownRecords:
    """The shipped counterexamples, and with ``searches`` those that found nothing, which a better search may end otherwise."""
    lines = SHIPPED.read_text(encoding="utf-8").splitlines() if SHIPPED.exists() else []
    return KnownRecords(line for line in lines if searches or json.loads(line)["record"]["found"])


def write(store: HitStore) -> None:
    """The shipped file, sorted by claim and hypothesis, and the page."""
    chosen = sorted(claims_to_ablate(()), key=lambda claim: claim.id)
    lines = [line for claim in chosen for line in shippable(claim, store)]
    SHIPPED.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    PAGE.write_text(page(KnownRecords(lines)), encoding="utf-8")
    print(f"{SHIPPED} and {PAGE} are written")


def page(known: KnownRecords) -> str:
    """The table, every record of it verified again, beside what instances say of the false twins."""
    chosen = sorted(claims_to_ablate(()), key=lambda claim: claim.id)
    return ablation_page([(claim, with_twins(evidence(claim, known), twins_of(claim))) for claim in chosen])


def twins_of(claim: Claim) -> dict[str, bool]:
    """Which false twins of the claim instances contradict."""
    measurement = measurements().get(claim.id)
    return {} if measurement is None else violated_twins(claim, measurement, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--budget", type=float, default=4.0)
    parser.add_argument("--trials", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="+", default=[""])
    options = parser.parse_args()
    chosen = [claim for claim in claims_to_ablate(()) if claim.id.startswith(tuple(options.only))]
    with HitStore(options.folder, shipped(searches=options.only != [""])) as store, interruptions() as heard:
        for place, claim in enumerate(() if options.write else chosen, start=1):
            started = time.monotonic()
            with suppress(KeyboardInterrupt):
                answers = list(ablate(claim, options.budget, options.seed, store, None, options.trials, lambda: bool(heard)))
            if heard:
                print(f"interrupted: {len(chosen) - place + 1} claims are left, from {claim.id} on; the same command goes on")
                sys.exit(INTERRUPTED)
            said = load_words([a.evidence() for a in answers])
            print(f"{place:3} of {len(chosen)}  {claim.id}  {said}  {time.monotonic() - started:.1f} s", flush=True)
        write(store)


if __name__ == "__main__":
    main()
