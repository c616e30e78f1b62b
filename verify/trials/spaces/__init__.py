"""The instances of a claim, from its symbols and formulas alone: what `verify.trials.property.strategies` draws and
`verify.trials.hunt` searches.
"""

from verify.trials.spaces.claim_space import ClaimSpace
from verify.trials.spaces.drafts import Draft

__all__ = ["ClaimSpace", "Draft"]
