"""The certified interval of `lawbook fit`, for a person and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from theory.certificates.fits.kink_lower import INFEASIBLE
from theory.certificates.fits.kink_problem import KinkProblem
from verify.fits.kinks.fit import KinkFit
from verify.objects.domains import doubles_about
from verify.objects.networks import Network
from verify.report.terminal import Console, show_line
from verify.report.words import at_least, at_most, count, plain

CHECKED = {True: "both ends certified", False: "NOT certified: the certificate does not hold, please report this",
           None: "not certified: there was no time to check the certificate"}


@dataclass(frozen=True)
class Fitted:
    """A fit, whether its certificate was re-checked and holds (None: no time), the name of its data, and the files that were written."""

    fit: KinkFit
    certified: bool | None
    name: str
    certificate: Path | None
    network: Path | None


def fit_document(fitted: Fitted) -> dict[str, Any]:
    """The object that `lawbook fit --json` prints: `lower` rounded down and `upper` rounded up to doubles, the exact values beside them."""
    fit = fitted.fit
    n, d = fit.problem.shape
    document: dict[str, Any] = plain({
        "lower": None if fit.lower is None else doubles_about(fit.lower)[0],
        "upper": None if fit.upper is None else doubles_about(fit.upper)[1],
        "lower_exact": None if fit.lower is None else str(fit.lower), "upper_exact": None if fit.upper is None else str(fit.upper),
        "gap": fit.gap, "closed": fit.is_closed, "certified": fitted.certified, "infeasible": fit.is_infeasible, "reason": reason(fit),
        "mcshane": doubles_about(fit.mcshane)[0], "network": None if fit.network is None else _weights(fit.network),
        "domain": fit.problem.domain.kind, "kinks": fit.problem.kinks, "affine": fit.problem.affine, "n": n, "d": d, "nodes": fit.nodes,
        "leaves": fit.leaves, "interrupted": fit.interrupted, "seconds": round(fit.seconds, 3),
        "certificate": None if fitted.certificate is None else str(fitted.certificate),
        "saved_network": None if fitted.network is None else str(fitted.network)})
    return document


def _weights(network: Network) -> dict[str, Any]:
    parts = {name: np.asarray(getattr(network, name), dtype=np.float64).tolist() for name in ("W", "b", "a", "v", "c")}
    return {**parts, "activation": network.activation.name}


def class_words(problem: KinkProblem) -> str:
    """The class in words.

    >>> from fractions import Fraction
    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> class_words(KinkProblem(points, (Fraction(0), Fraction(1)), FitDomain("hull", vertices=points), 1, True))
    '1 kink and an affine part'
    """
    if problem.affine:
        return f"{count(problem.kinks, 'kink')} and an affine part"
    return f"{count(problem.kinks, 'ReLU neuron')} and no affine part"


def reason(fit: KinkFit) -> str | None:
    """Why there is no interval, or why it is open, in a sentence; None when it is closed and finite."""
    problem = fit.problem
    if fit.is_infeasible:
        leaves = "leaf" if fit.leaves == 1 else "leaves"
        return (f"no function with {class_words(problem)} takes these labels: each of the {fit.leaves} {leaves} of the tree carries an "
                f"exact contradiction; {_sufficient(problem, infeasible=True)}")
    cause = "interrupted" if fit.interrupted else "the budget is spent or nothing is left to branch on"
    if fit.upper is None:
        return f"no network that fits was found, and not proved that there is none ({cause}); {_sufficient(problem, infeasible=False)}"
    if fit.is_closed:
        return None
    wider = "" if problem.affine else "; without an affine part the lower bound is that of a slightly larger class"
    return f"the interval is open: {cause}{wider}"


def _sufficient(problem: KinkProblem, *, infeasible: bool) -> str:
    """How many kinks certainly suffice: a piecewise linear function of one projection that keeps the points apart."""
    distinct = len(set(problem.points))
    if problem.affine:
        # said of a class that has just been shown, or seems, to be too small
        least = f"at least {count(problem.kinks + 1, 'kink')} needed, " if infeasible else ""
        return f"{least}{count(max(distinct - 2, 0), 'kink')} (points − 2) always suffice"
    return f"{count(distinct, 'neuron')} (as many as points) always suffice"


def show_fit(console: Console, fitted: Fitted) -> None:
    """The interval in a sentence, what it rests on, and the files."""
    fit = fitted.fit
    n, d = fit.problem.shape
    about = f"  ({fitted.name}: n = {n}, d = {d}; {count(fit.nodes, 'node')}, {fit.seconds:.2f} s)"
    said = reason(fit)
    if fit.is_infeasible:
        show_line(console, ("No fit", "bold"), about)
    else:
        low = at_least(fit.lower or Fraction(0))
        ends = f"{low} ≤ Lip" if fit.upper is None else f"{low} ≤ Lip ≤ {at_most(fit.upper)}"
        show_line(console, (f"{ends} for the best fit with {class_words(fit.problem)} on the {_domain(fit)}", "bold"), about)
        if fit.gap is not None:
            state = "closed" if fit.is_closed else "open"
            checked = CHECKED[fitted.certified]
            show_line(console, "  ", (f"gap {fit.gap:.2g}, {state}; {checked}", "dim"))
    if said is not None:
        show_line(console, "  ", (said, "yellow"))
    show_line(console, "  ", (f"every function that fits has Lip ≥ {at_least(fit.mcshane)} (McShane)", "dim"))
    if fitted.network is not None:
        show_line(console, f"  network: {fitted.network}")
    if fitted.certificate is not None:
        show_line(console, f"  certificate: {fitted.certificate}   re-check it: lawbook verify {fitted.certificate}")


def _domain(fit: KinkFit) -> str:
    return {"hull": "hull of the data", "ball": "ball", "box": "box"}[fit.problem.domain.kind]


def kink_words(found: Mapping[str, Any], lower: str | None, upper: str | None) -> str:
    """What a certificate about the fits with k kinks proves, from the evidence of its verdict and the ends that it proves.

    >>> kink_words({"kinks": 2, "affine": True, "domain": "hull", "n": 6, "d": 2}, "2", "7/3")
    '2 ≤ least Lip of a fit with 2 kinks and an affine part ≤ 2.33334 on the hull (n = 6, d = 2)'
    >>> kink_words({"kinks": 1, "affine": True, "domain": "hull", "n": 6, "d": 2}, "infeasible", None)
    'no fit with 1 kink and an affine part (n = 6, d = 2)'
    """
    kind = f"{count(found['kinks'], 'kink')} and {'an' if found['affine'] else 'no'} affine part"
    size = f"(n = {found['n']}, d = {found['d']})"
    if lower == INFEASIBLE:
        return f"no fit with {kind} {size}"
    below = "" if lower is None else f"{at_least(Fraction(lower))} ≤ "
    above = "" if upper is None else f" ≤ {at_most(Fraction(upper))}"
    return f"{below}least Lip of a fit with {kind}{above} on the {found['domain']} {size}"
