"""The experiments of the paper: its points, our grids, statistics of both, and its sentences put to the test."""
