"""`python -m clients.loadtest`."""

import sys

if __name__ == "__main__":
    try:
        from clients.loadtest.cli import run
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is missing: it comes with the extra `loadtest`.")
    run()
