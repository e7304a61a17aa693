"""What a guest says, and how it reads the answers without decoding them.

The gateway writes compact JSON with its keys in one order, so that most frames can be read at known places;
a frame of any other shape is decoded as JSON. The text of a message begins with the time it was sent.
"""

from __future__ import annotations

from typing import Final

STAMP: Final = b'"text":"@'  # then sixteen hex digits: nanoseconds of the machine's monotonic clock
STAMP_DIGITS: Final = 16
OK: Final = b'{"type":"ok","id":'
EVENT: Final = b'{"type":"event",'
SEQ: Final = b'"seq":'


def event_head(conversation_id: str) -> bytes:
    """How every durable event of a conversation begins, up to its `seq`."""
    return b'{"type":"event","conversationId":"%s","seq":' % conversation_id.encode()


def message(number: int, conversation_id: str, sender: str, sent_ns: int, filler: str) -> bytes:
    """A `message:send` command whose text holds the time."""
    return (
        b'{"type":"message:send","id":%d,"conversationId":"%s","clientMessageId":"%s-%d",'
        b'"content":{"type":"text","text":"@%016x%s"}}'
        % (number, conversation_id.encode(), sender.encode(), number, sent_ns, filler.encode())
    )


def stamp(data: bytes, start: int, stop: int) -> int | None:
    """The time in the text of a message, in nanoseconds; `None` when there is none."""
    at = data.find(STAMP, start, stop)
    return int(data[at + len(STAMP) : at + len(STAMP) + STAMP_DIGITS], 16) if at >= 0 else None


def answered(data: bytes, start: int) -> int:
    """The `id` in an `ok`."""
    at = start + len(OK)
    return int(data[at : data.index(b",", at)])


def answered_seq(data: bytes, start: int, stop: int) -> int:
    """The `seq` at the end of an `ok` to `message:send`; 0 when there is none."""
    at = data.rfind(SEQ, start, stop)
    return int(data[at + len(SEQ) : stop].split(b"}", 1)[0].split(b",", 1)[0]) if at >= 0 else 0
