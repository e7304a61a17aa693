"""Decides: pure and synchronous; no clock, no dice, no I/O."""
