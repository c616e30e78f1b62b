"""What a certificate proves, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from theory.certificates.constructions import construction
from theory.certificates.fits import exact_fit, kink_interval, kink_lower, lower_bound
from theory.certificates.lipschitz import branch_tree, slope_relaxation, sphere_tree, vector_tree
from theory.verdict import Verdict
from verify.report.kinks import kink_words
from verify.report.words import BOUND_DOMAINS, CONSTRUCTION_DOMAINS, at_least, at_most, proved_words

Evidence = Mapping[str, Any]


def certified_words(verdict: Verdict) -> str:
    """What a certificate proves, in short, by its format; its statement in full is in the file and in the JSON.

    >>> from theory.verdict import Status
    >>> found = {"format": "lawbook-certificate", "value": "7/4", "class": "ReLU fit", "domain": "ball", "width": 3, "n": 8, "d": 2}
    >>> certified_words(Verdict(Status.CERTIFIED, "Every network of `width` ReLU neurons …", found))
    'Lip ≥ 1.75 on the ball through the data for every ReLU fit of width 3 (n = 8, d = 2)'
    >>> built = {"format": "lawbook-construction", "upper": "2", "residual": "0", "domain": "sphere", "width": 3, "n": 8, "d": 2}
    >>> certified_words(Verdict(Status.CERTIFIED, "The network …", built))
    'Lip ≤ 2 on the unit sphere for this network of width 3, which fits (n = 8, d = 2)'
    """
    found = verdict.evidence
    return str(found["words"]) if "words" in found else _WORDS[found["format"]](found)


def _construction(found: Evidence) -> str:
    domain = CONSTRUCTION_DOMAINS[found["domain"]]
    fit = "fits" if found["residual"] == "0" else f"fits up to {float(Fraction(found['residual'])):.2g}"
    value = at_most(Fraction(found["upper"]))
    return f"Lip ≤ {value} on {domain} for this network of width {found['width']}, which {fit} (n = {found['n']}, d = {found['d']})"


def _network(found: Evidence) -> str:
    words = proved_words(found.get("lower"), found["value"], found["domain"])
    outputs = f"m = {found['m']}, " if "m" in found else ""
    return f"{words} for this network ({outputs}k = {found['k']}, d = {found['d']})"


def _lower_bound(found: Evidence) -> str:
    width = "" if found["width"] is None else f" of width {found['width']}"
    domain, value = BOUND_DOMAINS[found["domain"]], at_least(Fraction(found["value"]))
    return f"Lip ≥ {value} on {domain} for every {found['class']}{width} (n = {found['n']}, d = {found['d']})"


# of the certificates whose checkers put no words in the evidence
_WORDS: Mapping[str, Callable[[Evidence], str]] = {
    branch_tree.FORMAT: _network,
    construction.FORMAT: _construction,
    exact_fit.FORMAT: lambda found: kink_words(found, None, found["value"]),
    kink_interval.FORMAT: lambda found: kink_words(found, found["lower"], found["upper"]),
    kink_lower.FORMAT: lambda found: kink_words(found, found["value"], None),
    lower_bound.FORMAT: _lower_bound,
    slope_relaxation.FORMAT: _network,
    sphere_tree.FORMAT: _network,
    vector_tree.FORMAT: _network,
}
