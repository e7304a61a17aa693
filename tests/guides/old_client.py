"""A backend that still speaks v1.1, as the vendor's last library for servers did: it sends the same to the letter.

Every request has a Bearer JWT without an end, and says that it is JSON, also without a body. Ids stand in paths as they
are. With an account's key the app is part of the path; with an app's key it is not.
"""

import json
from typing import Any, Final, NamedTuple

import aiohttp
import jwt as pyjwt
from yarl import URL

Json = dict[str, Any]

# Each of its calls: the method, and the path after `/v1.1`, or after the app where one is needed.
CALLS: Final = {
    "appUsers.create": ("POST", "/appusers"),
    "appUsers.get": ("GET", "/appusers/{userId}"),
    "appUsers.update": ("PUT", "/appusers/{userId}"),
    "appUsers.delete": ("DELETE", "/appusers/{userId}"),
    "appUsers.deleteProfile": ("DELETE", "/appusers/{userId}/profile"),
    "appUsers.merge": ("POST", "/appusers/merge"),
    "appUsers.getChannels": ("GET", "/appusers/{userId}/channels"),
    "appUsers.linkChannel": ("POST", "/appusers/{userId}/channels"),
    "appUsers.unlinkChannel": ("DELETE", "/appusers/{userId}/channels/{channel}"),
    "appUsers.getBusinessSystems": ("GET", "/appusers/{userId}/businesssystems"),
    "appUsers.getAuthCode": ("GET", "/appusers/{userId}/authcode"),
    "appUsers.getLinkRequests": ("GET", "/appusers/{userId}/linkrequest"),
    "appUsers.getMessages": ("GET", "/appusers/{userId}/messages"),
    "appUsers.sendMessage": ("POST", "/appusers/{userId}/messages"),
    "appUsers.deleteMessage": ("DELETE", "/appusers/{userId}/messages/{messageId}"),
    "appUsers.deleteMessages": ("DELETE", "/appusers/{userId}/messages"),
    "appUsers.getConversation": ("GET", "/appusers/{userId}/conversation"),
    "appUsers.resetUnreadCount": ("POST", "/appusers/{userId}/conversation/read"),
    "appUsers.conversationActivity": ("POST", "/appusers/{userId}/conversation/activity"),
    "appUsers.triggerPostback": ("POST", "/appusers/{userId}/conversation/postback"),
    "apps.create": ("POST", "/apps"),
    "apps.list": ("GET", "/apps"),
    "apps.get": ("GET", "/apps/{appId}"),
    "apps.update": ("PUT", "/apps/{appId}"),
    "apps.delete": ("DELETE", "/apps/{appId}"),
    "apps.sdks": ("GET", "/apps/{appId}/sdks"),
    "keys.create": ("POST", "/keys"),
    "keys.list": ("GET", "/keys"),
    "keys.get": ("GET", "/keys/{keyId}"),
    "keys.jwt": ("GET", "/keys/{keyId}/jwt"),
    "keys.delete": ("DELETE", "/keys/{keyId}"),
    "serviceAccounts.create": ("POST", "/serviceaccounts"),
    "serviceAccounts.list": ("GET", "/serviceaccounts"),
    "serviceAccounts.get": ("GET", "/serviceaccounts/{accountId}"),
    "serviceAccounts.update": ("PUT", "/serviceaccounts/{accountId}"),
    "serviceAccounts.delete": ("DELETE", "/serviceaccounts/{accountId}"),
    "webhooks.create": ("POST", "/webhooks"),
    "webhooks.list": ("GET", "/webhooks"),
    "webhooks.get": ("GET", "/webhooks/{webhookId}"),
    "webhooks.update": ("PUT", "/webhooks/{webhookId}"),
    "webhooks.delete": ("DELETE", "/webhooks/{webhookId}"),
    "menu.get": ("GET", "/menu"),
    "menu.configure": ("PUT", "/menu"),
    "menu.remove": ("DELETE", "/menu"),
    "templates.create": ("POST", "/templates"),
    "templates.list": ("GET", "/templates"),
    "templates.get": ("GET", "/templates/{templateId}"),
    "templates.update": ("PUT", "/templates/{templateId}"),
    "templates.delete": ("DELETE", "/templates/{templateId}"),
    "integrations.create": ("POST", "/integrations"),
    "integrations.list": ("GET", "/integrations"),
    "integrations.get": ("GET", "/integrations/{integrationId}"),
    "integrations.update": ("PUT", "/integrations/{integrationId}"),
    "integrations.delete": ("DELETE", "/integrations/{integrationId}"),
    "attachments.delete": ("POST", "/attachments/remove"),
}
WHOLE: Final = ("apps", "serviceAccounts")  # whose paths are the same for every key
NO_JSON: Final = (202, 204)


class Failed(Exception):
    """A refusal, as such a client reads it: the code and the description of `error`."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(f"{status} {code}: {description}")
        self.status = status
        self.code = code


class Key(NamedTuple):
    id: str
    secret: str
    scope: str


class OldClient:
    """`made` are the names of the calls that were answered with success."""

    made: set[str]

    def __init__(self, url: str, key: Key, app_id: str, http: aiohttp.ClientSession, **claims: str) -> None:
        self._url = f"{url}/v1.1"
        self._app = f"/apps/{app_id}" if key.scope == "account" else ""
        self._http = http
        payload = {"scope": key.scope, **claims}
        self._token = pyjwt.encode({**payload, "iat": 1}, key.secret, algorithm="HS256", headers={"kid": key.id})
        self.made = set()

    async def __call__(self, name: str, body: Any = None, *, query: Json | None = None, **parts: str) -> Json:
        """Make a call; `parts` fill its path. Raises `Failed`."""
        method, path = CALLS[name]
        for part, value in parts.items():
            path = path.replace(f"{{{part}}}", value)
        inside = "" if name.partition(".")[0] in WHOLE else self._app
        asked = "" if not query else "?" + "&".join(f"{it}={value}" for it, value in query.items())
        answer = await self.send(method, inside + path + asked, body)
        self.made.add(name)
        return answer

    async def send(self, method: str, path: str, body: Any = None) -> Json:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "old-client/8.11",
        }
        data = b"" if body is None else json.dumps(body).encode()
        where = URL(self._url + path, encoded=True)
        async with self._http.request(method, where, data=data, headers=headers) as response:
            if response.status in NO_JSON:
                return {}
            read = json.loads(await response.read())
        if response.status >= 400:
            raise Failed(response.status, read["error"]["code"], read["error"]["description"])
        return dict(read)

    async def upload(self, path: str, fields: Json, file: bytes, name: str) -> Json:
        """A multipart request with the file in `source`, after what else there is to say."""
        form = aiohttp.FormData()
        for field, value in fields.items():
            form.add_field(field, value)
        form.add_field("source", file, filename=name, content_type="application/octet-stream")
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        async with self._http.post(self._url + self._app + path, data=form, headers=headers) as response:
            assert response.status == 201, await response.text()
            return dict(await response.json())
