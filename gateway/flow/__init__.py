"""Moves: asynchronous, and touches nothing itself."""
