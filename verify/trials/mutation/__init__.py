"""Mutation of proofs: steps that are changed in one place, which the kernel must refuse unless what they say still holds.

A mutant that the kernel still proves is either explained (it holds on the claim's instances, with a slack; or the fact that was taken
from it is not needed) or a soundness alarm: an instance at which all facts hold and the mutant is false.
"""

from verify.trials.mutation.mutants import Mutant, mutants
from verify.trials.mutation.report import IDLE, MutationReport, Survivor
from verify.trials.mutation.run import FEW, MutationEffort, mutate

__all__ = ["FEW", "IDLE", "Mutant", "MutationEffort", "MutationReport", "Survivor", "mutants", "mutate"]
