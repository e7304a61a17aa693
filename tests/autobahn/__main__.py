"""An echo server to point the Autobahn WebSocket suite at: see README.md beside this file."""

import argparse
import asyncio
import logging

import uvloop

from tests.autobahn.echo import echoing

MOST_BYTES = 64 << 20  # the suite sends messages of 16 MiB
MOST_S = 3_600.0


async def serve(host: str, port: int, seconds: float) -> None:
    async with echoing(host, port, MOST_BYTES) as chosen:
        logging.getLogger("echo").info("echoing at ws://%s:%d/", host, chosen)
        await asyncio.sleep(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.autobahn", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--seconds", type=float, default=MOST_S, help="it stops by itself after this long")
    chosen = parser.parse_args()
    logging.basicConfig(level="INFO", format="%(message)s")
    uvloop.run(serve(chosen.host, chosen.port, chosen.seconds))


if __name__ == "__main__":
    main()
