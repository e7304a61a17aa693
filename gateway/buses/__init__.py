"""Touches other nodes: one module per bus."""
