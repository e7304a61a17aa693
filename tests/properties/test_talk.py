"""Whatever devices say, however their lines break, whenever the gateway is killed: over real sockets, the laws hold."""

import asyncio
import itertools
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.effort import examples
from tests.house_under_test import House, Json
from tests.journeys.process import Gateway, new_app, serving, spoken_to
from tests.properties.talkers import Log, Talker, spoken, texts

pytestmark = pytest.mark.timeout(600)  # a failure is made small before it is shown

T = TypeVar("T")
NAMES = ("ann", "bob", "cyd")
ROOMS = 2
KILLS = 1  # in one example, at most
MORTAL = 5  # one in so many examples has a gateway that is killed
NONSENSE = ('{"type":"fly","id":0}', '{"type":"message:send","id":0}', "{", "[]", '{"type":"hello","id":0,"device":{}}')

names = st.sampled_from(NAMES)
talkers = st.integers(0, len(NAMES) * 2 - 1)
rooms = st.integers(0, ROOMS - 1)


class Stage:
    """A gateway in a process of its own, over all examples, and a loop to speak with it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._runner = asyncio.Runner()
        self._life = AsyncExitStack()
        self._lines = AsyncExitStack()
        self._port = "0"
        self.gateway: Gateway
        self.house: House
        self.people = itertools.count()

    def run(self, doing: Awaitable[T]) -> T:
        async def within() -> T:
            return await doing

        return self._runner.run(within())

    async def open(self) -> None:
        credentials = await new_app(self._data)
        await self.start()
        self.house = await self._lines.enter_async_context(spoken_to(self.gateway.url, credentials))

    async def start(self) -> None:
        settings = {"port": self._port, "commands_per_second": "100000"}
        self.gateway = await self._life.enter_async_context(serving(self._data, **settings))
        self._port = (await self.gateway.ready()).rpartition(":")[2]

    async def kill(self) -> None:
        self.gateway.process.kill()
        await self._life.aclose()

    def close(self) -> None:
        self.run(self._lines.aclose())
        self.run(self._life.aclose())
        self._runner.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "data")
    try:
        stage.run(stage.open())
        yield stage
    finally:
        stage.close()


class Talk(RuleBasedStateMachine):
    """Three people with two devices each, in two groups; what was acknowledged, and what never was."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.house = self.stage.house
        self.author: dict[str, str] = {}
        self.log = Log()
        self.texts = texts()
        self.said: dict[str, dict[str, Json]] = {}
        self.unsure: list[tuple[str, str, str]] = []  # who, where, what
        self.kills = 0

    @initialize(mortal=st.integers(1, MORTAL))
    def gather(self, mortal: int) -> None:
        self.mortal = mortal == MORTAL
        example = next(self.stage.people)
        self.name = {it: f"{it}{example}" for it in NAMES}
        self.talkers = [Talker(self.name[it], f"{it} {guid}", self.log) for it in NAMES for guid in range(2)]
        self.rooms = [self.stage.run(self.house.group(*self.name.values())) for _ in range(ROOMS)]
        self.seats = {room: set(self.name.values()) for room in self.rooms}
        self.left: dict[str, set[str]] = {name: set() for name in self.name.values()}
        self.said = {room: {} for room in self.rooms}

    def teardown(self) -> None:
        if self.said:  # it has begun
            event(f"killed {self.kills} times")
            self.stage.run(self._all_is_told())

    # Lines

    @rule(at=talkers)
    def comes(self, at: int) -> None:
        self.stage.run(self._comes(self.talkers[at]))

    @rule(at=talkers)
    def is_cut(self, at: int) -> None:
        self.stage.run(self.talkers[at].cut())

    @rule(at=talkers)
    def closes(self, at: int) -> None:
        self.stage.run(self.talkers[at].close())

    async def _comes(self, talker: Talker) -> None:
        """A device that is online already replaces its own line; what came over the old one late is lost with it."""
        await talker.cut()
        seats = {room for room, seated in self.seats.items() if talker.name in seated}
        await talker.come(self.house, seats, self.left[talker.name])

    # Words

    @rule(at=talkers, room=rooms, count=st.integers(1, 5))
    def says(self, at: int, room: int, count: int) -> None:
        self.stage.run(self._says(self.talkers[at], self.rooms[room], count))

    async def _says(self, talker: Talker, room: str, count: int) -> None:
        if not talker.online:
            await self._comes(talker)
        sent = [
            (text, await talker.say("message:send", **spoken(room, text)))
            for text in itertools.islice(self.texts, count)
        ]
        for text, frame_id in sent:
            self._answered(talker, room, text, await talker.answer(frame_id))

    def _answered(self, talker: Talker, room: str, text: str, answer: Json) -> None:
        if talker.name in self.seats[room]:
            assert answer["type"] == "ok", answer
            self.author[text] = talker.name
            first = self.said[room].setdefault(text, answer["result"])
            assert (first["message"], first["seq"]) == (answer["result"]["message"], answer["result"]["seq"])
        else:
            assert answer["error"]["status"] == 404, answer

    @rule(at=st.sets(talkers, min_size=2), room=rooms, coming=st.none() | talkers)
    def several_speak_at_once_while_one_comes(self, at: set[int], room: int, coming: int | None) -> None:
        async def together() -> None:
            async with asyncio.TaskGroup() as tasks:
                for it in at - {coming}:
                    tasks.create_task(self._says(self.talkers[it], self.rooms[room], 3))
                if coming is not None:
                    tasks.create_task(self._comes(self.talkers[coming]))

        self.stage.run(together())

    @rule(at=talkers, room=rooms, count=st.integers(1, 5))
    def is_cut_before_the_answer(self, at: int, room: int, count: int) -> None:
        self.stage.run(self._blurts(self.talkers[at], self.rooms[room], count, cut=True))

    async def _blurts(self, talker: Talker, room: str, count: int, *, cut: bool) -> None:
        if not talker.online:
            await self._comes(talker)
        for text in itertools.islice(self.texts, count):
            await talker.say("message:send", **spoken(room, text))
            self.unsure.append((talker.name, room, text))
        if cut:
            await talker.cut()

    @precondition(lambda self: self.unsure)
    @rule(data=st.data())
    def says_again_what_was_never_answered(self, data: st.DataObject) -> None:
        name, room, text = data.draw(st.sampled_from(self.unsure))
        talker = next(it for it in self.talkers if it.name == name)
        if name in self.seats[room]:
            self.stage.run(self._repeats(talker, room, text))
            self.unsure.remove((name, room, text))

    @precondition(lambda self: any(self.said.values()))
    @rule(data=st.data())
    def says_again_what_was_answered(self, data: st.DataObject) -> None:
        room = data.draw(st.sampled_from([it for it in self.rooms if self.said[it]]))
        text = data.draw(st.sampled_from(sorted(self.said[room])))
        author = self.author[text]
        if author in self.seats[room]:
            talker = next(it for it in self.talkers if it.name == author)
            answer = self.stage.run(self._repeats(talker, room, text))
            assert answer["result"]["duplicate"] is True

    async def _repeats(self, talker: Talker, room: str, text: str) -> Json:
        if not talker.online:
            await self._comes(talker)
        answer = await talker.ask("message:send", **spoken(room, text))
        self._answered(talker, room, text, answer)
        return answer

    @rule(at=talkers, room=rooms, kind=st.sampled_from(["conversation:read", "typing:start", "typing:stop"]))
    def reads_or_types(self, at: int, room: int, kind: str) -> None:
        talker, where = self.talkers[at], self.rooms[room]
        if talker.online:
            answer = self.stage.run(talker.ask(kind, conversationId=where))
            assert answer["type"] == ("ok" if talker.name in self.seats[where] else "error"), answer
            assert kind != "conversation:read" or answer.get("result", {}).get("unreadCount", 0) == 0

    @rule(at=talkers, text=st.sampled_from(NONSENSE))
    def says_nonsense(self, at: int, text: str) -> None:
        async def nonsense(talker: Talker) -> None:
            await talker.raw(text)
            assert (await talker.ask("ping"))["type"] == "ok"

        if self.talkers[at].online:
            self.stage.run(nonsense(self.talkers[at]))

    # Seats

    @rule(name=names, room=rooms)
    def leaves_or_joins(self, name: str, room: int) -> None:
        self.stage.run(self._moves(self.name[name], self.rooms[room]))

    async def _moves(self, name: str, room: str) -> None:
        if name not in self.seats[room]:
            assert (await self.house.joins(name, room)).status == 201
            self.seats[room].add(name)
        elif len(self.seats[room]) > 1:
            assert (await self.house.leaves(name, room)).status == 200
            self.seats[room].remove(name)
            self.left[name].add(room)

    # Deaths

    @precondition(lambda self: self.mortal and self.kills < KILLS)
    @rule(at=st.sets(talkers), room=rooms)
    def is_killed_amid_the_talk(self, at: set[int], room: int) -> None:
        self.kills += 1
        self.stage.run(self._dies([self.talkers[it] for it in sorted(at)], self.rooms[room]))

    async def _dies(self, speaking: list[Talker], room: str) -> None:
        for talker in speaking:
            if talker.online:
                await self._blurts(talker, room, 3, cut=False)
        await self.stage.kill()
        for talker in self.talkers:
            await talker.cut()
        await self.stage.start()

    # What has to be so

    @rule(at=talkers)
    def hears_what_there_is(self, at: int) -> None:
        if self.talkers[at].online:
            self.stage.run(self._hears_all(self.talkers[at]))

    async def _hears_all(self, talker: Talker) -> None:
        for room, seated in self.seats.items():
            answer = await talker.ask("conversation:get", conversationId=room)
            if talker.name in seated:
                await talker.up_to(room, answer["result"]["seq"])
            else:
                assert answer["error"]["status"] == 404

    async def _all_is_told(self) -> None:
        for talker in self.talkers:
            if not talker.online:
                await self._comes(talker)
            await self._hears_all(talker)
        for room in self.rooms:
            await self._is_kept(room)
        for talker in self.talkers:
            await talker.close()

    async def _is_kept(self, room: str) -> None:
        """Laws 1 to 3: all that was acknowledged is there, once, in the order in which it was told."""
        stored = await self.house.history(room)
        ids, kept = [it["id"] for it in stored], [it["content"]["text"] for it in stored]
        assert len(set(kept)) == len(kept)
        unsure = {text for _, where, text in self.unsure if where == room}
        assert set(self.said[room]) <= set(kept) <= set(self.said[room]) | unsure
        answered = {it["seq"]: it["message"]["id"] for it in self.said[room].values()}
        known = answered | self.log.messages(room)
        assert answered.items() <= known.items()
        assert [known[seq] for seq in sorted(known)] == [it for it in ids if it in set(known.values())]


@pytest.mark.slow
def test_whatever_is_said_is_kept_once_and_told_in_order(stage: Stage) -> None:
    Talk.stage = stage
    run_state_machine_as_test(
        Talk,
        settings=settings(max_examples=examples(20), stateful_step_count=25, deadline=None, print_blob=False),
    )
