"""The extremal example: what is asked of every claim."""

from __future__ import annotations

from laws.common import Expected

EXPECTED = {"k.sharp": Expected(hypotheses=10, draws=20, slow=50, steps=6)}
