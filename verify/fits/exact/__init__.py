"""Exact linear algebra that fits share: reading data as rationals, solutions near floats, and proofs that there is none."""
