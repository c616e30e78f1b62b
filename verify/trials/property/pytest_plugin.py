"""A pytest plugin that runs the claims of a module as property tests: ``pytest -p lawbook my_claims.py``.

It is loaded only where it is asked for, by ``-p`` or by ``pytest_plugins = ["lawbook"]`` in a conftest: lawbook registers no entry point,
so installing it changes no test run.  Every `Claim` that a collected module defines becomes a test of its own, with the `Measurement` of
the same id if the module defines one; claims imported from the library are left out.  The margins stand at the end.
"""

from __future__ import annotations

from typing import Any

import pytest

from theory.claim import Claim
from theory.digest import NoDigest, statement_digest
from theory.errors import BadData, LawbookError
from theory.registry import claims
from verify.laws.measure import Measurement
from verify.laws.user_lemmas import flaw_of
from verify.trials.property.testing import DEFAULT_EXAMPLES, ClaimViolated, try_property

_KEY = "claim margin"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The number of examples of a claim, and the seed."""
    group = parser.getgroup("lawbook", "claims as property tests")
    group.addoption("--claim-examples", type=int, default=DEFAULT_EXAMPLES, help="instances that are tried for each claim")
    group.addoption("--claim-seed", type=int, default=0, help="the seed of the instances")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> ClaimItem | None:
    """A test for each claim that a module defines, under the name it has there."""
    if not isinstance(collector, pytest.Module) or not isinstance(obj, Claim) or _is_of_the_library(obj):
        return None
    return ClaimItem.from_parent(collector, name=name, claim=obj)


def _is_of_the_library(claim: Claim) -> bool:
    """Whether the library says the same under this id; its proofs and twins may have been attached after the module was imported."""
    if claim.id not in claims():
        return False
    try:
        return statement_digest(claim) == statement_digest(claims()[claim.id])
    except NoDigest:
        return False


class ClaimItem(pytest.Item):
    """One claim of a module as a test."""

    def __init__(self, *, claim: Claim, **more: Any) -> None:
        super().__init__(**more)
        self.claim = claim

    def runtest(self) -> None:
        """The property test of the claim; its report is kept for the summary."""
        if self.claim.id in claims():
            raise BadData(f"{self.claim.id} is the id of another claim of the library; give this one an id of its own")
        flaw = flaw_of([self.claim])
        if flaw:
            raise BadData(flaw)
        own = [m for m in vars(self.parent.obj).values() if isinstance(m, Measurement) and m.claim == self.claim.id]
        report = try_property(self.claim, measurement=own[0] if own else None, max_examples=self.config.getoption("--claim-examples"),
                              seed=self.config.getoption("--claim-seed"))
        self.user_properties.append((_KEY, str(report)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The violated inequality and the instance, without a traceback through Hypothesis."""
        if isinstance(excinfo.value, ClaimViolated):
            return str(excinfo.value)
        if isinstance(excinfo.value, LawbookError):
            return f"{type(excinfo.value).__name__}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, None, str]:
        """The file and the claim's id."""
        return self.path, None, f"claim {self.claim.id}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The margins of all claims that passed, in the order in which they ran."""
    lines = [said for report in terminalreporter.stats.get("passed", ()) for key, said in report.user_properties if key == _KEY]
    if lines:
        terminalreporter.section("margins of claims")
        for line in lines:
            terminalreporter.write_line(line)
