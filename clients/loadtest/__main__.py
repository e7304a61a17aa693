"""`python -m clients.loadtest`."""

from clients.loadtest.cli import run

if __name__ == "__main__":
    run()
