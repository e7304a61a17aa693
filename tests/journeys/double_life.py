"""Everything that happens to a user, in a conversation and a group, with names for whatever is made on the way."""

import re
from typing import Any, Final

from tests.house_under_test import Device, House, Json

ID: Final = re.compile(r"[0-9a-f]{24}")
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
AUTHOR_ID: Final = re.compile(r"[0-9A-Za-z]{22}")
BUTTON: Final = {"type": "postback", "text": "Yes", "payload": "YES", "metadata": {"answer": True}}
PHONE: Final = "+1 212-555-2368"


class Life:
    """`names` says what each id stands for."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.names: dict[str, str] = {house.app_id: "the app", house.integrations["web"]: "the web integration"}

    def name(self, what: str, made: str) -> str:
        self.names[made] = what
        return made

    def named(self, value: Any) -> Any:
        """JSON in which ids and times are named."""
        match value:
            case dict():
                return {key: self.named(it) for key, it in value.items()}
            case list():
                return [self.named(it) for it in value]
            case float():
                return "seconds" if value > 1_000_000_000 else value
            case str():
                return self.names.get(value) or _kind(value)
            case _:
                return value

    async def live(self) -> None:
        ann = await self._arrives()
        here = await self._talks(ann)
        await self._links(ann, here)
        group = await self._meets(ann)
        await self._controls(group)
        await self._merges()
        await self._goes(group)
        await self.house.mirrored()

    async def _arrives(self) -> Device:
        """Somebody without a name, who then has one."""
        ann = await self.house.device(guid="phone")
        self.name("ann", ann.welcome["user"]["id"])
        self.name("ann's client", ann.welcome["device"]["clientId"])
        self.name("ann's phone", ann.welcome["device"]["id"])
        await ann.ask("login", jwt=self.house.token("ann"))
        await ann.ask("user:update", profile={"givenName": "Ann"})
        return ann

    async def _talks(self, ann: Device) -> str:
        """A conversation, which is her first; gives its id."""
        opened = await ann.ask("conversation:create")
        here = self.name("the conversation", opened["result"]["conversation"]["id"])
        await ann.ask("typing:start", conversationId=here)
        self.name("ann's message", (await ann.sends(here, "Have you got tea?"))["message"]["id"])
        content = {"type": "text", "text": "Milk?", "actions": [BUTTON]}
        asked = await self.house.says(here, "", author={"type": "business", "displayName": "Desk"}, content=content)
        (message,) = asked.body["messages"]
        self.name("the question", message["id"])
        await ann.events("conversation:message", 2)
        button = self.name("the button", message["content"]["actions"][0]["id"])
        await ann.ask("postback", conversationId=here, actionId=button)
        await ann.ask("conversation:read", conversationId=here)
        return here

    async def _links(self, ann: Device, here: str) -> None:
        """A phone is asked for, which nobody connects; then it is not wanted any more."""
        made = await self.house.rest("POST", "/integrations", {"type": "whatsapp", "accountId": "a"})
        whatsapp = self.name("the whatsapp integration", made.body["integration"]["id"])
        criteria = {"type": "whatsapp", "integrationId": whatsapp, "phoneNumber": PHONE}
        asked: Json = {
            "matchCriteria": criteria,
            "confirmation": {"type": "immediate"},
            "target": {"conversationId": here},
        }
        linked = await self.house.rest("POST", "/users/ann/clients", asked)
        assert linked.status == 201, linked
        client = self.name("the link", linked.body["client"]["id"])
        said = await self.house.says(here, "On its way")
        self.name("the answer", said.body["messages"][0]["id"])
        await ann.event("conversation:message")
        for _ in "12":  # by the second answer the gateway has what proves that the message arrived
            await ann.ask("ping")
        await self.house.rest("DELETE", f"/users/ann/clients/{client}")

    async def _meets(self, ann: Device) -> str:
        """A group, of which v1.1 is told nothing; gives its id."""
        await self.house.rest("PATCH", "", {"settings": {"multiConvoEnabled": True}})
        group = self.name("the group", await self.house.group("ann", metadata={"table": 7}))
        self.name("bob", await self.house.user("bob"))
        await self.house.joins("bob", group)
        await self.house.leaves("bob", group)
        await ann.sends(group, "Anybody?")
        await ann.ask("typing:start", conversationId=group)
        await self.house.acts(group, "conversation:read")
        return group

    async def _controls(self, group: str) -> None:
        """The group changes hands in every way, and in some that fail."""
        board = (await self.house.rest("POST", "/switchboards")).body["switchboard"]["id"]
        desk = await self.house.webhook("https://example.org/desk", "conversation:referral")
        self.name("the desk's integration", desk["id"])
        seat = {"name": "desk", "integrationId": desk["id"]}
        made = await self.house.rest("POST", f"/switchboards/{board}/switchboardIntegrations", seat)
        place = self.name("the desk", made.body["switchboardIntegration"]["id"])
        change = {"enabled": True, "defaultSwitchboardIntegrationId": place}
        assert (await self.house.rest("PATCH", f"/switchboards/{board}", change)).status == 200
        other = await self.house.webhook("https://example.org/bot", "conversation:referral")
        self.name("the bot's integration", other["id"])
        seat = {"name": "bot", "integrationId": other["id"]}
        made = await self.house.rest("POST", f"/switchboards/{board}/switchboardIntegrations", seat)
        self.name("the bot", made.body["switchboardIntegration"]["id"])
        for action, body in (
            ("acceptControl", {}),
            ("offerControl", {"switchboardIntegration": "desk"}),
            ("passControl", {"switchboardIntegration": "nobody"}),
            ("offerControl", {"switchboardIntegration": "bot", "metadata": {"why": "tea"}}),
            ("acceptControl", {}),
            ("passControl", {"switchboardIntegration": "desk"}),
            ("releaseControl", None),
        ):
            await self.house.rest("POST", f"/conversations/{group}/{action}", body)

    async def _merges(self) -> None:
        eve = self.name("eve", await self.house.user("eve"))
        merge = {"surviving": {"_id": await self.house.user("ann")}, "discarded": {"_id": eve}}
        assert (await self.house.v1("POST", "/appusers/merge", merge)).status == 200

    async def _goes(self, group: str) -> None:
        await self.house.rest("DELETE", f"/conversations/{group}")
        await self.house.rest("DELETE", "/users/ann")


def _kind(written: str) -> str:
    kinds = {"an id": ID, "time": TIME, "an author id": AUTHOR_ID}
    return next((name for name, pattern in kinds.items() if pattern.fullmatch(written)), written)
