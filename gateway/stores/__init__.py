"""Touches what lasts: one module per store."""
