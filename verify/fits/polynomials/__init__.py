"""Polynomials and forms of least Lipschitz constant through labelled points: sums of squares from above, gradients from below."""
