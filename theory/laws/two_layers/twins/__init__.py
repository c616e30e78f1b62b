"""False twins of the claims: copies with one flaw each, none of which may pass."""
