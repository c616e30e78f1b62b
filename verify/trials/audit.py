"""The margin of every applicable claim on one network and one data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from theory.claim import Claim
from theory.errors import BadData, HypothesisViolated, LawbookError
from theory.registry import claims as library
from verify.evaluate import Evaluator, FactCheck, Outcome
from verify.fits.explicit import FIT_TOLERANCE, fit_tolerance, steepest_chord
from verify.fits.functions.mcshane import mcshane_bound_of
from verify.laws.measure import Measurement
from verify.laws.registry import measurements as library_measurements
from verify.objects.data.dataset import Dataset
from verify.objects.instance import Instance
from verify.objects.networks import Network


@dataclass(frozen=True)
class AuditEntry:
    """One claim on the user's network and data.

    ``check`` is the outcome of the conclusion, None when the claim does not apply; ``reason`` then names the hypothesis
    that fails, or says what could not be measured.
    """

    claim: Claim
    check: FactCheck | None
    reason: str = ""

    @property
    def holds(self) -> bool | None:
        """True, False, or None when the claim does not apply or the numbers do not decide it."""
        decided = {Outcome.HOLDS: True, Outcome.VIOLATED: False}
        return None if self.check is None else decided.get(self.check.outcome)


@dataclass(frozen=True)
class AuditReport:
    """Whether the network fits, by how much it misses at most, and every claim that is measured on networks."""

    fits: bool
    residual: float
    tolerance: float
    entries: tuple[AuditEntry, ...]

    @property
    def violated(self) -> tuple[AuditEntry, ...]:
        """Claims that are false on this network although their hypotheses hold."""
        return tuple(e for e in self.entries if e.holds is False)


def audit(network: Network, data: Dataset, claims: Iterable[Claim] | None = None, measurements: Mapping[str, Measurement] | None = None,
          seed: int = 0) -> AuditReport:
    """The margin, log(rhs/lhs) of the conclusion lhs ≤ rhs, of every claim that says something of a fitted network.

    Args: network, data, claims and measurements by claim id (those of the library otherwise; only those with ``from_fit`` are used),
    seed of the samples that some hypotheses and suprema need.
    Returns: an AuditReport with one entry a claim that has a ``from_fit``; the others are about no single network.
    Raises: ShapeError when the network and the data differ in dimension, BadData where doubles do not tell the points apart.
    Guarantee: estimated; both sides carry their rounding errors, and suprema and Lipschitz constants are enclosures.
    """
    require_faithful_doubles(data)
    residual, tolerance = network.residual(data), fit_tolerance(data)
    claims = library().values() if claims is None else claims
    measurements = library_measurements() if measurements is None else measurements
    measured = [(c, measurements[c.id]) for c in claims if c.id in measurements and measurements[c.id].from_fit]
    entries = tuple(audit_claim(claim, measurement, network, data, seed) for claim, measurement in measured)
    return AuditReport(bool(residual <= tolerance), float(residual), float(tolerance), entries)


def require_faithful_doubles(data: Dataset) -> None:
    """The doubles next to the data are as far apart as the data: the McShane constants of both agree, as far as is measured.

    Raises: BadData.
    """
    if data.is_double:
        return
    exact, rounded = mcshane_bound_of(data).estimate, steepest_chord(data.X, data.y)
    if abs(exact - rounded) > FIT_TOLERANCE * exact:
        raise BadData(f"{data.first_rounded}, and claims are measured in doubles, in which the points have the McShane constant "
                      f"{rounded:.6g} and not {exact:.6g}; subtract a common number from the column, and W times it from the biases")


def audit_claim(claim: Claim, measurement: Measurement, network: Any, data: Dataset, seed: int = 0) -> AuditEntry:
    """One claim: its hypotheses first, then both sides of its conclusion."""
    if measurement.from_fit is None:
        return AuditEntry(claim, None, "the claim is about no single network")
    try:
        instance = replace(measurement.from_fit(network, data), seed=seed)
        broken = failing_hypothesis(claim, instance)
        if broken:
            return AuditEntry(claim, None, broken)
        return AuditEntry(claim, Evaluator(instance).fact(claim.conclusion))
    except HypothesisViolated as error:
        return AuditEntry(claim, None, str(error))
    except LawbookError as error:      # a side that cannot be measured here must not hide the other claims
        return AuditEntry(claim, None, f"not measured: {error}")


def failing_hypothesis(claim: Claim, instance: Instance) -> str:
    """The first hypothesis that is false, or is undecided, on the instance, in words; empty when all hold."""
    evaluator = Evaluator(instance)
    for hypothesis in claim.hypotheses:
        outcome = evaluator.fact(hypothesis.formula).outcome
        said = f" ({hypothesis.text})" if hypothesis.text else ""
        if outcome is Outcome.VIOLATED:
            return f"the hypothesis {hypothesis.name!r}{said} does not hold"
        if outcome is Outcome.UNDECIDED:
            return f"the hypothesis {hypothesis.name!r}{said} is not decided by the numbers"
    return ""


