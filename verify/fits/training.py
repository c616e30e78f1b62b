"""Trained networks that fit exactly: full-batch training from several starts, then a least-norm repair of the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.errors import BadData
from verify.fits.explicit import fit_tolerance
from verify.objects.data.dataset import Dataset, FloatArray
from verify.objects.data.models import positive_integer, require_generator, sphere
from verify.objects.networks.activations import Activation, activation
from verify.objects.networks.network import Network


@dataclass(frozen=True)
class TrainingOptions:
    """`restarts` random starts of at most `iterations` L-BFGS steps and `repairs` Gauss–Newton steps each.

    Without `biases`, b = 0.
    """

    restarts: int = 5
    iterations: int = 500
    repairs: int = 40
    biases: bool = True

    def __post_init__(self) -> None:
        for name in ("restarts", "iterations", "repairs"):
            positive_integer(getattr(self, name), f"{name}, a number of steps,")


@dataclass(frozen=True)
class NotFitted:
    """The refusal of `train_fit`: no start reached a fit.  `loss` is the least mean squared error, `residual` the least
    max_i |f(x_i) − y_i| reached; neither says that no fit exists."""

    loss: float
    residual: float
    restarts: int


def train_fit(
    data: Dataset,
    k: int,
    psi: str | Activation,
    options: TrainingOptions,
    rng: np.random.Generator,
) -> Network | NotFitted:
    """A network of k neurons trained to fit the data exactly, or a typed refusal with the loss that was reached.

    Minimises (1/2n) Σ_i (f(x_i) − y_i)² over all weights by L-BFGS from several random starts; then
    Gauss–Newton steps of least norm, θ ← θ − J⁺(f − y) with J ∈ R^{n×p} the Jacobian in the weights, take the rest of
    the error away: where J has rank n they converge quadratically, also for k < n (p = k(d+2) ≥ n is what counts).

    Args: data (n, d), k, activation, options, a numpy Generator.
    Returns: a Network with max_i |f(x_i) − y_i| ≤ 10⁻⁹·max(1, |y|) and v = 0, c = 0, from the first start that gives
    one; or NotFitted.
    Raises: BadData for k that is not a positive integer or an unknown activation.
    Guarantee: the residual is recomputed from the network, in floating point; NotFitted proves nothing.

    >>> data = Dataset([[-1.0], [0.0], [1.0]], [1, -1, 1])
    >>> fitted = train_fit(data, 4, "tanh", TrainingOptions(), np.random.default_rng(0))
    >>> isinstance(fitted, Network) and fitted.fits(data, 1e-9)
    True
    """
    k = positive_integer(k, "k, the number of neurons,")
    require_generator(rng)
    problem = _Problem(data, k, activation(psi), options)
    best_loss, best_residual = np.inf, np.inf
    for _ in range(options.restarts):
        theta = _repair(problem, _descend(problem, _start(problem, rng)))
        network = problem.network(theta)
        residual = network.residual(data)
        if residual <= fit_tolerance(data):
            return network
        best_loss = min(best_loss, float(np.mean((network(data.X) - data.y) ** 2)))
        best_residual = min(best_residual, residual)
    return NotFitted(best_loss, best_residual, options.restarts)


def repaired(network: Network, data: Dataset, steps: int = 40) -> Network | NotFitted:
    """A network near a given one that fits exactly: at most `steps` Gauss–Newton steps of least norm, as after `train_fit`.

    Args: a network without affine part, and data of its dimension; the Jacobian has n·k(d+2) entries.
    Returns: a Network with max_i |f(x_i) − y_i| ≤ 10⁻⁹·max(1, |y|), or NotFitted.
    Raises: BadData (an affine part), ShapeError.

    >>> data = Dataset([[-1.0], [1.0]], [1, -1])
    >>> near = repaired(Network([[-1.1], [1.0]], [0.0, 0.0], [1.0, -0.9], "relu"), data)
    >>> isinstance(near, Network) and near.fits(data, 1e-9)
    True
    """
    if network.has_affine_part:
        raise BadData("the network has an affine part, which the repair does not move; give one with v = 0 and c = 0")
    residual = network.residual(data)
    problem = _Problem(data, network.k, network.activation, TrainingOptions(repairs=steps))
    near = problem.network(_repair(problem, np.concatenate([network.W.ravel(), network.b, network.a])))
    if near.residual(data) <= fit_tolerance(data):
        return near
    return NotFitted(float(np.mean((near(data.X) - data.y) ** 2)), min(residual, near.residual(data)), 0)


@dataclass(frozen=True)
class _Problem:
    """The weights as one vector θ = (W, b, a), or (W, a) without biases."""

    data: Dataset
    k: int
    psi: Activation
    options: TrainingOptions

    def split(self, theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        hidden = self.k * self.data.d
        b = theta[hidden : hidden + self.k] if self.options.biases else np.zeros(self.k)
        return theta[:hidden].reshape(self.k, self.data.d), b, theta[-self.k :]

    def network(self, theta: FloatArray) -> Network:
        W, b, a = self.split(theta)
        return Network(W, b, a, self.psi)

    def errors(self, theta: FloatArray) -> FloatArray:
        W, b, a = self.split(theta)
        errors: FloatArray = self.psi.function(self.data.X @ W.T + b) @ a - self.data.y
        return errors

    def loss(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """The loss and its gradient, without forming the Jacobian."""
        X, (W, b, a) = self.data.X, self.split(theta)
        t = X @ W.T + b
        values = self.psi.function(t)
        e = (values @ a - self.data.y) / self.data.n
        back = self.psi.derivative(t) * a * e[:, None]
        parts = [(back.T @ X).ravel(), back.sum(axis=0), values.T @ e]
        gradient = np.concatenate(parts if self.options.biases else [parts[0], parts[2]])
        return float(self.data.n * (e @ e) / 2), gradient

    def jacobian(self, theta: FloatArray) -> FloatArray:
        X, (W, b, a) = self.data.X, self.split(theta)
        t = X @ W.T + b
        slopes = self.psi.derivative(t) * a
        parts = [(slopes[:, :, None] * X[:, None, :]).reshape(self.data.n, -1), slopes, self.psi.function(t)]
        return np.concatenate(parts if self.options.biases else [parts[0], parts[2]], axis=1)


def _start(problem: _Problem, rng: np.random.Generator) -> FloatArray:
    """Preactivations of order 1 on points of the data's radius, so that kinks fall among the points."""
    k, data = problem.k, problem.data
    radius = float(np.max(np.linalg.norm(data.X, axis=1))) or 1.0
    W = sphere(k, data.d, rng) * np.sqrt(data.d) / radius
    b = rng.uniform(-1, 1, k)
    a = rng.standard_normal(k) / np.sqrt(k)
    return np.concatenate([W.ravel(), b, a] if problem.options.biases else [W.ravel(), a])


def _descend(problem: _Problem, theta: FloatArray) -> FloatArray:
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    limit = {"maxiter": problem.options.iterations, "ftol": 1e-15, "gtol": 1e-10}
    with np.errstate(over="ignore", invalid="ignore"):  # a trial step of t^p may overflow: the line search retreats
        result = minimize(problem.loss, theta, jac=True, method="L-BFGS-B", options=limit)
    if not np.all(np.isfinite(result.x)):
        return theta
    # A step limit is no failure here: whatever was reached goes to the repair, and only the residual decides.
    return np.asarray(result.x, dtype=np.float64)


def _repair(problem: _Problem, theta: FloatArray) -> FloatArray:
    """Damped Gauss–Newton steps of least norm while they lower the error; the target is a tenth of the tolerance."""
    target = fit_tolerance(problem.data) / 10
    errors = problem.errors(theta)
    for _ in range(problem.options.repairs):
        if np.max(np.abs(errors)) <= target:
            break
        step = np.linalg.lstsq(problem.jacobian(theta), errors)[0]
        for damping in (1.0, 0.5, 0.25, 0.0625, 0.015625):
            candidate = theta - damping * step
            with np.errstate(over="ignore", invalid="ignore"):
                lower = problem.errors(candidate)
            if lower @ lower < errors @ errors:
                theta, errors = candidate, lower
                break
        else:
            break
    return theta
