"""The enclosure of the Lipschitz constant of one network, for a person and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from verify.lipschitz import Domain, Enclosure
from verify.objects.domains import Number
from verify.objects.networks import Network, VectorNetwork
from verify.report.terminal import Console, show_line
from verify.report.words import at_least, at_most, count, number, plain, proved_words

METHODS = {
    "spectral": "spectral product L‖a‖‖W‖", "path": "path norm L Σ|a|‖w‖", "patterns": "all sign patterns", "cells": "all cells",
    "parallel": "parallel kinks, closed form", "lipsdp": "LipSDP, diagonal multipliers", "branch": "branch and bound",
    "ball": "constant of the ball inside", "two points": "the two points of the sphere", "tangential": "steepest slope along the sphere",
    "chords": "steepest slope along the sphere, stretched to chords", "pairs": "pairs of patches of the sphere", "box": "box of slopes",
    "polynomial": "the polynomial that the network is", "relaxation": "slopes in intervals, a multiplier each",
}
WITNESSES = {"gradient": "gradient at", "jacobian": "Jacobian at", "tangent": "tangential gradient at", "chord": "quotient of"}
# Coordinates of a witness that a line shows; all of them are in the JSON.
_SHOWN = 6


@dataclass(frozen=True)
class WrittenCertificate:
    """A certificate file and what it proves: exact bounds (the lower one may be missing) and the kind of domain."""

    path: Path
    lower: str | None
    value: str
    domain: str


@dataclass(frozen=True)
class MeasuredNetwork:
    """An enclosure with what it is about, how long it took, whether it was cut short, and where its certificate lies."""

    network: Network | VectorNetwork
    enclosure: Enclosure
    seconds: float
    interrupted: bool
    certificate: WrittenCertificate | None


def lipschitz_document(measured: MeasuredNetwork) -> dict[str, Any]:
    """The object that `lawbook lipschitz --json` prints; an infinite bound is null."""
    found, network = measured.enclosure, measured.network
    witness = None if found.witness is None else {"kind": found.witness.kind, "points": _spelled(found.witness.points.tolist())}
    written = measured.certificate
    certificate = None if written is None else {
        "file": str(written.path), "lower": written.lower, "value": written.value, "domain": written.domain}
    document: dict[str, Any] = plain({
        "domain": found.domain.kind, "domain_parameters": _parameters(found.domain),
        "lower": found.lower, "upper": found.upper, "exact": found.exact, "certified": found.certified, "geodesic": found.geodesic,
        "witness": witness, "methods": found.methods, "network": {"k": network.k, "d": network.d, "activation": network.activation.name},
        "interrupted": measured.interrupted, "seconds": round(measured.seconds, 3), "certificate": certificate})
    return document


def _parameters(domain: Domain) -> dict[str, Any]:
    if domain.kind == "hull":
        return {"points": len(domain.vertices or ())}
    if domain.kind == "box":
        return {"low": _spelled(domain.low), "high": _spelled(domain.high)}
    return {} if domain.kind == "global" else {"radius": _spelled(domain.exact_radius), "centre": _spelled(domain.centre)}


def _spelled(value: Any) -> Any:
    """Numbers whose shortest decimal is the number itself, or its double, as floats; other rationals as texts.

    >>> _spelled([0.1, Fraction(1, 10), Fraction(1, 3), 10**18 + 1])
    [0.1, 0.1, '1/3', '1000000000000000001']
    """
    if isinstance(value, list | tuple):
        return [_spelled(entry) for entry in value]
    if isinstance(value, float) or value is None:
        return value
    decimal = float(value)
    return decimal if Fraction(repr(decimal)) == value else str(value)


def show_lipschitz(console: Console, measured: MeasuredNetwork, name: str) -> None:
    """The enclosure in a sentence, the bounds it is made of, and the witness."""
    found, network = measured.enclosure, measured.network
    neurons = count(network.k, "neuron")
    show_line(console, (f"{_interval(found)} on {domain_words(found.domain)}", "bold"),
              f"  ({_standing(found)}; {name}: {neurons}, d = {network.d}, {network.activation.name}; {measured.seconds:.2f} s)")
    for method, value in sorted((m for m in found.methods.items() if math.isfinite(m[1])), key=lambda item: item[1]):
        show_line(console, f"  ≤ {at_most(Fraction(value)).ljust(11)} ", (METHODS.get(method, method), "dim"))
    if found.witness is not None:
        points = " and ".join(_point(row) for row in found.witness.points.tolist())
        show_line(console, f"  ≥ {at_least(Fraction(found.lower)).ljust(11)} ", (f"{WITNESSES[found.witness.kind]} {points}", "dim"))
    if found.geodesic is not None and found.domain.kind == "sphere":
        low, high = found.geodesic
        show_line(console, f"  with arcs as distance {at_least(Fraction(low))} ≤ Lip ≤ {_above(high)}")
    if measured.interrupted:
        show_line(console, "  ", ("interrupted: this is what was known by then", "yellow"))
    if measured.certificate is not None:
        written = measured.certificate
        proved = proved_words(written.lower, written.value, written.domain)
        show_line(console, f"  certificate of {proved}: {written.path}   re-check it: lawbook verify {written.path}")


def _interval(found: Enclosure) -> str:
    return f"{at_least(Fraction(found.lower))} ≤ Lip ≤ {_above(found.upper)}"


def _above(upper: float) -> str:
    return at_most(Fraction(upper)) if math.isfinite(upper) else "∞"


def _standing(found: Enclosure) -> str:
    exact = "exact up to rounding" if found.exact else "an enclosure"
    return exact if found.certified else f"{exact}, rounding not certified"


def domain_words(domain: Domain) -> str:
    """The domain and its metric in words.

    >>> from verify.lipschitz import ball, geodesic_sphere
    >>> domain_words(ball(2.0)), domain_words(geodesic_sphere(1.0, (1.0, 0.0)))
    ('the ball of radius 2 about 0', 'the sphere of radius 1 about (1, 0) with arcs as distance')
    """
    if domain.kind == "global":
        return "R^d"
    if domain.kind == "hull":
        return f"the convex hull of {count(len(domain.vertices or ()), 'point')}"
    if domain.kind == "box":
        return f"the box from {_point(domain.low or ())} to {_point(domain.high or ())}"
    about = "0" if domain.centre is None else _point(domain.centre)
    metric = {"ball": "", "sphere": " with chords as distance", "sphere-geodesic": " with arcs as distance"}[domain.kind]
    return f"the {'ball' if domain.kind == 'ball' else 'sphere'} of radius {number(domain.radius)} about {about}{metric}"


def _point(coordinates: Sequence[Number]) -> str:
    shown = ", ".join(number(float(x)) for x in coordinates[:_SHOWN])
    return f"({shown}{', …' if len(coordinates) > _SHOWN else ''})"
