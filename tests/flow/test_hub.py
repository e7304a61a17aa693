"""The hub: rendered once, handed to those it is for, and to nobody else."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import orjson
import pytest
from msgspec import structs

from gateway.domain import events as ev
from gateway.domain import goodbyes
from gateway.domain.goodbyes import Goodbye
from gateway.flow.annals import Annals
from gateway.flow.hub import Heard, Hub
from gateway.flow.meter import Meter
from gateway.flow.receipts import Pushed
from gateway.wire import socket
from tests.domain.story import first

NO_STORE: Any = None  # nobody comes back
APP = first(ev.MessagePosted).app_id


class Ear:
    """A device's end of the hub."""

    def __init__(self, user_id: str, app_id: str = APP, integration_id: str = "web", key_id: str | None = None) -> None:
        self.user_id = user_id
        self.app_id = app_id
        self.integration_id = integration_id
        self.key_id = key_id
        self.heard: list[Heard] = []
        self.frames: list[bytes] = []
        self.places: list[tuple[str | None, int]] = []
        self.goodbyes: list[Goodbye] = []
        self.expected: list[Pushed] = []
        self.merges: list[ev.UserMerged] = []

    def hear(self, heard: Heard) -> None:
        assert heard.together == b"".join(frame for frame, _ in heard.frames)
        self.heard.append(heard)
        self.frames += [frame for frame, _ in heard.frames]
        self.places += [(heard.conversation_id, seq) for _, seq in heard.frames]

    def expect(self, pushed: Pushed) -> None:
        self.expected.append(pushed)

    def forget(self) -> None: ...

    def merged(self, event: ev.UserMerged) -> None:
        self.merges.append(event)

    def dismiss(self, goodbye: Goodbye) -> None:
        self.goodbyes.append(goodbye)

    def clock_was_set(self, by_ms: int) -> None: ...


@pytest.fixture
def hub() -> Hub:
    return Hub(Meter(perf_counter), Annals(NO_STORE))


def there(hub: Hub, *users: str, **facts: Any) -> Sequence[Ear]:
    ears = [Ear(user, **facts) for user in users]
    for ear in ears:
        hub.join(ear)
    return ears


def to(event: ev.Event, *users: str) -> ev.Event:
    return structs.replace(event, audience=users)


def test_a_message_is_rendered_once_for_all_devices(hub: Hub) -> None:
    """The very same bytes, not equal ones."""
    said = first(ev.MessagePosted)
    ears = there(hub, "ann", "ann", "bob")
    hub.hear([to(said, "ann", "bob")])
    expected = socket.say(said)
    assert expected is not None
    assert [it.frames for it in ears] == [[expected.to_all]] * 3
    assert len({id(it.frames[0]) for it in ears}) == 1
    assert ears[0].places == [(said.conversation.id, said.seq)]


def test_only_the_audience_hears(hub: Hub) -> None:
    ann, bob = there(hub, "ann", "bob")
    hub.hear([to(first(ev.MessagePosted), "bob"), to(first(ev.HasRead), "cat"), to(first(ev.Typing))])
    assert ann.frames == []
    assert len(bob.frames) == 1


def test_events_are_heard_in_order(hub: Hub) -> None:
    (ann,) = there(hub, "ann")
    events = [first(ev.ConversationCreated), first(ev.MessagePosted), first(ev.HasRead)]
    hub.hear([to(it, "ann") for it in events])
    assert [seq for _, seq in ann.places] == [it.seq for it in events]


def test_whoever_joins_hears_more_than_the_others(hub: Hub) -> None:
    joined = first(ev.Joined)
    own, other, another = there(hub, joined.user.id, "ann", "bob")
    hub.hear([to(joined, "ann", joined.user.id, "bob")])
    assert len(own.frames[0]) > len(other.frames[0])
    assert other.frames[0] is another.frames[0]
    assert b"participants" in own.frames[0]
    assert b'"participants"' not in other.frames[0]


def test_what_has_no_place_is_heard_without_one(hub: Hub) -> None:
    (ann,) = there(hub, "ann")
    hub.hear([to(first(ev.Typing), "ann"), to(first(ev.UserUpdated), "ann")])
    assert ann.places == [(first(ev.Typing).conversation.id, 0), (None, 0)]


def test_what_devices_are_not_told_is_not_told(hub: Hub) -> None:
    (ann,) = there(hub, "ann")
    hub.hear([to(first(ev.Pressed), "ann"), to(first(ev.ClientAdded), "ann"), to(first(ev.DeviceSeen), "ann")])
    assert ann.frames == []


def test_whoever_left_hears_nothing_more(hub: Hub) -> None:
    ann, second = there(hub, "ann", "ann")
    hub.leave(ann)
    hub.leave(ann)
    hub.hear([to(first(ev.MessagePosted), "ann")])
    assert (len(ann.frames), len(second.frames)) == (0, 1)
    assert (len(hub), hub.of("ann")) == (1, (second,))
    hub.leave(second)
    assert (len(hub), hub.of("ann"), list(hub.everyone())) == (0, (), [])


def test_whoever_was_never_there_can_leave(hub: Hub) -> None:
    hub.leave(Ear("ann"))
    assert len(hub) == 0


def test_a_device_can_leave_while_it_hears(hub: Hub) -> None:
    """Its socket may break at that very moment."""

    class Hasty(Ear):
        def dismiss(self, goodbye: Goodbye) -> None:
            super().dismiss(goodbye)
            hub.leave(self)

    gone = first(ev.UserRemoved)
    ears = [Hasty(gone.user.id), Hasty(gone.user.id)]
    for ear in ears:
        hub.join(ear)
    hub.hear([gone])
    assert [it.goodbyes for it in ears] == [[goodbyes.REVOKED]] * 2
    assert len(hub) == 0


@pytest.mark.parametrize(
    ("event", "goodbye", "sent_away"),
    [
        (first(ev.UserRemoved), goodbyes.REVOKED, {"user"}),
        (first(ev.KeyRevoked), goodbyes.REVOKED, {"key"}),
        (first(ev.IntegrationRemoved), goodbyes.UNKNOWN_INTEGRATION, {"integration"}),
        (first(ev.AppRemoved), goodbyes.UNKNOWN_INTEGRATION, {"user", "key", "integration", "none"}),
        (first(ev.MessagePosted), None, set()),
        (first(ev.OfficeChanged), None, set()),
    ],
    ids=lambda it: type(it).__name__,
)
def test_whom_an_event_sends_away(hub: Hub, event: ev.Event, goodbye: Goodbye | None, sent_away: set[str]) -> None:
    ears = {
        "user": Ear(first(ev.UserRemoved).user.id),
        "key": Ear("ann", key_id=first(ev.KeyRevoked).key_id),
        "integration": Ear("ann", integration_id=first(ev.IntegrationRemoved).integration_id),
        "none": Ear("ann", key_id="another"),
        "elsewhere": Ear(
            "ann",
            app_id="another",
            integration_id=first(ev.IntegrationRemoved).integration_id,
            key_id=first(ev.KeyRevoked).key_id,
        ),
    }
    for ear in ears.values():
        hub.join(ear)
    hub.hear([event])
    assert {name for name, ear in ears.items() if ear.goodbyes} == sent_away
    assert all(ears[name].goodbyes == [goodbye] for name in sent_away)


def test_who_is_removed_hears_so_before_being_sent_away(hub: Hub) -> None:
    """Leaving a room comes first, then goodbye."""
    gone = first(ev.UserRemoved)
    (ann,) = there(hub, gone.user.id)
    hub.hear([to(first(ev.Left), gone.user.id), gone])
    assert orjson.loads(ann.frames[0][4:])["event"]["type"] == "conversation:leave"
    assert ann.goodbyes == [goodbyes.REVOKED]


def test_receipts_are_expected_where_they_are_wanted_and_not_of_the_author(hub: Hub) -> None:
    said = first(ev.MessagePosted)
    author, other = said.audience[0], said.audience[1]
    ears = [Ear(author), Ear(other), Ear(other)]
    for ear in ears:
        hub.join(ear)
    message = structs.replace(said.message, author=structs.replace(said.message.author, user_id=author))
    posted = structs.replace(said, receipts=False, message=message)
    hub.hear((posted,))
    assert [it.expected for it in ears] == [[], [], []]
    hub.hear((structs.replace(posted, receipts=True),))
    pushed = Pushed(posted.conversation.id, posted.seq, posted.message.id)
    assert [it.expected for it in ears] == [[], [pushed], [pushed]]


def test_the_discarded_ones_devices_learn_of_a_merge_and_the_survivors_hear_of_it(hub: Hub) -> None:
    event = first(ev.UserMerged)
    ann, bob, cat = there(hub, event.user.id, event.discarded.id, "cat")
    hub.hear([event])
    assert [len(it.frames) for it in (ann, bob, cat)] == [1, 0, 0]
    assert [it.merges for it in (ann, bob, cat)] == [[], [event], []]


def test_what_is_said_in_a_conversation_goes_out_as_one(hub: Hub) -> None:
    """In the order it was said, whatever is said elsewhere in between; anything else ends it."""
    said, read = to(first(ev.MessagePosted), "ann", "bob"), to(first(ev.HasRead), "ann", "bob")
    assert isinstance(said, ev.MessagePosted)
    assert isinstance(read, ev.HasRead)
    said = structs.replace(said, receipts=False)
    here = [structs.replace(said, seq=seq) for seq in (1, 2, 3)]
    elsewhere = structs.replace(said, conversation=structs.replace(said.conversation, id="elsewhere"))
    ann, bob = there(hub, "ann", "bob")
    hub.hear([here[0], elsewhere, here[1], read, here[2]])
    room = said.conversation.id
    assert [(it.conversation_id, len(it.frames)) for it in ann.heard] == [
        (room, 2),
        ("elsewhere", 1),
        (read.conversation.id, 1),
        (room, 1),
    ]
    assert [seq for place, seq in ann.places if place == room and seq in (1, 2, 3)] == [1, 2, 3]
    assert ann.heard == bob.heard


def test_those_who_came_meanwhile_hear_only_what_was_said_to_them(hub: Hub) -> None:
    said = to(first(ev.MessagePosted), "ann")
    ann, bob = there(hub, "ann", "bob")
    hub.hear([said, structs.replace(said, audience=("ann", "bob")), said])
    assert (len(ann.frames), len(bob.frames)) == (3, 1)
