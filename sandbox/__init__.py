"""Messengers played on loopback, with simulated phones: for the local run, for tests, for your own CI.

Nothing here imports the product: what the sandbox saw is the evidence the product is judged by.
"""

from sandbox.config import Config, demo_config

__all__ = ["Config", "demo_config"]
