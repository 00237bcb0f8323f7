"""History: what is to be brought in, by which way, how far it is, and the work itself."""
