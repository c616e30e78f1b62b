"""Certified radii and attacks, a line for each point, and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median_low
from typing import Any

from verify.lipschitz.radius import PointRadius, RadiusReport
from verify.objects.data import Dataset
from verify.objects.domains import doubles_about
from verify.objects.networks import VectorNetwork
from verify.report.data import data_document
from verify.report.terminal import Console, show_line
from verify.report.words import at_least, at_most, count, number

# Lines of the table; all points are in the JSON.
_SHOWN = 50


@dataclass(frozen=True)
class MeasuredRadii:
    """The radii of a data set with what they are about, whether the search was cut short, and where the certificate lies."""

    name: str
    network: VectorNetwork
    data: Dataset
    report: RadiusReport
    interrupted: bool
    written: Path | None

    def label(self, class_: int) -> int:
        """The label of a class: itself, or −1 and 1 where there is one output."""
        return class_ if self.network.m > 1 else 2 * class_ - 1


def radius_document(measured: MeasuredRadii) -> dict[str, Any]:
    """The object that `lawbook radius --json` prints.

    Radii and margins are exact rationals as texts, rounded to floats beside them; the radius of a point whose class never changes is null.
    """
    report, network = measured.report, measured.network
    return {
        "network": {"m": network.m, "k": network.k, "d": network.d, "activation": network.activation.name},
        "data": data_document(measured.data),
        "points": [_entry(measured, point) for point in report.points],
        "right": len(report.right), "unfinished": report.unfinished,
        "interrupted": measured.interrupted, "seconds": round(report.seconds, 3),
        "certificate": None if measured.written is None else str(measured.written),
    }


def _entry(measured: MeasuredRadii, point: PointRadius) -> dict[str, Any]:
    attack = None
    if point.attack is not None:
        attack = {"point": [float(c) for c in point.attack.point], "label": measured.label(point.attack.reached),
                  "distance": doubles_about(point.attack.distance)[1]}
    return {
        "row": point.position, "label": point.label, "margin": float(point.margin), "by": point.by,
        "radius": None if point.radius is None else doubles_about(point.radius)[0],
        "radius_exact": None if point.radius is None else str(point.radius), "against": measured.label(point.against), "attack": attack,
    }


def show_radii(console: Console, measured: MeasuredRadii) -> None:
    """A line for each point, then the least and the median radius, and where the certificate is."""
    report, network = measured.report, measured.network
    right = report.right
    show_line(console, (f"{len(right)} of {count(measured.data.n, 'point')} have the class of their label", "bold"),
              f"  ({measured.name} on {measured.data.name}: {count(network.m, 'output')}, {count(network.k, 'neuron')}, d = {network.d}, "
              f"{network.activation.name}; {report.seconds:.2f} s)")
    show_line(console, f"  {'row':>5}  {'label':>5}  {'margin':>9}  {'radius ≥':>10}  {'attack ≤':>10}", ("  ℓ2 distances", "dim"))
    for point in report.points[:_SHOWN]:
        show_line(console, *_line(measured, point))
    if len(report.points) > _SHOWN:
        show_line(console, (f"  … {len(report.points) - _SHOWN} more; --json has all of them", "dim"))
    radii = [point.radius for point in right]
    if radii:
        middle = median_low([math.inf if r is None else r for r in radii])
        least = min((r for r in radii if r is not None), default=None)
        show_line(console, f"  of the points with the class of their label: least radius {_radius(least)}, "
                           f"median {'∞' if middle == math.inf else at_least(Fraction(middle))}")
    if measured.interrupted:
        show_line(console, "  ", ("interrupted: this is what was known by then", "yellow"))
    elif report.unfinished:
        show_line(console, "  ", (f"the time was up before {count(report.unfinished, 'point')} was done with; give more by --time",
                                  "yellow"))
    if report.certificate is None:
        why = "the time was too short for a Lipschitz constant" if right else "no point has the class of its label"
        show_line(console, f"  no certificate: {why}")
    if measured.written is not None:
        show_line(console, f"  certificate: {measured.written}   re-check it: lawbook verify {measured.written}")


def _line(measured: MeasuredRadii, point: PointRadius) -> list[str | tuple[str, str]]:
    said = {"wrong": f"the network says {measured.label(point.against)}", "tie": f"a tie with {measured.label(point.against)}",
            "global": "Lip on R^d", "local": "Lip on a ball about it"}[point.by]
    distance = "–" if point.attack is None else at_most(point.attack.distance)
    return [f"  {point.position:>5}  {point.label:>5}  {number(float(point.margin)):>9}  {_radius(point.radius):>10}  {distance:>10}  ",
            (said, "red" if point.by in ("wrong", "tie") else "dim")]


def _radius(radius: Fraction | None) -> str:
    return "∞" if radius is None else at_least(radius)
