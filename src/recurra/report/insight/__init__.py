"""A look into a network: pictures of a trace, and the page they stand on."""
