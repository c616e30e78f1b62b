"""The instances of a claim, from its symbols and formulas alone: what `verify.strategies` draws and
`verify.counterexamples` searches.
"""

from verify.spaces.claim_space import ClaimSpace
from verify.spaces.drafts import Draft

__all__ = ["ClaimSpace", "Draft"]
