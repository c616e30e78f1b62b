"""Certificate files about the fits of one fixed hidden layer: writing, reading, re-checking; the mathematics is in `fixed_layer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.exact_data import ExactData, parse_data, parse_exact, parse_row, parse_rows
from theory.certificates.exact.rounding import approximately, round_down, round_up
from theory.certificates.fits.fixed_layer import Dual, Fit, FixedLayer, proved_lower, proved_upper, texts, texts_of_rows
from theory.certificates.lipschitz.branch_tree import ExactDomain, parse_domain
from theory.errors import BadData, NotCertified, ShapeError
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION = "lawbook-fixed-layer", 1
_FIT = "Among all weights a (and v, c when `affine`) with v.x_i + c + sum a_l psi(w_l.x_i + b_l) = y_i at every point of the data, psi "
_FIT += "being t -> alpha t for t <= 0 and t -> beta t for t >= 0, `slopes` = [alpha, beta], "
STATEMENTS: Mapping[str, str] = {
    "fixed.contradiction": _FIT + "there are none.",
    "fixed.norm": _FIT + "the least Euclidean norm of a lies between `lower` and `value`, which the network does not exceed.",
    "fixed.path": _FIT + "the least path norm sum |a_l| ||w_l|| (v and c not counted) lies between `lower` and `value`, which the network "
                         "does not exceed.",
    "fixed.lipsdp": _FIT + "the least LipSDP bound (diagonal multipliers, one for each neuron) lies between `lower` and `value`, which "
                           "the network does not exceed.",
    "fixed.lipschitz": _FIT + "the least Euclidean Lipschitz constant on `domain` lies between `lower` and `value`, which the network does "
                              "not exceed.",
}
_MEASURES = {"fixed.norm": "norm of a", "fixed.path": "path norm", "fixed.lipsdp": "LipSDP bound",
             "fixed.lipschitz": "Lipschitz constant on the domain"}  # fmt: skip
_FIELDS = frozenset(("format", "version", "claim", "statement", "domain", "layer", "data", "lower", "value", "dual", "network", "recheck"))
_DUAL = {"fixed.contradiction": set(), "fixed.norm": set(), "fixed.path": set(), "fixed.lipsdp": {"factor", "centre"},
         "fixed.lipschitz": {"patterns"}}  # fmt: skip
_PROOF = {"fixed.norm": set(), "fixed.path": set(), "fixed.lipsdp": {"multipliers"}, "fixed.lipschitz": {"planes", "tree"}}


def certify_fixed_layer(
    claim: str, layer: FixedLayer, data: ExactData, dual: Dual, fit: Fit | None, domain: ExactDomain | None = None
) -> dict[str, Any]:
    """A certificate lower ≤ least value ≤ value, both decimals of 12 significant digits; for fixed.contradiction without a fit.

    Raises: NotCertified, BadData, ShapeError.

    >>> from fractions import Fraction
    >>> layer = FixedLayer(((Fraction(2),),), (Fraction(0),), (Fraction(0), Fraction(1)), False)
    >>> data = ExactData(((Fraction(1),),), (Fraction(3),))
    >>> found = certify_fixed_layer("fixed.path", layer, data, Dual((Fraction(1),)), Fit((Fraction(3, 2),)))
    >>> found["lower"], found["value"], check_fixed_layer(found).status.value
    ('3', '3', 'CERTIFIED')
    """
    lower = proved_lower(_known(claim), layer, data, dual, domain)
    upper = None if fit is None else round_up(proved_upper(claim, layer, data, fit, domain))
    try:
        return {
            "format": FORMAT,
            "version": VERSION,
            "claim": claim,
            "statement": STATEMENTS[claim],
            "domain": None if domain is None else domain.as_json(),
            "layer": layer.as_json(),
            "data": data.as_json(),
            "lower": None if fit is None else str(round_down(lower) if lower > 0 else lower),
            "value": None if upper is None else str(upper),
            "dual": _dual_as_json(claim, dual),
            "network": None if fit is None else _fit_as_json(claim, layer, fit),
            "recheck": RECHECK,
        }
    except ValueError as error:  # Python spells no integer of more than 4300 digits
        raise NotCertified(f"the exact weights have too many digits to be written ({error}); give fewer neurons or points") from error


def check_fixed_layer(document: object) -> Verdict:
    """Whether the evidence of a certificate proves its two values, recomputed without a solver.

    Raises: BadData (or ShapeError) when the document is malformed.
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    claim = _known(fields["claim"])
    if fields["statement"] != STATEMENTS[claim]:
        raise BadData(f'the field "statement" must be {STATEMENTS[claim]!r}')
    data, digest = parse_data(fields["data"])
    layer, stated = _parse_layer(fields["layer"])
    if (claim == "fixed.lipschitz") != (fields["domain"] is not None):
        raise BadData("fixed.lipschitz needs a domain, and the other claims have none")
    domain = None if fields["domain"] is None else parse_domain(fields["domain"])
    if data.shape[1] != layer.shape[1]:
        raise ShapeError(f"the data have {data.shape[1]} coordinates and the hidden layer takes {layer.shape[1]}")
    dual = _parse_dual(claim, layer, fields["dual"])
    contradiction = claim == "fixed.contradiction"
    if any((fields[name] is None) != contradiction for name in ("lower", "value", "network")):
        raise BadData("a certificate that there is no fit has no network and no values, and every other has both")
    if digest != data.digest():
        return failed("the data do not match their SHA-256 digest")
    if stated != layer.digest():
        return failed("the hidden layer does not match its SHA-256 digest")
    try:
        proved = proved_lower(claim, layer, data, dual, domain)
        reached = None if contradiction else proved_upper(claim, layer, data, _parse_fit(claim, layer, fields["network"]), domain)
    except NotCertified as reason:
        return failed(str(reason))
    (k, d), n = layer.shape, data.shape[0]
    about = f"outer weights of this hidden layer (k = {k}) that fit the data (n = {n}, d = {d})"
    summary: dict[str, Any] = {"claim": claim, "n": n, "d": d, "k": k, "words": f"there are no {about}"}
    if reached is None:
        return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [n = {n}, d = {d}, k = {k}]", summary)
    lower, value = parse_exact(fields["lower"], "lower"), parse_exact(fields["value"], "value")
    if lower > proved:
        return failed(f"the multipliers prove no more than {approximately(proved)}, and the certificate claims {approximately(lower)}")
    if value < reached:
        return failed(f"the network reaches only {approximately(reached)}, and the certificate claims {approximately(value)}")
    words = f"{approximately(lower)} ≤ least {_MEASURES[claim]} ≤ {approximately(value)} over all {about}"
    summary |= {"words": words, "domain": None if domain is None else domain.kind, "lower": str(lower), "value": str(value)}
    return Verdict(Status.CERTIFIED, f"{STATEMENTS[claim]} [{lower} to {value}, n = {n}, d = {d}, k = {k}]", summary)


def _known(claim: object) -> str:
    if not isinstance(claim, str) or claim not in STATEMENTS:
        raise BadData(f"the claim {claim!r} is unknown: use one of {', '.join(STATEMENTS)}")
    return claim


def _parse_layer(document: object) -> tuple[FixedLayer, object]:
    entry = _exactly(document, {"W", "b", "slopes", "affine", "sha256"}, "layer")
    slopes = parse_row(entry["slopes"], "slopes")
    if len(slopes) != 2 or type(entry["affine"]) is not bool:
        raise BadData('"slopes" must hold two numbers and "affine" must be true or false')
    return FixedLayer(parse_rows(entry["W"], "W"), parse_row(entry["b"], "b"), (slopes[0], slopes[1]), entry["affine"]), entry["sha256"]


def _dual_as_json(claim: str, dual: Dual) -> dict[str, Any]:
    patterns = [{"witness": texts(z), "u": texts(u)} for z, u in dual.patterns]
    every = {"factor": texts_of_rows(dual.factor), "centre": texts(dual.centre), "patterns": patterns}
    return {"lambda": texts(dual.lam)} | {name: every[name] for name in sorted(_DUAL[claim])}


def _parse_dual(claim: str, layer: FixedLayer, document: object) -> Dual:
    entry = _exactly(document, {"lambda"} | _DUAL[claim], "dual")
    lam = parse_row(entry["lambda"], "lambda")
    if claim == "fixed.lipsdp":
        centre = parse_row(entry["centre"], "centre")
        if layer.affine and centre:
            raise BadData('"centre" is determined where v is free, and must be empty')
        return Dual(lam, parse_rows(entry["factor"], "factor"), centre)
    if claim != "fixed.lipschitz":
        return Dual(lam)
    if not isinstance(entry["patterns"], list):
        raise BadData('"patterns" must be a list')
    listed = [_exactly(p, {"witness", "u"}, f"patterns[{i}]") for i, p in enumerate(entry["patterns"])]
    return Dual(lam, patterns=tuple((parse_row(p["witness"], "witness"), parse_row(p["u"], "u")) for p in listed))


def _fit_as_json(claim: str, layer: FixedLayer, fit: Fit) -> dict[str, Any]:
    proof = {"multipliers": texts(fit.multipliers), "planes": list(fit.planes), "tree": list(fit.tree)}
    return {"theta": texts(fit.theta)} | {name: proof[name] for name in sorted(_PROOF[claim])}


def _parse_fit(claim: str, layer: FixedLayer, document: object) -> Fit:
    entry = _exactly(document, {"theta"} | _PROOF[claim], "network")
    theta = parse_row(entry["theta"], "theta")
    if claim == "fixed.lipsdp":
        return Fit(theta, multipliers=parse_row(entry["multipliers"], "multipliers"))
    if claim != "fixed.lipschitz":
        return Fit(theta)
    planes, tree = entry["planes"], entry["tree"]
    if not isinstance(planes, list) or not all(type(j) is int for j in planes) or not isinstance(tree, list):
        raise BadData('"planes" must be a list of neurons and "tree" a list of nodes')
    return Fit(theta, planes=tuple(planes), tree=tuple(tree))


def _exactly(document: object, names: set[str], where: str) -> dict[str, Any]:
    if not isinstance(document, dict) or set(document) != names:
        raise BadData(f'"{where}" must hold exactly the fields {", ".join(sorted(names))}')
    return document
