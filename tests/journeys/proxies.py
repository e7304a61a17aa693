"""nginx and HAProxy from Debian, set up as the README says."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.journeys.process import ROOT

START_S: Final = 10.0
OUTSIDE: Final = "listen 80;", "bind :80"
INSIDE: Final = "127.0.0.1:8080"


class Frame(NamedTuple):
    """What a proxy is started by, and what its file needs around the README's part to run as anybody, in one folder."""

    words: tuple[str, ...]
    text: str


FRAMES: Final = {
    "nginx": Frame(
        ("-p", "{folder}", "-e", "stderr", "-c", "{file}"),
        "daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit; events {{worker_connections 512;}}\n"
        "http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        "fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{page}\n}}\n",
    ),
    "haproxy": Frame(("-db", "-f", "{file}"), "{page}\n"),
}


def page(name: str) -> str:
    """The README's part about this proxy."""
    found = re.search(rf"```{name}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found is not None, f"the README says nothing of {name}"
    return found[1]


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@asynccontextmanager
async def standing(name: str, folder: Path, gateway: int) -> AsyncIterator[str]:
    """The proxy before the gateway's port; gives its address. It ends with the block."""
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed here: on Debian, apt-get install {name}")
    port, frame, file = free_port(), FRAMES[name], folder / f"{name}.conf"
    text = page(name).replace(INSIDE, f"127.0.0.1:{gateway}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("bind :80", f"bind 127.0.0.1:{port}")
    file.write_text(frame.text.format(folder=folder, page=text))
    process = await asyncio.create_subprocess_exec(
        program,
        *(it.format(folder=folder, file=file) for it in frame.words),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await _open(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _open(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                assert process.returncode is None, (await process.communicate())[1].decode()
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
