"""Training in batches against one network at a time, in JAX and in PyTorch, side by side in one process.

    python -m benchmarks.training                   64 networks, n = 40, d = 10, k = 20, 500 epochs of full-batch Adam
    python -m benchmarks.training --networks 16 --epochs 100

All train the same architecture (linear, batch normalisation, ReLU, linear) from starts of the same law on the same data, and none stops
early.  The loops call a compiled step (JAX) or the modules (PyTorch) once an epoch for each network, as a script would.  Times are
processor seconds; compilation is part of the first call, which is shown apart.  The value is the mean of the last losses.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.baselines import Runs, compared, missing
from verify.experiments.sweeps.cells import Cell, tasks
from verify.experiments.sweeps.measure import dataset
from verify.experiments.sweeps.training import require_jax, train
from verify.objects.data.dataset import Dataset

RATE = 1e-3


def batched(cells: list[Cell], data: list[Dataset]) -> float:
    """Ours, in the tasks that a sweep would make; the loss is that of the folded networks."""
    losses = []
    for task in tasks(cells):
        for trained, points in zip(train(task.cells, data[len(losses):len(losses) + len(task.cells)]),
                                   data[len(losses):len(losses) + len(task.cells)], strict=True):
            assert trained.network is not None
            losses.append(float(np.mean((trained.network(points.X) - points.y) ** 2)))
    return float(np.mean(losses))


class JaxLoop:
    """One network at a time: a compiled step, called once an epoch."""

    def __init__(self) -> None:
        import jax
        import jax.numpy as jnp
        import optax
        adam = optax.adam(RATE)

        def loss(weights, X, y):  # type: ignore[no-untyped-def]
            t = X @ weights["W"].T
            t = weights["gamma"] * (t - t.mean(axis=0)) / jnp.sqrt(t.var(axis=0) + 1e-5) + weights["beta"]
            return jnp.mean((jax.nn.relu(t) @ weights["a"] - y) ** 2)

        def step(weights, state, X, y):  # type: ignore[no-untyped-def]
            value, gradient = jax.value_and_grad(loss)(weights, X, y)
            update, state = adam.update(gradient, state)
            return optax.apply_updates(weights, update), state, value

        self.begin, self.step = adam.init, jax.jit(step)

    def __call__(self, cells: list[Cell], data: list[Dataset]) -> float:
        import jax.numpy as jnp
        losses = []
        for cell, points in zip(cells, data, strict=True):
            rng = np.random.default_rng(cell.seed)
            inner, outer = cell.d**-0.5, cell.k**-0.5
            weights = {"W": jnp.asarray(rng.uniform(-inner, inner, (cell.k, cell.d)), jnp.float32), "gamma": jnp.ones(cell.k),
                       "beta": jnp.zeros(cell.k), "a": jnp.asarray(rng.uniform(-outer, outer, cell.k), jnp.float32)}
            X, y, state = jnp.asarray(points.X, jnp.float32), jnp.asarray(points.y, jnp.float32), self.begin(weights)
            for _ in range(cell.epochs):
                weights, state, value = self.step(weights, state, X, y)
            losses.append(float(value))
        return float(np.mean(losses))


def torch_loop(cells: list[Cell], data: list[Dataset]) -> float:
    """One network at a time in PyTorch, on the processor."""
    import torch
    torch.set_num_threads(1)
    losses = []
    for cell, points in zip(cells, data, strict=True):
        torch.manual_seed(cell.seed)
        network = torch.nn.Sequential(torch.nn.Linear(cell.d, cell.k, bias=False), torch.nn.BatchNorm1d(cell.k), torch.nn.ReLU(),
                                      torch.nn.Linear(cell.k, 1, bias=False))
        adam = torch.optim.Adam(network.parameters(), RATE)
        X, y = (torch.tensor(part, dtype=torch.float32) for part in (points.X, points.y))
        for _ in range(cell.epochs):
            adam.zero_grad()
            loss = torch.mean((network(X)[:, 0] - y) ** 2)
            loss.backward()
            adam.step()
        losses.append(float(loss))
    return float(np.mean(losses))


def main() -> None:
    """Print the times of each method; PyTorch is named where it is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    require_jax()
    cells = [Cell(n=40, d=10, k=20, seed=seed, epochs=options.epochs, rate=RATE, stop=False) for seed in range(options.networks)]
    data = [dataset(cell) for cell in cells]
    print(f"{options.networks} networks, n = 40, d = 10, k = 20, {options.epochs} epochs")
    methods = {"ours": batched, "JAX, a loop": JaxLoop()}
    absent = missing("torch")
    methods |= {} if absent else {"PyTorch, a loop": torch_loop}
    found = {}
    for name, method in methods.items():
        first, runs = Runs(), Runs()
        first.add(lambda method=method: method(cells, data))
        for _ in range(options.repeats):
            runs.add(lambda method=method: method(cells, data))
        print(first.line(f"{name}, first"))
        found[name] = runs
    ours = found.pop("ours")
    print(ours.line("ours"))
    for name, runs in found.items():
        print(compared(name, runs, ours, ours.values))
    if absent:
        print(f"  PyTorch, a loop   {absent}")


if __name__ == "__main__":
    main()
