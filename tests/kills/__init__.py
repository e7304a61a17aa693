"""The gateway is killed again and again, at random and between any two of its steps: `python -m tests.kills --help`."""
