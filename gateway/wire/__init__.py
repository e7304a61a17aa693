"""Speaks: bytes to values and back, one module per dialect."""
