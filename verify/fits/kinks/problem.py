"""The k-kink problem of floating-point data: exact points, domains, and networks in both directions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_lower import problem_as_json
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
from theory.errors import BadData, ShapeError
from verify.fits.kinks.scaling import Weights
from verify.objects.data.dataset import FloatArray
from verify.objects.networks import Network

DOMAINS = ("hull", "ball", "box")


def exact_problem(X: FloatArray, y: FloatArray, kinks: int, domain: str | FitDomain, *, affine: bool) -> KinkProblem:
    """The exact problem of these doubles, X (n, d) and y (n).  Raises: BadData, ShapeError.

    >>> exact_problem(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([1.0, 2.0]), 1, "ball", affine=True).domain.radius
    Fraction(5, 1)
    """
    where = domain if isinstance(domain, FitDomain) else fit_domain(X, domain)
    return KinkProblem(_rows(X), tuple(Fraction(float(c)) for c in y), where, kinks, affine)


def fit_domain(X: FloatArray, kind: str, centre: Sequence[float] | None = None, radius: float | None = None) -> FitDomain:
    """The hull of the points X (n, d), their bounding box, or a ball about a centre (0) with a radius (the least that holds them).

    Raises: BadData (no such domain, a centre or a radius without a ball or without sense), ShapeError.

    >>> fit_domain(np.array([[1.0, 1.0]]), "ball").radius >= Fraction(2**0.5)
    True
    """
    if kind not in DOMAINS:
        raise BadData(f"there is no domain {kind!r} of a fit; give {', '.join(DOMAINS[:-1])} or {DOMAINS[-1]}")
    if kind == "ball":
        return _ball(X, (0.0,) * X.shape[1] if centre is None else centre, radius)
    if radius is not None or centre is not None:
        raise BadData(f"radius and centre belong to a ball, not to a {kind}; leave them out")
    rows = _rows(X)
    if kind == "hull":
        return FitDomain("hull", vertices=rows)
    columns = list(zip(*rows, strict=True))
    return FitDomain("box", low=tuple(min(c) for c in columns), high=tuple(max(c) for c in columns))


def _rows(X: FloatArray) -> tuple[Row, ...]:
    return tuple(tuple(Fraction(float(c)) for c in row) for row in X)


def _ball(X: FloatArray, centre: Sequence[float], radius: float | None) -> FitDomain:
    if not np.all(np.isfinite(centre)):
        raise BadData(f"the centre is {tuple(centre)}; give finite coordinates")
    middle = tuple(Fraction(float(c)) for c in centre)
    if len(middle) != X.shape[1]:
        raise ShapeError(f"the centre has {len(middle)} coordinates and the points have {X.shape[1]}; give as many")
    if radius is not None:
        if not 0 < radius < float("inf"):
            raise BadData(f"the radius of the ball is {radius}; give a positive finite number")
        return FitDomain("ball", centre=middle, radius=Fraction(radius))
    square = max(sum(((p - q) ** 2 for p, q in zip(row, middle, strict=True)), Fraction(0)) for row in _rows(X))
    least = float(np.sqrt(float(square)))
    while Fraction(least) ** 2 < square:
        least = float(np.nextafter(least, np.inf))
    return FitDomain("ball", centre=middle, radius=Fraction(least))


def doubles(problem: KinkProblem) -> tuple[FloatArray, FloatArray]:
    """X (n, d) and y (n) of a problem that was made of doubles."""
    return np.array([[float(c) for c in row] for row in problem.points]), np.array([float(label) for label in problem.labels])


def problem_key(problem: KinkProblem) -> str:
    """The SHA-256 of a problem: data, domain, number of kinks, class."""
    return hashlib.sha256(json.dumps(problem_as_json(problem), sort_keys=True).encode()).hexdigest()


def network_weights(network: Network, problem: KinkProblem) -> Weights:
    """A ReLU network with its output weights absorbed: a·ReLU(t) = sign(a)·ReLU(|a|t); missing kinks are added with weight 0.

    Raises: BadData (another activation, too many neurons, an affine part where the class has none), ShapeError.
    """
    if network.activation.name != "relu":
        raise BadData(f"the start has the activation {network.activation.name}; give a ReLU network")
    if network.d != problem.shape[1]:
        raise ShapeError(f"the start takes {network.d} inputs and the points have {problem.shape[1]} coordinates; give one for these data")
    a, W, b = (np.asarray(part, dtype=np.float64) for part in (network.a, network.W, network.b))
    used = [ell for ell in np.argsort(-np.sign(a), kind="stable") if a[ell] != 0]
    if len(used) > problem.kinks or (network.has_affine_part and not problem.affine):
        part = " and an affine part" if network.has_affine_part else ""
        raise BadData(f"the start has {len(used)} neurons{part}, which is more than the class allows; give at most {problem.kinks}")
    missing = problem.kinks - len(used)
    signs = tuple(int(np.sign(a[ell])) for ell in used) + (-1,) * missing
    size = np.abs(a[used])[:, None]
    rows = np.vstack([size * W[used], np.zeros((missing, network.d))])
    offsets = np.append(size[:, 0] * b[used], np.zeros(missing))
    return Weights(signs, rows, offsets, np.asarray(network.v, dtype=np.float64), float(network.c))


def as_network(fit: KinkNetwork) -> Network:
    """The exact network; a fit without kinks gets one neuron of weight 0."""
    zero = Fraction(0)
    W = fit.W or ((zero,) * len(fit.v),)
    b, a = (fit.b or (zero,)), ([Fraction(s) for s in fit.signs] or [zero])
    return Network(np.array(W, dtype=object), np.array(b, dtype=object), np.array(a, dtype=object), "relu",  # type: ignore[arg-type]
                   np.array(fit.v, dtype=object), np.array(fit.c, dtype=object))  # fmt: skip
