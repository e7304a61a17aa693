"""What a device may send at all: text frames of JSON, whole or in parts. Bad ones never touch the neighbours."""

import json

import pytest
from websockets.frames import Frame, Opcode

from gateway.domain.limits import FRAME_BYTES
from gateway.edge import sockets
from tests.house_under_test import Device, House
from tests.journeys.bare import Bare, masked

VIOLATION = (4505, "protocol violation", False)


@pytest.fixture(autouse=True)
def _short_goodbyes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stream is broken, no close can be heard: the gateway hangs up after a while."""
    monkeypatch.setattr(sockets, "LINGER_S", 0.1)


async def leaving(device: Device) -> tuple[int, str, bool]:
    said, code = await device.goodbye()
    assert said is not None
    assert said["code"] == code
    return code, said["reason"], said["comeBack"]


@pytest.mark.parametrize(
    "data",
    [
        masked(Opcode.BINARY, b'{"type":"ping","id":1}'),
        masked(Opcode.TEXT, b"\xff\xfe"),
        masked(Opcode.TEXT, b'{"type":"ping","id":"\xc3\x28"}'),
        masked(Opcode.CONT, b'{"type":"ping","id":1}'),
        masked(Opcode.TEXT, b'{"type":', fin=False) + masked(Opcode.TEXT, b'"ping","id":1}'),
        Frame(Opcode.TEXT, b'{"type":"ping","id":1}').serialize(mask=False),
        b"\x83\x80\x00\x00\x00\x00",
        b"\xf1\x80\x00\x00\x00\x00",
        masked(Opcode.PING, b"", fin=False),
        masked(Opcode.PING, bytes(126)),
        masked(Opcode.TEXT, b" " * (FRAME_BYTES + 1)),
        b"".join(masked(Opcode.CONT if it else Opcode.TEXT, bytes(FRAME_BYTES // 4), fin=False) for it in range(5)),
    ],
    ids=[
        "binary",
        "no UTF-8",
        "no UTF-8 inside a string",
        "a continuation of nothing",
        "a new message inside one",
        "unmasked",
        "an unknown opcode",
        "reserved bits",
        "a control frame in parts",
        "a long control frame",
        "too large",
        "too large in parts",
    ],
)
async def test_a_violation_of_the_protocol_ends_the_connection(house: House, data: bytes) -> None:
    neighbour, ann = await house.device("bob"), await house.device("ann")
    ann.socket.transport.write(data)
    assert await leaving(ann) == VIOLATION
    await neighbour.ask("ping")


async def test_nothing_is_said_after_the_goodbye(house: House) -> None:
    """However much more comes in, and however much there would be to hear."""
    room = await house.group("ann")
    async with Bare.plugged(house) as bare:
        await bare.say({"type": "hello", "id": 1, "device": {"guid": "g"}, "auth": {"jwt": house.token("ann")}})
        await bare.until("welcome")
        await bare.write(masked(Opcode.BINARY, b"x") * 50)
        await bare.until("goodbye")
        await bare.write(masked(Opcode.BINARY, b"x") * 50)
        await house.says(room, "more to hear")
        assert await bare.close_code() == 4505
        assert bare.raw.count(b'"goodbye"') == 1
        assert b"more to hear" not in bare.raw


async def test_the_largest_frame_is_taken(house: House) -> None:
    ann = await house.device("ann")
    frame = json.dumps({"type": "ping", "id": 1}).encode()
    await ann.socket.send((frame + b" " * (FRAME_BYTES - len(frame))).decode())
    assert await ann.answer(1) == {"type": "ok", "id": 1, "result": {}}


async def test_a_message_in_parts_is_one_message(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    text = "in parts, é across them"
    whole = json.dumps(
        {"type": "message:send", "id": 7, "conversationId": room, "content": {"type": "text", "text": text}},
        ensure_ascii=False,
    ).encode()
    parts = [whole[at : at + 3] for at in range(0, len(whole), 3)]
    for number, part in enumerate(parts):
        opcode = Opcode.CONT if number else Opcode.TEXT
        ann.socket.transport.write(masked(opcode, part, fin=part is parts[-1]))
        if number % 10 == 5:
            ann.socket.transport.write(masked(Opcode.PING, b"amid"))
    answer = await ann.answer(7)
    assert answer["result"]["message"]["content"]["text"] == text


async def test_a_ping_is_answered(house: House) -> None:
    ann = await house.device("ann")
    pong = await ann.socket.ping(b"are you there")
    assert await ann.ask("ping") == {"type": "ok", "id": 2, "result": {}}
    assert await pong >= 0


async def test_a_close_is_answered(house: House) -> None:
    ann = await house.device("ann")
    await ann.socket.close(1001)
    assert ann.socket.close_code == 1001


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[]", "object"),
        ('"ping"', "object"),
        ('{"id":1}', "type"),
        ('{"type":"fly","id":1}', "type"),
        ('{"type":"ping"}', "id"),
        ('{"type":"ping","id":null}', "id"),
        ('{"type":"ping","id":[1]}', "id"),
        ('{"type":"message:list","id":1}', "conversationId"),
        ('{"type":"message:list","id":1,"conversationId":7}', "conversationId"),
        ('{"type":"message:list","id":1,"conversationId":"c","limit":101}', "limit"),
        ('{"type":"message:list","id":1,"conversationId":"c","beforeSeq":1,"afterSeq":1}', "beforeSeq"),
        ('{"type":"message:send","id":1,"conversationId":"c","content":{"type":"text"}}', "content"),
        ('{"type":"message:send","id":1,"conversationId":"c","content":{"type":"tune"}}', "content"),
        ('{"type":"device:update","id":1,"state":"asleep"}', "state"),
        ('{"type":"user:update","id":1,"profile":{"givenName":7}}', "givenName"),
    ],
)
async def test_bad_input_is_refused_by_name_and_the_socket_lives_on(house: House, text: str, title: str) -> None:
    ann = await house.device("ann")
    await ann.socket.send(text)
    answer = await ann.frame()
    assert answer["type"] == "error"
    assert (answer["error"]["status"], answer["error"]["code"]) == (400, "bad_request")
    assert title in answer["error"]["title"]
    await ann.ask("ping")


async def test_an_id_may_be_any_string_or_number(house: House) -> None:
    ann = await house.device("ann")
    for frame_id in ("", "é", "x" * 200, 0, -1, 1.5, 1 << 60):
        await ann.socket.send(json.dumps({"type": "ping", "id": frame_id}))
        assert await ann.frame() == {"type": "ok", "id": frame_id, "result": {}}


async def test_unknown_fields_are_ignored(house: House) -> None:
    ann = await house.device("ann")
    answer = await ann.ask("ping", colour="blue", deep={"er": []})
    assert answer["result"] == {}


@pytest.mark.parametrize(
    "spoilt", [r'"\ud800"', r'"\u0000"', '"' + "\U0010ffff" * 40 + '"', r'"</script>\u2028"'], ids=str
)
async def test_an_odd_text_spoils_nothing(house: House, spoilt: str) -> None:
    """It is taken as it is, or refused; either way the next message is heard."""
    room = await house.group("ann", "bob")
    ann, bob = await house.device("ann"), await house.device("bob")
    content = f'{{"type":"text","text":{spoilt}}}'
    await ann.socket.send(f'{{"type":"message:send","id":"odd","conversationId":"{room}","content":{content}}}')
    answer = await ann.frame()
    taken = answer["type"] == "ok"
    assert taken or answer["error"]["status"] == 400
    await ann.sends(room, "next")
    heard = [(await bob.event("conversation:message")) for _ in range(1 + taken)]
    said = [it["event"]["payload"]["message"]["content"]["text"] for it in heard]
    assert said == ([json.loads(spoilt)] if taken else []) + ["next"]
    assert [it["content"]["text"] for it in await house.messages(room)] == said


async def test_commands_take_effect_in_the_order_sent(house: House) -> None:
    room = await house.group("ann")
    ann = await house.device("ann")
    ids = []
    for number in range(10):
        text = {"type": "text", "text": str(number)}
        ids.append(await ann.say("message:send", conversationId=room, content=text))
        ids.append(await ann.say("message:list", conversationId=room))
    answers = [(await ann.answer(it))["result"] for it in ids]
    listed = [[it["content"]["text"] for it in answer["messages"]] for answer in answers[1::2]]
    assert listed == [[str(it) for it in range(number + 1)] for number in range(10)]
