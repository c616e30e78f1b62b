"""Euclidean Lipschitz constants of two-layer networks on R^d, balls, boxes, hulls and spheres: bounds with witnesses."""

from verify.lipschitz.of_network import network_enclosure
from verify.lipschitz.piecewise.cells import CellMaximum, maximum_over_cells
from verify.lipschitz.piecewise.enclose import lipschitz_enclosure
from verify.lipschitz.piecewise.kinks import KinkForm, kink_form, restrict_to_ball, slopes_of
from verify.lipschitz.piecewise.norms import box_bound, path_bound, pattern_bound, spectral_bound
from verify.lipschitz.piecewise.restrict import flat_of, restrict
from verify.lipschitz.piecewise.sampled import chord_lower_bound, gradient_lower_bound, witness_value
from verify.lipschitz.smooth.enclosure import smooth_enclosure
from verify.objects.domains import GLOBAL, Budget, Domain, Enclosure, Witness, ball, box, geodesic_sphere, hull, sphere

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
