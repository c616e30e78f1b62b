"""The k-kink problem of labelled points: domains, doubles, and networks in both directions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from theory.certificates.exact.exact_data import ExactData
from theory.certificates.exact.exact_weights import Row
from theory.certificates.fits.exact_fit import KinkNetwork
from theory.certificates.fits.kink_lower import problem_as_json
from theory.certificates.fits.kink_problem import FitDomain, KinkProblem
from theory.errors import BadData, ShapeError
from verify.fits.functions.mcshane import double_root_above
from verify.fits.kinks.scaling import Weights
from verify.objects.data.reals import read_numbers
from verify.objects.networks import Network

DOMAINS = ("hull", "ball", "box")


def exact_problem(data: ExactData, kinks: int, domain: str | FitDomain, *, affine: bool) -> KinkProblem:
    """The problem of these points and labels.  Raises: BadData, ShapeError.

    >>> from theory.certificates.exact.exact_data import exact_data
    >>> exact_problem(exact_data(np.array([[3.0, 4.0], [0.0, 0.0]]), np.array([1.0, 2.0])), 1, "ball", affine=True).domain.radius
    Fraction(5, 1)
    """
    where = domain if isinstance(domain, FitDomain) else fit_domain(data.points, domain)
    return KinkProblem(data.points, data.labels, where, kinks, affine)


def fit_domain(points: Sequence[Row], kind: str, centre: ArrayLike | None = None, radius: float | Fraction | None = None) -> FitDomain:
    """The hull of n points of R^d, their bounding box, or a ball about a centre (0) with a radius (the least double that holds them).

    Raises: BadData (no such domain, a centre or a radius without a ball or without sense), ShapeError.

    >>> fit_domain(((Fraction(1), Fraction(1)),), "ball").radius >= Fraction(2**0.5)
    True
    """
    if kind not in DOMAINS:
        raise BadData(f"there is no domain {kind!r} of a fit; give {', '.join(DOMAINS[:-1])} or {DOMAINS[-1]}")
    if kind == "ball":
        return _ball(points, [0] * len(points[0]) if centre is None else centre, radius)
    if radius is not None or centre is not None:
        raise BadData(f"radius and centre belong to a ball, not to a {kind}; leave them out")
    if kind == "hull":
        return FitDomain("hull", vertices=tuple(points))
    columns = list(zip(*points, strict=True))
    return FitDomain("box", low=tuple(min(c) for c in columns), high=tuple(max(c) for c in columns))


def _ball(points: Sequence[Row], centre: ArrayLike, radius: float | Fraction | None) -> FitDomain:
    given = read_numbers(centre, "the centre")
    if given.image.shape != (len(points[0]),):
        raise ShapeError(f"the centre has {given.image.size} coordinates and the points have {len(points[0])}; give as many")
    if not np.all(np.isfinite(given.image)):
        raise BadData(f"the centre is {given.image.tolist()}; give finite coordinates")
    middle = tuple(given.exact(slice(None)))
    if radius is not None:
        if not 0 < radius < float("inf"):
            raise BadData(f"the radius of the ball is {radius}; give a positive finite number")
        return FitDomain("ball", centre=middle, radius=Fraction(radius))
    square = max(sum(((p - q) ** 2 for p, q in zip(row, middle, strict=True)), Fraction(0)) for row in points)
    return FitDomain("ball", centre=middle, radius=double_root_above(square))


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
