"""Two-layer networks with exact small weights: general ones, and ones with planted degeneracies."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from theory.errors import BadData
from verify.objects.data.models import positive_integer
from verify.objects.networks import ACTIVATIONS, Activation, Network, activation
from verify.objects.networks.polynomials import PolynomialActivation, polynomial_activation
from verify.trials.property.strategies.arguments import Array, arrays, exact, integer_in, listed, rationals, stacked
from verify.trials.property.strategies.matrices import independent_rows, matrices

# the simplest first; the names with a parameter stand for their families
NAMES = ("relu", "identity", "abs", "leaky_relu:0.5", "leaky_relu:-0.5", "leaky_relu",
         *(name for name in ACTIVATIONS if name not in ("relu", "identity", "abs", "leaky_relu")), "power:2", "power:3")


def has_exact_values(psi: Activation) -> bool:
    """Whether ψ is rational at rational points and computed so: two slopes, or a power."""
    return (psi.kink is not None and not isinstance(psi, PolynomialActivation)) or psi.name.startswith("power")


def activations(*, homogeneous: bool = False, lipschitz: bool = False, exact: bool = False) -> SearchStrategy[Activation]:
    """The named activations of `verify.objects.networks`, the simplest first; ``exact`` keeps those rational at rational points.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(activations(), lambda psi: not psi.positively_homogeneous).name
    'tanh'
    """
    kept = [psi for psi in map(activation, NAMES) if (psi.positively_homogeneous or not homogeneous)
            and (psi.lipschitz is not None or not lipschitz) and (has_exact_values(psi) or not exact)]
    return st.sampled_from(kept)


def polynomial_activations(degree: int) -> SearchStrategy[Activation]:
    """Polynomials of at most that degree with coefficients in {−2, …, 2}.  Raises: BadData unless degree ≥ 0.

    >>> from verify.trials.property.strategies import simplest
    >>> simplest(polynomial_activations(1), lambda psi: psi.function(3) == 3).name
    'polynomial:0.0,1.0'
    """
    if isinstance(degree, bool) or not isinstance(degree, int) or degree < 0:
        raise BadData(f"the degree of a polynomial activation is {degree!r}; give an integer of at least 0")
    return listed(st.integers(-2, 2), degree + 1).map(lambda c: polynomial_activation([float(t) for t in c]))


def _sizes(d: int, k: int) -> tuple[int, int]:
    return positive_integer(d, "d, the dimension,"), positive_integer(k, "k, the number of neurons,")


def _network(W: Array, b: Array, a: Array, psi: Activation) -> Network:
    """A network of fractions, or of the nearest doubles where ψ has no exact values."""
    if has_exact_values(psi):
        return Network(W, b, a, psi)
    return Network(*(np.asarray(array, dtype=float) for array in (W, b, a)), psi)


@st.composite
def _networks(draw: DrawFn, W: SearchStrategy[Array], psi: SearchStrategy[Activation], biases: bool) -> Network:
    weights = draw(W)
    k = len(weights)
    b = draw(arrays(rationals(2), (k,))) if biases else exact([0] * k)
    return _network(weights, b, draw(arrays(rationals(2), (k,))), draw(psi))


def _psi(name: str | Activation | None) -> SearchStrategy[Activation]:
    return activations() if name is None else st.just(activation(name))


def networks(d: int, k: int, psi: str | Activation | None = None, *, biases: bool = True) -> SearchStrategy[Network]:
    """Networks R^d → R with k neurons and small rational weights; any activation unless ψ is named.

    Raises: BadData for sizes that are not positive integers or an unknown activation.

    >>> from verify.trials.property.strategies import simplest
    >>> f = simplest(networks(1, 1, "relu", biases=False), lambda f: f([[1]])[0] == 1)
    >>> f.W.tolist() == [[1]], f.a.tolist() == [1]
    (True, True)
    """
    d, k = _sizes(d, k)
    return _networks(matrices(k, d), _psi(psi), biases)


def independent_networks(d: int, k: int, psi: str | Activation | None = None, *, biases: bool = True) -> SearchStrategy[Network]:
    """Networks whose k ≤ d rows of W are linearly independent.  Raises: BadData unless 1 ≤ k ≤ d."""
    return _networks(independent_rows(k, d), _psi(psi), biases)


def low_rank_networks(d: int, k: int, rank: int, psi: str | Activation | None = None, *, biases: bool = True) -> SearchStrategy[Network]:
    """Networks with rank(W) equal to the given one.  Raises: BadData unless 0 ≤ rank ≤ min(k, d)."""
    d, k = _sizes(d, k)
    return _networks(matrices(k, d, rank), _psi(psi), biases)


@st.composite
def _cancelling(draw: DrawFn, base: SearchStrategy[Network], keep: int, biases: bool) -> Network:
    f = draw(base)
    w, t = draw(arrays(st.integers(-2, 2), (f.d,))), draw(rationals(2)) if biases else 0
    size = draw(st.sampled_from([1, 2, 10]))
    return _network(stacked([*f.W[:keep], w, w]), exact([*f.b[:keep], t, t]), exact([*f.a[:keep], size, -size]), f.activation)


def cancelling_networks(d: int, k: int, psi: str | Activation | None = None, *, biases: bool = True) -> SearchStrategy[Network]:
    """Networks with a pair M·ψ(w·x + t) − M·ψ(w·x + t), whose function is 0, beside k − 2 neurons.

    Raises: BadData unless k ≥ 2.
    """
    d, k = _sizes(d, k)
    if k < 2:
        raise BadData(f"a network with a cancelling pair has at least 2 neurons, not {k}; give k ≥ 2")
    return _cancelling(networks(d, max(1, k - 2), psi, biases=biases), keep=k - 2, biases=biases)


@st.composite
def _shared(draw: DrawFn, d: int, k: int, planes: int, psi: SearchStrategy[Activation], biases: bool) -> Network:
    W = draw(matrices(planes, d))
    b = draw(arrays(rationals(2), (planes,))) if biases else exact([0] * planes)
    of = draw(listed(st.integers(0, planes - 1), k))
    scale = draw(listed(st.sampled_from([1, -1, 2, -2]), k))
    rows = stacked(s * W[plane] for s, plane in zip(scale, of, strict=True))
    shifts = exact([s * b[plane] for s, plane in zip(scale, of, strict=True)])
    return _network(rows, shifts, draw(arrays(rationals(2), (k,))), draw(psi))


def shared_hyperplane_networks(
    d: int, k: int, planes: int = 1, psi: str | Activation | None = None, *, biases: bool = True
) -> SearchStrategy[Network]:
    """Networks whose k neurons have their kinks on at most ``planes`` hyperplanes, on either side.

    Raises: BadData unless 1 ≤ planes ≤ k.
    """
    d, k = _sizes(d, k)
    return _shared(d, k, integer_in(planes, 1, k, "the number of hyperplanes"), _psi(psi), biases)


@st.composite
def _dead(draw: DrawFn, base: SearchStrategy[Network], dead: int) -> Network:
    f = draw(base)
    kinds = draw(listed(st.sampled_from(["outer weight 0", "inner weights 0"]), dead))
    W = stacked([*f.W[: f.k - dead], *(row * (kind == "outer weight 0") for row, kind in zip(f.W[f.k - dead:], kinds, strict=True))])
    a = exact([*f.a[: f.k - dead], *(t * (kind != "outer weight 0") for t, kind in zip(f.a[f.k - dead:], kinds, strict=True))])
    return _network(W, f.b, a, f.activation)


def dead_unit_networks(
    d: int, k: int, dead: int = 1, psi: str | Activation | None = None, *, biases: bool = True
) -> SearchStrategy[Network]:
    """Networks whose last ``dead`` neurons have outer weight 0 or inner weights 0 (then they are constants).

    Raises: BadData unless 1 ≤ dead ≤ k.
    """
    d, k = _sizes(d, k)
    return _dead(networks(d, k, psi, biases=biases), integer_in(dead, 1, k, "the number of dead units"))
