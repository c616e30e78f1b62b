"""The atlas: certified enclosures of the least Lipschitz constant of a fit with k kinks, on families of small data sets."""
