"""The best value of each constant that the source leaves open, estimated over a grid of sizes."""

from verify.experiments.constants.estimates import Estimate, estimates
from verify.experiments.constants.grid import OpenConstant, Sense, Sizes
from verify.experiments.constants.items import chosen, open_constants

__all__ = ["Estimate", "OpenConstant", "Sense", "Sizes", "chosen", "estimates", "open_constants"]
