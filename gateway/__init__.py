"""Heliograph: a self-hosted, realtime chat gateway that speaks the Sunshine Conversations API."""

__version__ = "0.1.0"
