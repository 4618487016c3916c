"""Measurements; each module runs by itself."""
