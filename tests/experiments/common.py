"""What the tests of experiments share: the extra, or the reason to skip; a grid that trains in a second."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from verify.experiments.sweeps.cells import Cell

needs_jax = pytest.mark.skipif(not (find_spec("jax") and find_spec("optax")), reason="needs pip install 'lawbook[experiments]'")
needs_dask = pytest.mark.skipif(not find_spec("distributed"), reason="needs pip install 'lawbook[cluster]'")

SHAPE = {"n": 8, "d": 4, "k": 16}            # one shape, so that one program is compiled


def cells(count: int, **options: object) -> list[Cell]:
    """Cells of one shape with the seeds 0, 1, …"""
    return [Cell(**{**SHAPE, "seed": seed, "points": 50, **options}) for seed in range(count)]  # type: ignore[arg-type]
