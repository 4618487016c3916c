"""Rundruf: consent-first messenger marketing and customer messaging."""

__version__ = "0.1.0"
