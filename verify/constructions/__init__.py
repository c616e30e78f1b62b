"""The constructions of the two-layers paper: explicit networks that fit data, with certified Lipschitz constants."""

from verify.constructions.caps import caps, overlapping_caps
from verify.constructions.certificate import Construction, certified
from verify.constructions.groups import groups
from verify.constructions.linear import linear

__all__ = ["Construction", "caps", "certified", "groups", "linear", "overlapping_caps"]
