"""Euclidean Lipschitz constants of two-layer networks on R^d, balls, boxes, hulls and spheres: bounds with witnesses."""

from verify.lipschitz.cells import CellMaximum, maximum_over_cells
from verify.lipschitz.domains import GLOBAL, Budget, Domain, Enclosure, Witness, ball, box, geodesic_sphere, hull, sphere
from verify.lipschitz.enclose import lipschitz_enclosure
from verify.lipschitz.kinks import KinkForm, kink_form, restrict_to_ball, slopes_of
from verify.lipschitz.norms import box_bound, path_bound, pattern_bound, spectral_bound
from verify.lipschitz.of_network import network_enclosure
from verify.lipschitz.restrict import flat_of, restrict
from verify.lipschitz.sampled import chord_lower_bound, gradient_lower_bound, witness_value
from verify.lipschitz.smooth import smooth_enclosure

__all__ = [
    "GLOBAL",
    "Budget",
    "CellMaximum",
    "Domain",
    "Enclosure",
    "KinkForm",
    "Witness",
    "ball",
    "box",
    "box_bound",
    "chord_lower_bound",
    "flat_of",
    "geodesic_sphere",
    "gradient_lower_bound",
    "hull",
    "kink_form",
    "lipschitz_enclosure",
    "maximum_over_cells",
    "network_enclosure",
    "path_bound",
    "pattern_bound",
    "restrict",
    "restrict_to_ball",
    "slopes_of",
    "smooth_enclosure",
    "spectral_bound",
    "sphere",
    "witness_value",
]
