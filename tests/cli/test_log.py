"""The log: JSON lines on stderr, in which nobody's secrets or words stand."""

import asyncio
import json
import signal
from pathlib import Path
from urllib.parse import urlsplit

from tests.house_under_test import House, basic
from tests.journeys.process import command, new_app, serving, spoken_to
from tests.receiver import Receiver


async def broken_request(house: House) -> None:
    """A request with credentials that the parser refuses."""
    address = urlsplit(house.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET /v2/apps HTTP/1.1\r\nHost: x\r\nAuthorization: {basic(*house.key)}\x00\r\n\r\n".encode())
    assert b" 400 " in await reader.readline()
    writer.close()


async def test_no_secret_and_no_word_of_anybody_is_logged(tmp_path: Path, receiver: Receiver) -> None:
    """Everything is done that might be logged, at the most talkative level, also what goes wrong."""
    app = await new_app(tmp_path)
    async with command("create-account-key", "--data", str(tmp_path), "--json") as made:
        account = json.loads((await made.end())[2])
    receiver.answer = 400
    async with serving(tmp_path, log_level="debug") as gateway, spoken_to(await gateway.ready(), app) as house:
        key = (account["keyId"], account["secret"])
        spare = await house.rest("POST", f"/v2/apps/{app.app_id}/keys", {"displayName": "spare"}, key=key)
        hook = (await house.webhook(receiver.url))["webhooks"][0]["secret"]
        room = await house.group("ann", displayName="WHISPER-NAME")
        token = house.token("ann")
        ann = await house.device(guid="g", auth={"jwt": token})
        anonymous = await house.device()
        await ann.ask("device:update", pushNotificationToken="WHISPER-PUSH")
        await ann.sends(room, "WHISPER-TEXT")
        await ann.socket.send('{"id": 1, "WHISPER-FIELD": ')
        await house.says(room, "WHISPER-REPLY", metadata={"WHISPER-KEY": "WHISPER-VALUE"})
        await house.rest("POST", "/users", data=b'{"WHISPER": ')
        await house.rest("POST", "/users", {"externalId": "x", "profile": {"email": ["WHISPER-MAIL"]}})
        await house.rest("GET", "", key=(app.key_id, "WHISPER-SECRET"))
        await house.rest("GET", "/users/WHISPER-USER?page[after]=WHISPER-PAGE")
        await broken_request(house)
        await receiver.until(lambda: receiver.calls)
        gateway.process.send_signal(signal.SIGTERM)
        code, log, out = await gateway.end()
    assert (code, out) == (0, "")
    assert all(json.loads(line)["level"] for line in log.splitlines())
    for secret in (
        *(app.secret, account["secret"], spare.body["key"]["secret"], hook),
        *(token, token.rsplit(".", 1)[1], anonymous.welcome["sessionToken"], basic(*house.key), "WHISPER"),
    ):
        assert secret not in log
