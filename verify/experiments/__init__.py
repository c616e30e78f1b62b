"""What is found out on many data sets: the atlas of least Lipschitz constants, and the best constants."""
