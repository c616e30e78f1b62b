"""The constructions of the two-layers paper: explicit networks that fit data, with certified Lipschitz constants."""

from verify.constructions.caps import bumps, caps, overlapping_caps
from verify.constructions.certificate import Construction, certified
from verify.constructions.groups import groups
from verify.constructions.linear import linear
from verify.constructions.powers import decompose, tensor_fit

__all__ = ["Construction", "bumps", "caps", "certified", "decompose", "groups", "linear", "overlapping_caps", "tensor_fit"]
