"""Windcatch, wired: configuration, schedule, Scrapy and the command line."""

__version__ = "0.1.0"
