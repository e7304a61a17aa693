"""A house in memory: what the domain decides and how the state follows, with nothing around it."""

import itertools
from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import structs

from gateway.domain import commands as cmd
from gateway.domain import mirror
from gateway.domain.commands import Command, DeviceDraft, Ref, Speaker, WebhookDraft
from gateway.domain.commands import PutModeration as Put
from gateway.domain.content import Content, Text
from gateway.domain.decide import decide
from gateway.domain.errors import Problem, Refused
from gateway.domain.events import Event
from gateway.domain.evolve import evolve
from gateway.domain.house import House
from gateway.domain.model import API, AppSettings, Attachment, Confirmation, Kind, Link, Profile, Source, Webhook
from gateway.domain.model.clients import ByTwilio
from gateway.domain.model.moderation import Unanswered
from gateway.domain.value import Value

Answer = TypeVar("Answer")
Happening = TypeVar("Happening", bound=Event)

MULTI: Final = AppSettings(multi_convo_enabled=True)
START_MS: Final = 1_700_000_000_000
NOBODY: Final = "f" * 24  # an id that nothing has


class HandWound:
    """A `Stamp` whose clock stands still until it is wound, and whose dice count."""

    def __init__(self, at: int = START_MS) -> None:
        self.at = at
        self._count = itertools.count(1)

    def wind(self, seconds: float) -> None:
        self.at += int(seconds * 1000)

    def now(self) -> int:
        return self.at

    def new_id(self) -> str:
        return f"{next(self._count):024x}"

    def new_secret(self) -> str:
        return f"secret-{next(self._count):079d}"


class Orders(NamedTuple):
    """The commands of one app in few words. People are named by either id; nobody named is the business."""

    app_id: str

    def ref(self, who: str) -> Ref:
        return Ref(self.app_id, who)

    def speaker(self, who: str | None) -> Speaker:
        return Speaker(user=self.ref(who)) if who is not None else Speaker()

    def user(self, name: str, **facts: Any) -> cmd.CreateUser:
        profile = Profile(given_name=name.capitalize())
        return cmd.CreateUser(app_id=self.app_id, external_id=name, **{"profile": profile, **facts})

    def changes(self, who: str, **changes: Any) -> cmd.UpdateUser:
        return cmd.UpdateUser(app_id=self.app_id, user=self.ref(who), **changes)

    def forgets(self, who: str) -> cmd.DeleteUser:
        return cmd.DeleteUser(app_id=self.app_id, user=self.ref(who))

    def merges(self, surviving: str, discarded: str) -> cmd.MergeUsers:
        return cmd.MergeUsers(app_id=self.app_id, surviving=self.ref(surviving), discarded=self.ref(discarded))

    def group(self, *names: str, **facts: Any) -> cmd.CreateConversation:
        guests = tuple(self.ref(it) for it in names)
        return cmd.CreateConversation(app_id=self.app_id, type=Kind.GROUP, participants=guests, **facts)

    def personal(self, *names: str, **facts: Any) -> cmd.CreateConversation:
        guests = tuple(self.ref(it) for it in names)
        return cmd.CreateConversation(app_id=self.app_id, type=Kind.PERSONAL, participants=guests, **facts)

    def alters(self, room: str, **changes: Any) -> cmd.UpdateConversation:
        return cmd.UpdateConversation(app_id=self.app_id, conversation_id=room, **changes)

    def removes(self, room: str) -> cmd.DeleteConversation:
        return cmd.DeleteConversation(app_id=self.app_id, conversation_id=room)

    def joins(self, room: str, who: str, **facts: Any) -> cmd.Join:
        return cmd.Join(app_id=self.app_id, conversation_id=room, user=self.ref(who), **facts)

    def leaves(self, room: str, who: str) -> cmd.Leave:
        return cmd.Leave(app_id=self.app_id, conversation_id=room, user=self.ref(who))

    def says(self, room: str, text: str = "hello", by: str | None = None, **facts: Any) -> cmd.Post:
        return self.posts(room, Text(text=text), by, **facts)

    def posts(self, room: str, content: Content, by: str | None = None, **facts: Any) -> cmd.Post:
        author = self.speaker(by)
        return cmd.Post(app_id=self.app_id, conversation_id=room, author=author, content=content, **facts)

    def receives(self, room: str, who: str, integration_id: str, *received: tuple[int, str]) -> cmd.Receive:
        """A device of the integration has received messages, by seq and id."""
        return cmd.Receive(
            app_id=self.app_id,
            conversation_id=room,
            user=self.ref(who),
            integration_id=integration_id,
            received=received,
        )

    def deletes(self, room: str, message_id: str) -> cmd.DeleteMessage:
        return cmd.DeleteMessage(app_id=self.app_id, conversation_id=room, message_id=message_id)

    def clears(self, room: str) -> cmd.ClearMessages:
        return cmd.ClearMessages(app_id=self.app_id, conversation_id=room)

    def reads(self, room: str, by: str | None = None, source: Source = API) -> cmd.Read:
        reader = self.speaker(by)
        return cmd.Read(app_id=self.app_id, conversation_id=room, reader=reader, source=source)

    def types(self, room: str, by: str | None = None, activity: str = "typing:start") -> cmd.Type:
        typist = self.speaker(by)
        return cmd.Type(app_id=self.app_id, conversation_id=room, typist=typist, activity=activity)

    def moderates(self, unanswered: Unanswered = "refuse", target: str = "https://example.com/judge") -> Put:
        return Put(app_id=self.app_id, target=target, timeout_ms=1_000, unanswered=unanswered)

    def presses(self, room: str, who: str, action_id: str, source: Source = API) -> cmd.Press:
        return cmd.Press(
            app_id=self.app_id,
            conversation_id=room,
            user=self.ref(who),
            action_id=action_id,
            source=source,
        )

    def links(self, who: str, room: str, integration_id: str, **facts: Any) -> cmd.CreateClient:
        """A phone is asked for, over an integration of type twilio."""
        criteria = ByTwilio(integration_id=integration_id, phone_number="+1 555 000 1234")
        confirmation = Confirmation(type="immediate", **facts)
        link = Link(conversation_id=room, criteria=criteria, confirmation=confirmation)
        return cmd.CreateClient(app_id=self.app_id, user=self.ref(who), link=link)

    def unlinks(self, who: str, client_id: str) -> cmd.DeleteClient:
        return cmd.DeleteClient(app_id=self.app_id, user=self.ref(who), client_id=client_id)

    def connects(self, integration_id: str, guid: str = "guid", **proof: Any) -> cmd.Connect:
        device = DeviceDraft(guid=guid, platform="web", integration_id=integration_id)
        return cmd.Connect(app_id=self.app_id, device=device, **proof)

    def key(self) -> cmd.CreateKey:
        return cmd.CreateKey(app_id=self.app_id, display_name="key")

    def integration(self, kind: str = "web", **facts: Any) -> cmd.CreateIntegration:
        return cmd.CreateIntegration(app_id=self.app_id, type=kind, **facts)

    def custom(self, *triggers: str, **facts: Any) -> cmd.CreateIntegration:
        """A custom integration with its one webhook."""
        hook = WebhookDraft(target="https://example.org/hook", triggers=triggers, **facts)
        return self.integration("custom", webhooks=(hook,))


class Town:
    """One app and whoever comes to it. A command takes effect at once, or raises `Refused`."""

    def __init__(self, settings: AppSettings = MULTI) -> None:
        self.clock = HandWound()
        self.house = House()
        self.happened: list[Event] = []
        self.due: list[tuple[Webhook, Event]] = []
        self.app_id = self.do(cmd.CreateApp(display_name="app", settings=settings)).id
        self.orders = Orders(self.app_id)

    def do(self, command: Command[Answer]) -> Answer:
        before = _picture(self.house)
        decision = decide(self.house, command, self.clock)
        assert _picture(self.house) == before, "deciding changes nothing; only evolving does"
        for event in decision.events:
            evolve(self.house, event)
            self.due += mirror.due(self.house, event)
        self.happened += decision.events
        if decision.refused is not None:
            raise Refused(decision.refused)
        answer: Answer = decision.answer
        return answer

    def refusal(self, command: Command[Any]) -> Problem | None:
        """Why a command is not taken; None where it is."""
        try:
            self.do(command)
        except Refused as refused:
            return refused.problem
        return None

    def last(self, kind: type[Happening]) -> Happening:
        """The newest event of a kind."""
        return next(it for it in reversed(self.happened) if isinstance(it, kind))

    # Who and what is there

    def user(self, name: str) -> str:
        """A user by external id, made if need be; gives the user's id."""
        known = self.house.find(self.orders.ref(name))
        return known.user.id if known else self.do(self.orders.user(name)).id

    def group(self, *names: str, **facts: Any) -> str:
        """A group of these users, made if need be; gives its id."""
        for name in names:
            self.user(name)
        return self.do(self.orders.group(*names, **facts)).conversation.id

    def personal(self, name: str, **facts: Any) -> str:
        self.user(name)
        return self.do(self.orders.personal(name, **facts)).conversation.id

    def file(self, **facts: Any) -> Attachment:
        """A picture that was uploaded and is not kept yet."""
        draft = Attachment(
            id="a" * 40,
            app_id=self.app_id,
            base="https://chat.example",
            name="cat.png",
            media_type="image/png",
            size=7,
            created_at=0,
        )
        return structs.replace(draft, **facts)

    def device(self, name: str, guid: str = "guid") -> Source:
        """A web device of a user, who is made if need be; gives the source its commands come from."""
        web = self.do(self.orders.integration())
        person = self.do(self.orders.connects(web.id, guid, external_id=name))
        return Source(type="web", integration_id=web.id, client=person.client, device=person.device(guid))

    def seated(self, room: str) -> Sequence[str]:
        """The external ids of those who sit in a room, in the order they joined."""
        held = self.house.room(self.app_id, room)
        return [self.house.guest(it.user_id).user.external_id or "" for it in held.participants]

    def unread(self, room: str, name: str) -> int:
        held = self.house.room(self.app_id, room)
        seat = held.seat(self.user(name))
        assert seat is not None
        return held.unread(seat)


def _picture(house: House) -> list[object]:
    """All that a house holds, as it is now; what it holds are values."""
    return [dict(it) if isinstance(it, dict) else it for it in vars(house).values()]


def concrete(kind: type[Value]) -> set[type[Any]]:
    """All the classes below one that have none below themselves, generic aliases aside."""
    below = {it for it in kind.__subclasses__() if it.__module__.startswith("gateway.")}
    return set().union(*(concrete(it) for it in below)) if below else {kind}
