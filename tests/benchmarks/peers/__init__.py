"""Heliograph beside others that do the same work, as far as each can: `python -m tests.benchmarks.peers --help`."""
