"""Certificates of proof steps, told apart by their format and re-checked without any solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from theory.certificates.steps import chain, farkas, form_bound, squares
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

VERIFIERS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    farkas.FORMAT: farkas.verify_farkas,
    chain.FORMAT: chain.verify_chain,
    squares.FORMAT: squares.verify_squares,
    form_bound.FORMAT: form_bound.verify_form_bound,
}


def check_step_certificate(certificate: Mapping[str, Any]) -> Verdict:
    """Re-check one certificate of a step: CERTIFIED, or FAILED with what does not multiply out.

    Guarantee: the inequality follows from the rows that the certificate lists; that these rows are the facts of a claim is what
    `lawbook check` establishes.

    Raises: BadData for an unknown format.

    >>> check_step_certificate({"format": "lawbook.guess/1"})
    Traceback (most recent call last):
    ...
    theory.errors.BadData: the certificate has the format 'lawbook.guess/1'; known are lawbook.farkas/1, lawbook.chain/1, \
lawbook.squares/1, lawbook.form_bound/1
    """
    format_ = certificate.get("format")
    if format_ not in VERIFIERS:
        raise BadData(f"the certificate has the format {format_!r}; known are {', '.join(VERIFIERS)}")
    try:
        VERIFIERS[str(format_)](certificate)
    except NotCertified as error:
        return failed(str(error))
    return Verdict(Status.CERTIFIED, "re-checked in exact arithmetic")
