"""The v1.1 dialect of REST: what it asks, and what it answers."""
