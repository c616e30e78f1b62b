"""What a certificate was made from: the optional field "sources", and whether a certificate is about given data.

A certificate holds the numbers that it is about, and is checked by them alone.  "sources" says where they came from: for each kind of
source ("data") an object with the SHA-256 of its exact numbers, "sha256", and what else a reader may want, such as the classes
that became the labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from theory.certificates.exact.documents import SOURCES
from theory.certificates.exact.exact_data import ExactData, parse_data, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_weights import Row
from theory.errors import BadData

_SHA256 = re.compile(r"[0-9a-f]{64}")


def with_sources(document: Mapping[str, Any], **records: Mapping[str, Any]) -> dict[str, Any]:
    """The document with what is said of its sources, each under its kind.

    >>> with_sources({"format": "demo"}, data={"sha256": "0" * 64})["sources"]["data"]["sha256"][:3]
    '000'
    """
    return {**document, SOURCES: {**document.get(SOURCES, {}), **records}}


def sources_of(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What a document says of its sources; empty where it says nothing.  Raises: BadData (malformed).

    >>> sources_of({})
    {}
    """
    found = document.get(SOURCES, {})
    if not isinstance(found, dict) or not all(isinstance(r, dict) and _SHA256.fullmatch(str(r.get("sha256"))) for r in found.values()):
        raise BadData(f'"{SOURCES}" must hold, for each kind of source, an object with its "sha256", 64 hexadecimal digits')
    return found


def data_in(document: Mapping[str, Any]) -> ExactData | None:
    """The labelled points that a certificate of fits, or a bundle of such, holds; None where it holds none.

    >>> data = ExactData(((Fraction(1),),), (Fraction(-1),))
    >>> data_in({"lower": {"data": data.as_json()}}) == data, data_in({"points": []})
    (True, None)
    """
    for part in (document, document.get("lower"), document.get("upper")):
        if isinstance(part, Mapping) and isinstance(part.get("data"), Mapping):
            return parse_data(part["data"])[0]
    return None


def contradiction(document: Mapping[str, Any]) -> str:
    """Why what a document says of its data cannot be, as a sentence; empty where nothing is wrong."""
    said, own = sources_of(document).get("data"), data_in(document)
    if said is not None and own is not None and said["sha256"] != own.digest():
        return "the digest of its source is not that of the data in the certificate"
    return ""


def difference(document: Mapping[str, Any], data: ExactData) -> str:
    """In which place a certificate is not about these points and labels, as a sentence; empty where it is about them.

    Certificates of bounds and fits hold all points and labels; certificates of radii some of the points, and the digest of all; those of
    Lipschitz constants on a hull or a box its corners.

    >>> one, two = (ExactData(((Fraction(1),),), (Fraction(label),)) for label in (1, -1))
    >>> difference({"data": one.as_json()}, two)
    'the label of row 0 is 1 in the certificate and -1 in the data'
    >>> difference({"data": one.as_json()}, one), difference({"domain": "global"}, one)
    ('', 'the certificate holds no points')
    """
    own, said = data_in(document), sources_of(document).get("data")
    if own is not None:
        return next(_differences(own, data), "")
    if isinstance(document.get("points"), list):
        return next(_foreign_points(document["points"], data), "") or _other_digest(said, data)
    domain = document.get("domain")
    if isinstance(domain, dict) and domain.get("kind") == "hull":
        return next(_foreign_corners(parse_rows(domain["vertices"], "vertices"), data), "")
    if isinstance(domain, dict) and domain.get("kind") == "box":
        columns = list(zip(*data.points, strict=True))
        corners = parse_row(domain["low"], "low"), parse_row(domain["high"], "high")
        if corners != (tuple(map(min, columns)), tuple(map(max, columns))):
            return "the box of the certificate is not the bounding box of the points"
        return ""
    return "the certificate holds no points"


def _differences(own: ExactData, data: ExactData) -> Iterator[str]:
    if own.shape != data.shape:
        yield f"it is about {own.shape[0]} points in dimension {own.shape[1]}, the data are {data.shape[0]} in dimension {data.shape[1]}"
        return
    for i, (p, q) in enumerate(zip(own.points, data.points, strict=True)):
        for j, (a, b) in enumerate(zip(p, q, strict=True)):
            if a != b:
                yield f"coordinate {j} of row {i} is {_shown(a)} in the certificate and {_shown(b)} in the data"
    for i, (a, b) in enumerate(zip(own.labels, data.labels, strict=True)):
        if a != b:
            yield f"the label of row {i} is {_shown(a)} in the certificate and {_shown(b)} in the data"


def _foreign_points(points: list[Any], data: ExactData) -> Iterator[str]:
    rows = set(zip(data.points, data.labels, strict=True))
    for i, point in enumerate(points):
        if not isinstance(point, dict):
            raise BadData('"points" must be a list of objects')
        if (parse_row(point["x"], "x"), parse_exact(str(point["label"]), "label")) not in rows:
            yield f"point {i} of the certificate, with the label {point['label']}, is no row of the data"


def _other_digest(said: Mapping[str, Any] | None, data: ExactData) -> str:
    return "" if said is None or said["sha256"] == data.digest() else "the digest of the data in the certificate is another one"


def _foreign_corners(vertices: tuple[Row, ...], data: ExactData) -> Iterator[str]:
    given = set(data.points)
    for point in vertices:
        if point not in given:
            yield f"the point ({', '.join(map(_shown, point))}) of the certificate is no point of the data"
    for i, point in enumerate(data.points):
        if point not in set(vertices):
            yield f"row {i} of the data is no point of the certificate"


def _shown(value: Fraction) -> str:
    """An exact number, cut where it is long.

    >>> _shown(Fraction(1, 3)), len(_shown(Fraction(10) ** 100))
    ('1/3', 40)
    """
    shown = str(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
