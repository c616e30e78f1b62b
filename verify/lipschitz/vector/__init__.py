"""Networks with several outputs: the supremum of the spectral norm of their Jacobian."""

from verify.lipschitz.vector.enclosure import certified_vector_enclosure, vector_enclosure

__all__ = ["certified_vector_enclosure", "vector_enclosure"]
