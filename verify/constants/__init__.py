"""The best value of each constant that the source leaves open, estimated over a grid of sizes."""

from verify.constants.estimates import Estimate, estimates
from verify.constants.grid import OpenConstant, Sense, Sizes
from verify.constants.items import chosen, open_constants

__all__ = ["Estimate", "OpenConstant", "Sense", "Sizes", "chosen", "estimates", "open_constants"]
