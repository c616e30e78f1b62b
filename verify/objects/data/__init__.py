"""Data sets (X, y): validated containers, generic and adversarial data models, exact rational points."""

from verify.objects.data.dataset import AffineMap, Dataset, validate
from verify.objects.data.exact import integer_points, rational_sphere_points
from verify.objects.data.labels import two_class_labels
from verify.objects.data.models import DATA_MODELS, LABELS, draw, labels_by_point

__all__ = [
    "DATA_MODELS",
    "LABELS",
    "AffineMap",
    "Dataset",
    "draw",
    "integer_points",
    "labels_by_point",
    "rational_sphere_points",
    "two_class_labels",
    "validate",
]
