"""Certificate files: one certificate, or a bundle of certificates about one data set that stores the data once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from theory.certificates.constructions import construction
from theory.certificates.exact.documents import SOURCES, read_certificate, write_certificate
from theory.certificates.exact.sources import contradiction
from theory.certificates.fits import exact_fit, fixed_layer_documents, kink_interval, kink_lower, polynomial_fit, quadratic_fit, simple_fits
from theory.certificates.fits.lower_bound import check_certificate
from theory.certificates.lipschitz import branch_tree, path_norm, radius, slope_relaxation, sphere_tree, vector_tree
from theory.errors import BadData
from theory.verdict import Verdict, failed

FORMAT, VERSION = "lawbook-certificates", 1
# Certificates that fill a file alone; lower bounds (`lower_bound`) may also come in bundles.
CHECKERS: Mapping[str, Callable[[object], Verdict]] = {
    branch_tree.FORMAT: branch_tree.check_tree_certificate,
    construction.FORMAT: construction.check_construction,
    exact_fit.FORMAT: exact_fit.check_fit,
    fixed_layer_documents.FORMAT: fixed_layer_documents.check_fixed_layer,
    kink_interval.FORMAT: kink_interval.check_interval,
    kink_lower.FORMAT: kink_lower.check_kinks,
    path_norm.FORMAT: path_norm.check_path_norm,
    polynomial_fit.FORMAT: polynomial_fit.check_polynomial_fit,
    quadratic_fit.FORMAT: quadratic_fit.check_quadratic_fit,
    radius.FORMAT: radius.check_radii,
    simple_fits.FORMAT: simple_fits.check_fit,
    slope_relaxation.FORMAT: slope_relaxation.check_slope_certificate,
    sphere_tree.FORMAT: sphere_tree.check_sphere,
    vector_tree.FORMAT: vector_tree.check_vector_tree,
}
_FIELDS = {"format", "version", "data", "certificates", "recheck"}


def bundle(certificates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One document for several certificates about the same data.

    Raises: BadData when there is none, or when they are about different data.
    """
    if not certificates:
        raise BadData("there is no certificate to write: no bound above 0 holds for these data")
    data = certificates[0]["data"]
    if any(c["data"] != data for c in certificates):
        raise BadData("the certificates are about different data; write them to separate files")
    without = [{key: value for key, value in c.items() if key != "data"} for c in certificates]
    return {"format": FORMAT, "version": VERSION, "data": data, "certificates": without,
            "recheck": "lawbook verify FILE"}


def certificates_in(document: object) -> list[Any]:
    """The certificates of a document, each with its data.

    Raises: BadData for a malformed bundle; a single certificate is returned as it is, to be judged by its checker.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return [document]
    if document.get("version") != VERSION or set(document) - {SOURCES} != _FIELDS:
        raise BadData(f'a bundle has the fields {", ".join(sorted(_FIELDS))} and "version" {VERSION}')
    listed = document["certificates"]
    if not isinstance(listed, list) or not listed or not all(isinstance(c, dict) and "data" not in c for c in listed):
        raise BadData('"certificates" must be a list of certificates without data of their own')
    return [{**certificate, "data": document["data"]} for certificate in listed]


def write_bundle(certificates: Sequence[Mapping[str, Any]], path: str | Path) -> Path:
    """Write certificates about one data set to a file, which appears complete or not at all."""
    return write_certificate(bundle(certificates), path)


def check_file(path: str | Path) -> list[tuple[str, Verdict]]:
    """Every certificate of a file, re-checked without any solver: pairs (claim, verdict).

    The file holds one certificate of a lower bound, a bundle of them, the certificate of a construction, of an upper bound or of an
    enclosure of the Lipschitz constant of a network or of its least value over the fits of data.

    Raises: BadData when the file is missing, is not JSON, or holds no certificate.
    """
    return check_document(read_certificate(path))


def check_document(document: Any) -> list[tuple[str, Verdict]]:
    """`check_file` for what a file holds.

    >>> check_document([])
    Traceback (most recent call last):
    ...
    theory.errors.BadData: a certificate is a JSON object
    """
    check = CHECKERS.get(str(document.get("format"))) if isinstance(document, dict) else None
    if check is not None:
        found = [(str(document.get("claim")), check(document))]
    else:
        found = [(str(c.get("claim")) if isinstance(c, dict) else "?", check_certificate(c)) for c in certificates_in(document)]
    reason = contradiction(document)
    return [(claim, failed(reason)) for claim, _ in found] if reason else found
