"""A small world of news sites on loopback: for `windcatch demo`, for tests, for replaying pages."""
