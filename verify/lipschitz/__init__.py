"""Euclidean Lipschitz constants of two-layer networks on R^d, on balls, and on spheres: bounds with witnesses."""

from verify.lipschitz.cells import CellMaximum, maximum_over_cells
from verify.lipschitz.domains import GLOBAL, Budget, Domain, Enclosure, Witness, ball, sphere
from verify.lipschitz.enclose import lipschitz_enclosure
from verify.lipschitz.kinks import KinkForm, kink_form, restrict_to_ball, slopes_of
from verify.lipschitz.norms import box_bound, path_bound, pattern_bound, spectral_bound
from verify.lipschitz.sampled import chord_lower_bound, gradient_lower_bound, witness_value
from verify.lipschitz.smooth import TANH, SmoothActivation, power, smooth_enclosure

__all__ = [
    "GLOBAL",
    "TANH",
    "Budget",
    "CellMaximum",
    "Domain",
    "Enclosure",
    "KinkForm",
    "SmoothActivation",
    "Witness",
    "ball",
    "box_bound",
    "chord_lower_bound",
    "gradient_lower_bound",
    "kink_form",
    "lipschitz_enclosure",
    "maximum_over_cells",
    "path_bound",
    "pattern_bound",
    "power",
    "restrict_to_ball",
    "slopes_of",
    "smooth_enclosure",
    "spectral_bound",
    "sphere",
    "witness_value",
]
