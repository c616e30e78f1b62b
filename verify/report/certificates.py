"""What a certificate proves, in words."""

from __future__ import annotations

from fractions import Fraction

from theory.verdict import Verdict
from verify.report.kinks import kink_words
from verify.report.words import BOUND_DOMAINS, CONSTRUCTION_DOMAINS, at_least, at_most, proved_words


def certified_words(verdict: Verdict) -> str:
    """What a certificate proves, in short; its statement in full is in the file and in the JSON.

    >>> from theory.verdict import Status
    >>> found = {"value": "7/4", "domain": "ball", "width": 3, "n": 8, "d": 2}
    >>> certified_words(Verdict(Status.CERTIFIED, "Every network of `width` ReLU neurons …", found))
    'Lip ≥ 1.75 on the ball through the data for every ReLU fit of width 3 (n = 8, d = 2)'
    >>> built = {"upper": "2", "residual": "0", "domain": "sphere", "width": 3, "n": 8, "d": 2}
    >>> certified_words(Verdict(Status.CERTIFIED, "The network …", built))
    'Lip ≤ 2 on the unit sphere for this network of width 3, which fits (n = 8, d = 2)'
    """
    found = verdict.evidence
    if "kinks" in found:
        return kink_words(found)
    if "words" in found:
        return str(found["words"])
    if "upper" in found:
        domain = CONSTRUCTION_DOMAINS[found["domain"]]
        fit = "fits" if found["residual"] == "0" else f"fits up to {float(Fraction(found['residual'])):.2g}"
        value = at_most(Fraction(found["upper"]))
        return f"Lip ≤ {value} on {domain} for this network of width {found['width']}, which {fit} (n = {found['n']}, d = {found['d']})"
    if "value" not in found:                     # a step of a proof; its inequality is in the file
        return verdict.reason
    if "width" not in found:                     # about one network, not about the fits of data
        words = proved_words(found.get("lower"), found["value"], found["domain"])
        outputs = f"m = {found['m']}, " if "m" in found else ""
        return f"{words} for this network ({outputs}k = {found['k']}, d = {found['d']})"
    class_ = "ReLU fit" if "ReLU" in verdict.reason else "fit"     # the statement names the activation it is about
    width = "" if found["width"] is None else f" of width {found['width']}"
    domain = BOUND_DOMAINS.get(found["domain"], found["domain"])
    value = at_least(Fraction(found["value"]))
    return f"Lip ≥ {value} on {domain} for every {class_}{width} (n = {found['n']}, d = {found['d']})"
