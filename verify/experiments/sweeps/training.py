"""Two-layer ReLU networks trained in batches: many of equal shape at once, with JAX, on the processor or unchanged on an accelerator.

Batch normalisation stands between the linear layer and ReLU.  What is returned is the network in evaluation mode: the mean and the variance
of each preactivation over all training points are folded into W and b, in double precision.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import BadData
from verify.experiments.sweeps.cells import Cell
from verify.objects.data.dataset import Dataset
from verify.objects.networks import Network

CHECK = 10              # epochs between two looks at whether a network memorises
VARIANCE = 1e-5         # added to variances, as is usual
MARGIN = 1e-3           # relative: training ends this far below ε, so that double precision agrees that the network memorises
PROGRAMS = 4            # compiled programs that are kept: each holds megabytes
_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"

Array = NDArray[np.float64]
Weights = dict[str, Any]


@dataclass(frozen=True)
class Trained:
    """A network in evaluation mode, or None where training diverged, and the epochs that it was trained."""

    network: Network | None
    epochs: int


def require_jax() -> None:
    """BadData where the extra is not installed."""
    # One thread a process: a second one would change the order of sums, and cells run side by side anyway.
    if _ONE_THREAD not in os.environ.get("XLA_FLAGS", ""):
        os.environ["XLA_FLAGS"] = f'{os.environ.get("XLA_FLAGS", "")} {_ONE_THREAD}'.strip()
    try:
        import jax  # noqa: F401
        import optax  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        raise BadData("experiments train networks with JAX; install it with: pip install 'lawbook[experiments]'") from None


def train(cells: Sequence[Cell], data: Sequence[Dataset]) -> list[Trained]:
    """Train the network of each cell on its data, all at once.

    Args: cells of one `shape`, and a data set (n×d) for each.
    Returns: one `Trained` a cell, from the first look (every `CHECK` epochs) at which it memorises, or from the last one
    where it never does or its `stop` is not set.
    Raises: BadData (JAX is not installed).
    Guarantee: floating point; single precision while training.  The same cells give the same weights on the same machine.
    """
    require_jax()
    import jax
    import jax.numpy as jnp
    first = cells[0]
    weights = jax.tree.map(lambda *parts: jnp.asarray(np.stack(parts), jnp.float32), *(_start(cell) for cell in cells))
    X, y = (jnp.asarray(np.stack([getattr(d, part) for d in data]), jnp.float32) for part in "Xy")
    rates, decays, penalties = (jnp.asarray([getattr(c, name) for c in cells], jnp.float32) for name in ("rate", "decay", "penalty"))
    begin, advance = _program(first.shape, first.batch_norm, first.penalty > 0)
    moments, batches = begin(weights), [_batches(cell) for cell in cells]
    found: list[Trained | None] = [None] * len(cells)
    for epochs in range(CHECK, first.epochs + CHECK, CHECK):
        order = None if not first.batch else jnp.asarray(np.stack([next(stream) for stream in batches]))
        weights, moments, loss, right = advance(weights, moments, X, y, order, (rates, decays, penalties))
        last = epochs >= first.epochs
        losses, rights = np.asarray(loss), np.asarray(right)
        for i, cell in enumerate(cells):
            memorises = bool(rights[i]) and losses[i] <= (1 - MARGIN) * cell.epsilon
            if found[i] is None and (last or (cell.stop and memorises) or not np.isfinite(losses[i])):
                own = {name: np.asarray(part[i], np.float64) for name, part in weights.items()}
                found[i] = Trained(folded(own, data[i].X, cell.batch_norm), epochs)
        if all(found):
            break
    return [trained for trained in found if trained is not None]


def folded(weights: Weights, X: Array, batch_norm: bool) -> Network | None:
    """The network in evaluation mode, on the statistics of all points X (n×d); None where a weight is not finite.

    γ_ℓ(w_ℓ·x − m_ℓ)/√(s_ℓ + 10⁻⁵) + β_ℓ is w·x + b with w = γ_ℓw_ℓ/√(s_ℓ + 10⁻⁵) and b = β_ℓ − w·x̄.

    >>> import numpy as np
    >>> weights = {"W": np.eye(1), "gamma": np.ones(1), "beta": np.zeros(1), "a": np.ones(1)}
    >>> network = folded(weights, np.array([[0.0], [2.0]]), batch_norm=True)
    >>> network([[1.0], [2.0]]).round(3).tolist()
    [0.0, 1.0]
    """
    W, beta = weights["W"], weights["beta"]
    if not all(np.isfinite(part).all() for part in weights.values()):
        return None
    if batch_norm:
        t = X @ W.T
        W = (weights["gamma"] / np.sqrt(t.var(axis=0) + VARIANCE))[:, None] * W
        beta = beta - W @ X.mean(axis=0)
    return Network(W, beta, weights["a"], "relu")


def _start(cell: Cell) -> Weights:
    """As PyTorch begins: entries uniform on ±1/√(inputs of the layer); with batch normalisation β = 0 and γ = 1."""
    _, rng, _, _ = cell.streams()
    inner, outer = cell.d**-0.5, cell.k**-0.5
    return {"W": rng.uniform(-inner, inner, (cell.k, cell.d)), "a": rng.uniform(-outer, outer, cell.k), "gamma": np.ones(cell.k),
            "beta": np.zeros(cell.k) if cell.batch_norm else rng.uniform(-inner, inner, cell.k)}


def _batches(cell: Cell) -> Any:
    """For each look the batches of its epochs (CHECK·⌊n/batch⌋ × batch), each epoch in a new order."""
    _, _, rng, _ = cell.streams()
    while True:
        steps = cell.n // cell.batch
        yield np.concatenate([rng.permutation(cell.n)[:steps * cell.batch].reshape(steps, cell.batch) for _ in range(CHECK)])


@lru_cache(maxsize=PROGRAMS)
def _program(shape: tuple[Any, ...], batch_norm: bool, penalised: bool) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The compiled functions that begin, and that train CHECK epochs and look; both for many networks of one shape at once."""
    import jax
    import jax.numpy as jnp
    import optax
    adam = optax.scale_by_adam()

    def slopes_and_values(weights: Weights, X: Any) -> tuple[Any, Any]:
        t, scale = X @ weights["W"].T, 1.0
        if batch_norm:
            scale = weights["gamma"] / jnp.sqrt(t.var(axis=0) + VARIANCE)
            t = (t - t.mean(axis=0)) * scale
        t = t + weights["beta"]
        return (t > 0) * weights["a"] * scale, jax.nn.relu(t) @ weights["a"]

    def loss(weights: Weights, X: Any, y: Any, penalty: Any) -> Any:
        slopes, values = slopes_and_values(weights, X)
        error = jnp.mean((values - y) ** 2)
        return error + penalty * jnp.mean(jnp.sum((slopes @ weights["W"]) ** 2, axis=1)) if penalised else error

    def advance(weights: Weights, moments: Any, X: Any, y: Any, order: Any, options: tuple[Any, Any, Any]) -> Any:
        rate, decay, penalty = options

        def step(state: Any, batch: Any) -> Any:
            weights, moments = state
            gradient = jax.grad(loss)(weights, *((X, y) if batch is None else (X[batch], y[batch])), penalty)
            update, moments = adam.update(gradient, moments)
            return (jax.tree.map(lambda w, u: w - rate * (u + decay * w), weights, update), moments), None

        (weights, moments), _ = jax.lax.scan(step, (weights, moments), order, length=CHECK if order is None else None)
        _, values = slopes_and_values(weights, X)
        return weights, moments, jnp.mean((values - y) ** 2), jnp.all(values * y > 0)

    return jax.jit(jax.vmap(adam.init)), jax.jit(jax.vmap(advance))
