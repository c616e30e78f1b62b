"""The two classes of a file as the labels −1 and +1, and which labels are no labels but missing values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import BadData, ShapeError
from verify.objects.data.reals import FloatArray, number, read_numbers

# How files write a value that is missing: what pandas reads so, and the marks of Weka, SAS and hand-made tables.
MISSING = frozenset(("", "#n/a", "#n/a n/a", "#na", "-1.#ind", "-1.#qnan", "1.#ind", "1.#qnan", "-nan", "<na>", "n/a", "na", "nan", "nat",
                     "null", "none", "missing", "?", "-", "--", "."))
# Pairs of words that say which class is the positive one, the negative one first.
SIGNED = (("-", "+"), ("no", "yes"), ("n", "y"), ("false", "true"), ("f", "t"), ("neg", "pos"), ("negative", "positive"), ("off", "on"))
_NEGATIVE = {negative for negative, _ in SIGNED}


def missing_labels(texts: Sequence[str]) -> list[int]:
    """The positions of texts that mean a missing value; a minus sign beside a plus sign is the negative class.

    >>> missing_labels(["good", "NA"]), missing_labels(["+", "-"]), missing_labels(["good", "-"])
    ([1], [], [1])
    """
    meant = MISSING - {"-"} if "+" in texts else MISSING
    return [i for i, text in enumerate(texts) if text.casefold() in meant]


def two_class_labels(values: ArrayLike) -> tuple[FloatArray, dict[str, int]]:
    """Map at most two distinct label values to −1 and +1, and say how.

    The smaller number becomes −1, the larger +1.  Of texts, the words for no and yes (see `SIGNED`, in any case) become −1 and +1, others
    the first and the second in alphabetic order.  A single class is legal: −1, 0 and the words for no become −1, everything else +1.

    Args: values (n), numbers, truth values or texts.
    Returns: (y in {−1,+1}^n, the classes as they are written and what they became, −1 first).
    Raises: BadData for more than two distinct values, or a missing or infinite value.

    >>> two_class_labels([0, 1, 1])
    (array([-1.,  1.,  1.]), {'0': -1, '1': 1})
    >>> two_class_labels(["+", "-"])
    (array([ 1., -1.]), {"'-'": -1, "'+'": 1})
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise ShapeError(f"the labels have shape {array.shape}; give one label a point, a vector of length n")
    if array.dtype.kind in "US":
        texts = [v.decode("latin-1") if isinstance(v, bytes) else v for v in array.tolist()]
        if not all(number(text) is not None for text in texts):
            return _mapped(texts)
    if array.dtype.kind not in "biufOUS":
        raise BadData(f"the labels have type {array.dtype}; give numbers or texts")
    labels = read_numbers(array, "y")
    missing = np.flatnonzero(~np.isfinite(labels.image))
    if missing.size:
        raise BadData(f"y[{missing[0]}] is {labels.image[missing[0]]}; remove the row or give a finite label")
    return _mapped(labels.image.tolist() if labels.is_double else [labels.exact(i) for i in range(len(array))])


def _mapped(values: list[Any]) -> tuple[FloatArray, dict[str, int]]:
    missing = missing_labels(values) if values and isinstance(values[0], str) else []
    if missing:
        raise BadData(f"the label of row {missing[0]} is {values[missing[0]]!r}, which means a missing value; remove the row or fill it "
                      "in, or give the class another name")
    distinct = sorted(set(values))
    if len(distinct) > 2:
        shown = ", ".join(_short(v) for v in distinct[:5]) + (", …" if len(distinct) > 5 else "")
        raise BadData(
            f"the labels take {len(distinct)} distinct values ({shown}), and the claims are about two classes; keep "
            "the rows of two classes only, or replace the labels by the sign of (label - threshold)"
        )
    if len(distinct) < 2:
        signs = {only: -1 if only in (-1, 0) or (isinstance(only, str) and only.casefold() in _NEGATIVE) else 1 for only in distinct}
    else:
        low, high = distinct
        if isinstance(low, str) and (high.casefold(), low.casefold()) in SIGNED:
            low, high = high, low
        signs = {low: -1, high: 1}
    return np.array([float(signs[v]) for v in values]), {_short(value): sign for value, sign in signs.items()}


def classes_words(classes: Mapping[str, int]) -> str:
    """What the classes became, empty when nothing changed.

    >>> classes_words({"0": -1, "1": 1}), classes_words({"-1": -1, "1": 1}), classes_words({"'cat'": 1})
    ('labels 0 -> -1, 1 -> +1', '', "one class only: label 'cat' -> +1")
    """
    if all(shown == str(sign) for shown, sign in classes.items()):
        return ""
    said = ", ".join(f"{shown} -> {sign:+d}" for shown, sign in classes.items())
    return f"labels {said}" if len(classes) > 1 else f"one class only: label {said}"


def _short(value: Any) -> str:
    if isinstance(value, str):
        return repr(value)
    exact, near = Fraction(value), float(value)
    if near != exact:
        return str(exact)
    return f"{near:g}" if float(f"{near:g}") == near else str(exact) if exact.denominator == 1 else repr(near)
