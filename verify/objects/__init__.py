"""What is measured: data sets, networks, domains, instances, and the store of results."""
