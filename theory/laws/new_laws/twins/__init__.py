"""False twins of the claims beside this folder."""
