"""Meets the outside: thin, no rule lives here."""
