"""The command line. Settings come from flags, else the environment, else the TOML file of `--config`."""

from gateway.cli.commands import main

__all__ = ["main"]
