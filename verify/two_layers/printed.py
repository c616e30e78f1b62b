"""Measures Theorem 5 (5), and holds the exact witnesses against the printed (6) and the tempting strengthenings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from verify.functions import NetworkFunction
from verify.instance import Instance
from verify.measure import Counterexample, Measurement
from verify.networks import Network, activation, cancelling_pair, dependent_rows, unbalanced_scaling
