"""Tests speak the domain and mirror the tree; journeys go through real sockets."""
