"""The constructions of the two-layers paper: explicit networks that fit data, with certified Lipschitz constants."""

from verify.fits.constructions.caps import bumps, caps, overlapping_caps
from verify.fits.constructions.certificate import Construction, certified
from verify.fits.constructions.groups import groups
from verify.fits.constructions.linear import linear
from verify.fits.constructions.powers import decompose, tensor_fit

__all__ = ["Construction", "bumps", "caps", "certified", "decompose", "groups", "linear", "overlapping_caps", "tensor_fit"]
