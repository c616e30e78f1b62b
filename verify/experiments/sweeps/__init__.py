"""Networks trained over grids of sizes and options: cells, training, measurement, and a store that survives being killed."""
