"""A gateway in the test's own loop, spoken to only from outside, over HTTP and WebSocket."""

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import jwt as pyjwt
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from yarl import URL

from gateway import bootstrap
from gateway.config import Settings
from gateway.domain.commands import CreateAccountKey
from gateway.domain.triggers import KNOWN_V1_TRIGGERS, TRIGGERS
from gateway.flow import provision
from gateway.flow.floor import Flow
from gateway.flow.provision import Credentials
from gateway.wire.early_access import FORMER_METHODS
from tests.documented import undocumented, without_former

Json = dict[str, Any]

LOOPBACK = "127.0.0.0/8,::1/128"


class Answer(NamedTuple):
    """What REST answered."""

    status: int
    body: Json

    @property
    def code(self) -> str:
        return str(self.body["errors"][0]["code"])

    @property
    def title(self) -> str:
        return str(self.body["errors"][0]["title"])

    @property
    def error(self) -> tuple[int, str, str]:
        """A refusal in v1.1's words: status, code and description."""
        return self.status, self.body["error"]["code"], self.body["error"]["description"]


class Device:
    """One device's raw socket: what it was told, frame by frame."""

    def __init__(self, socket: ClientConnection, guid: str) -> None:
        self.socket = socket
        self.guid = guid
        self.heard: list[Json] = []
        self.welcome: Json = {}
        self._ids = itertools.count(1)

    async def say(self, kind: str, **fields: Any) -> int:
        """Send a command without waiting; gives its id."""
        frame_id = next(self._ids)
        await self.socket.send(json.dumps({"type": kind, "id": frame_id, **fields}))
        return frame_id

    async def ask(self, kind: str, **fields: Any) -> Json:
        """Send a command and wait for its `ok` or `error`; events heard meanwhile are kept in `heard`."""
        frame_id = await self.say(kind, **fields)
        return await self.answer(frame_id)

    async def answer(self, frame_id: int) -> Json:
        while True:
            frame = await self.frame()
            if frame["type"] in ("ok", "error", "welcome") and frame["id"] == frame_id:
                return frame

    async def frame(self, timeout_s: float = 10) -> Json:
        """The next frame, whatever it is."""
        async with asyncio.timeout(timeout_s):
            frame: Json = json.loads(await self.socket.recv())
        if frame["type"] in ("event", "goodbye"):
            self.heard.append(frame)
        return frame

    async def event(self, kind: str) -> Json:
        """The next event of a type not returned before; others stay in `heard`."""
        seen = 0
        while True:
            for position in range(seen, len(self.heard)):
                frame = self.heard[position]
                if frame["type"] == "event" and frame["event"]["type"] == kind:
                    return self.heard.pop(position)
            seen = len(self.heard)
            await self.frame()

    async def goodbye(self) -> tuple[Json | None, int]:
        """The goodbye frame, if one could be read, and the close code."""
        try:
            while True:
                await self.frame()
        except ConnectionClosed as closed:
            said = next((it for it in self.heard if it["type"] == "goodbye"), None)
            return said, closed.rcvd.code if closed.rcvd else 1006

    async def sends(self, conversation_id: str, text: str, message_id: str | None = None) -> Json:
        """Post a text, with a clientMessageId if given; gives the answer's result."""
        named = {"clientMessageId": message_id} if message_id else {}
        content = {"type": "text", "text": text}
        answer = await self.ask("message:send", conversationId=conversation_id, content=content, **named)
        assert answer["type"] == "ok", answer
        return dict(answer["result"])

    async def events(self, kind: str, count: int) -> list[Json]:
        """The next so many events of a type, in the order heard."""
        return [await self.event(kind) for _ in range(count)]

    def cut(self) -> None:
        """The network is gone: nothing is said, nothing more is heard."""
        self.socket.transport.abort()

    async def nothing_more(self) -> None:
        """Nothing was sent to this device that it has not read yet: its own ping is answered next."""
        before = len(self.heard)
        await self.ask("ping")
        assert self.heard[before:] == []

    async def close(self) -> None:
        await self.socket.close()


class House:
    """A gateway with one app, and its caller: a backend with that app's key."""

    def __init__(self, url: str, credentials: Credentials, flow: Flow, account: tuple[str, str]) -> None:
        self.url = url
        self.app_id = credentials.app_id
        self.key = (credentials.key_id, credentials.secret)
        self.account = account
        self.integrations = credentials.integrations
        self.flow = flow
        self.early = False
        self.http = aiohttp.ClientSession()
        self._devices: list[Device] = []

    # The backend's side

    async def rest(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """Call `/v2/apps/{appId}` + path, or any path that begins with `/v2` or `/oauth`, with the app's key."""
        whole = path if path.startswith(("/v2", "/oauth")) else f"/v2/apps/{self.app_id}{path}"
        sent = {"Authorization": basic(*(key or self.key)), **(headers or {})}
        payload = data if data is not None else None if body is None else json.dumps(body).encode()
        if payload is not None:
            sent.setdefault("Content-Type", "application/json")
        async with self.http.request(
            method, URL(self.url + whole, encoded=True), data=payload, headers=sent
        ) as response:
            answer = Answer(response.status, await response.json())
        if self.early:
            now = FORMER_METHODS.get(method, method)
            assert undocumented(now, whole, answer.status, without_former(answer.body)) == []
        else:
            assert undocumented(method, whole, *answer) == []
        return answer

    async def speaks_early_access(self, on: bool) -> None:
        """The app speaks as in early access too, or no more."""
        changed = await self.rest("PATCH", f"/v2/apps/{self.app_id}", {"settings": {"earlyAccessCompatibility": on}})
        assert changed.status == 200, changed
        self.early = on

    async def v1(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: tuple[str, str] | None = None,
        token: str | None = None,
        family: str = "apps",
    ) -> Answer:
        """Call v1.1 below `/apps/{appId}`, or as the app's key implies it with another family; ids stand as they are.

        A path that begins with `/v1` is whole.

        As old clients do: every request says that it is JSON, with a body or without.
        """
        inside = f"/v1.1/apps/{self.app_id}" if family == "apps" else "/v1.1"
        whole = path if path.startswith("/v1") else inside + path
        shown = f"Bearer {token}" if token else basic(*(key or self.key))
        async with self.http.request(
            method,
            URL(self.url + whole, encoded=True),
            data=b"" if body is None else json.dumps(body).encode(),
            headers={"Authorization": shown, "Content-Type": "application/json", "Accept": "application/json"},
        ) as response:
            return Answer(response.status, await response.json())

    async def upload(
        self, name: str | None, content: bytes, *, params: dict[str, str] | None = None, **query: Any
    ) -> Answer:
        """Upload a file as `source`, for a message unless `query` or all of `params` say otherwise."""
        form = aiohttp.MultipartWriter("form-data")
        part = form.append(content, {"Content-Type": "application/octet-stream"})
        named = {} if name is None else {"filename": name}
        part.set_content_disposition("form-data", name="source", quote_fields=False, **named)
        async with self.http.post(
            f"{self.url}/v2/apps/{self.app_id}/attachments",
            params=params or {"access": "public", "for": "message", **query},
            data=form,
            headers={"Authorization": basic(*self.key)},
        ) as response:
            return Answer(response.status, await response.json())

    async def uploaded(self, name: str, content: bytes, **query: Any) -> str:
        """The address of a file that was uploaded."""
        answer = await self.upload(name, content, **query)
        assert answer.status == 201, answer
        return str(answer.body["attachment"]["mediaUrl"])

    async def user(self, external_id: str, given_name: str | None = None) -> str:
        """A user by external id, made if need be; gives the user's id."""
        profile = {"givenName": given_name or external_id.capitalize()}
        made = await self.rest("POST", "/users", {"externalId": external_id, "profile": profile})
        if made.status == 409:
            made = await self.rest("GET", f"/users/{external_id}")
        return str(made.body["user"]["id"])

    async def group(self, *external_ids: str, **facts: Any) -> str:
        """An sdkGroup of these users, made if need be; gives its id."""
        for external_id in external_ids:
            await self.user(external_id)
        seats = [{"userExternalId": it, "subscribeSDKClient": False} for it in external_ids]
        made = await self.rest("POST", "/conversations", {"type": "sdkGroup", "participants": seats, **facts})
        assert made.status == 201, made
        return str(made.body["conversation"]["id"])

    async def personal(self, external_id: str, **facts: Any) -> str:
        """A personal conversation of this user; gives its id."""
        await self.user(external_id)
        seats = [{"userExternalId": external_id, "subscribeSDKClient": False}]
        made = await self.rest("POST", "/conversations", {"type": "personal", "participants": seats, **facts})
        assert made.status == 201, made
        return str(made.body["conversation"]["id"])

    async def says(self, conversation_id: str, text: str, **facts: Any) -> Answer:
        """The business posts a text."""
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": text}, **facts}
        return await self.rest("POST", f"/conversations/{conversation_id}/messages", body)

    async def joins(self, external_id: str, conversation_id: str) -> Answer:
        await self.user(external_id)
        body = {"userExternalId": external_id, "subscribeSDKClient": False}
        return await self.rest("POST", f"/conversations/{conversation_id}/join", body)

    async def leaves(self, external_id: str, conversation_id: str) -> Answer:
        return await self.rest("POST", f"/conversations/{conversation_id}/leave", {"userExternalId": external_id})

    async def acts(self, conversation_id: str, activity: str, external_id: str | None = None) -> Answer:
        """An activity over REST: of a user by external id, else of the business."""
        author = {"type": "user", "userExternalId": external_id} if external_id else {"type": "business"}
        body = {"author": author, "type": activity}
        return await self.rest("POST", f"/conversations/{conversation_id}/activity", body)

    async def participants(self, conversation_id: str) -> list[Json]:
        answer = await self.rest("GET", f"/conversations/{conversation_id}/participants")
        return list(answer.body["participants"])

    async def messages(self, conversation_id: str) -> list[Json]:
        answer = await self.rest("GET", f"/conversations/{conversation_id}/messages")
        return list(answer.body["messages"])

    async def history(self, conversation_id: str) -> list[Json]:
        """All messages of a conversation, oldest first, read a page at a time."""
        path = f"/conversations/{conversation_id}/messages"
        page = (await self.rest("GET", path)).body
        found = list(page["messages"])
        while page["meta"]["hasMore"]:
            page = (await self.rest("GET", f"{path}?page[before]={page['meta']['beforeCursor']}")).body
            found = page["messages"] + found
        return found

    async def webhook(self, target: str, *triggers: str, **facts: Any) -> Json:
        """A custom integration whose webhook is sent `triggers`, by default all; gives the integration."""
        wanted = {"target": target, "triggers": list(triggers or TRIGGERS.values()), **facts}
        made = await self.rest("POST", "/integrations", {"type": "custom", "webhooks": [wanted]})
        assert made.status == 201, made
        return dict(made.body["integration"])

    async def old_webhook(self, target: str, *triggers: str, **facts: bool) -> Json:
        """A webhook of v1.1 that is sent `triggers`, by default all."""
        wanted = {"target": target, "triggers": list(triggers or KNOWN_V1_TRIGGERS), **facts}
        made = await self.v1("POST", "/webhooks", wanted)
        assert made.status == 201, made
        return dict(made.body["webhook"])

    async def mirrored(self) -> None:
        """Wait until no webhook is due anything more: all is delivered, or given up."""
        async with asyncio.timeout(10):
            while await self.flow.store.targets():  # noqa: ASYNC110 - nobody says that the outbox is empty
                await asyncio.sleep(0.01)

    # The devices' side

    def token(self, external_id: str, **claims: Any) -> str:
        """A user's JWT, signed with the app's key."""
        payload = {"scope": "user", "external_id": external_id, **claims}
        return pyjwt.encode(payload, self.key[1], algorithm="HS256", headers={"kid": self.key[0]})

    async def plug(self, integration: str = "web", guid: str = "guid", **options: Any) -> Device:
        """A socket that has not said hello."""
        where = self.integrations.get(integration, integration)
        address = f"{self.url.replace('http', 'ws')}/sdk/v2/integrations/{where}/socket"
        device = Device(await connect(address, proxy=None, **options), guid)
        self._devices.append(device)
        return device

    async def device(
        self,
        external_id: str | None = None,
        guid: str | None = None,
        *,
        integration: str = "web",
        positions: Json | None = None,
        auth: Json | None = None,
        **options: Any,
    ) -> Device:
        """A device that has been welcomed: of a user by JWT, or with `auth`, or of a new anonymous user."""
        device = await self.plug(integration, guid or f"guid-of-{external_id}", **options)
        hello: Json = {"device": {"guid": device.guid}}
        if external_id is not None:
            hello["auth"] = {"jwt": self.token(external_id)}
        if auth is not None:
            hello["auth"] = auth
        if positions is not None:
            hello["positions"] = positions
        device.welcome = await device.ask("hello", **hello)
        assert device.welcome["type"] == "welcome", device.welcome
        return device

    async def close(self) -> None:
        for device in self._devices:
            await device.close()
        await self.http.close()


def basic(key_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key_id}:{secret}".encode()).decode()


def settings(data: Path, **changes: Any) -> Settings:
    """For tests: a free port, loopback webhooks, and no waiting at the end. Files of messages may be made up.

    A test asks more in a second than a backend does.
    """
    chosen = Settings(
        data=data,
        port=0,
        allowed_networks=LOOPBACK,
        check_remote_media=False,
        requests_per_second=1_000_000,
        drain_s=2.0,
        log_level="error",
    )
    return replace(chosen, **changes)


@asynccontextmanager
async def opened(data: Path, **changes: Any) -> AsyncIterator[House]:
    """A gateway on `data`, which finds its app again there when it was opened before."""
    async with AsyncExitStack() as stack:
        url, flow = await stack.enter_async_context(bootstrap.listening(settings(data, **changes)))
        credentials = await provision.app_named(flow, "app")
        keys = list(await flow.store.account_keys())
        key = keys[0] if keys else await flow.corridor.execute(CreateAccountKey())
        house = House(url, credentials, flow, (key.id, key.secret))
        stack.push_async_callback(house.close)
        yield house
