"""Where results outlive the process: the place of the cache, and the digests of the program that made them."""
