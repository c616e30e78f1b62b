"""The claim files of examples/: what is true is proved, and what says more than is true is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from theory.check import check
from theory.claim import Claim
from verify.laws.claimfile import load_claim_file

FILES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
CLAIMS = [claim for file in FILES for claim in load_claim_file(file).claims]
FALSE = [claim for claim in CLAIMS if ".false" in claim.id]


def test_there_are_examples() -> None:
    assert len(FILES) >= 11


@pytest.mark.parametrize("claim", [claim for claim in CLAIMS if claim not in FALSE], ids=lambda claim: claim.id)
def test_true(claim: Claim) -> None:
    assert check(claim).status.is_proof


@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("claim", FALSE, ids=lambda claim: claim.id)
def test_false(claim: Claim, thorough: bool) -> None:
    assert not check(claim, thorough=thorough).status.is_proof
