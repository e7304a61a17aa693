"""The SDK in Python: `Device` for those who chat, `Backend` for those who run the business."""

from clients.python.backend import Backend
from clients.python.backoff import Backoff
from clients.python.credentials import Session, user_token
from clients.python.device import Device, Page
from clients.python.errors import ApiError, Closed, Disconnected, Ended, Refused
from clients.python.events import Event, Heard, Inbox, Lost
from clients.python.goodbyes import Goodbye
from clients.python.positions import Positions
from clients.python.wire import Json

__all__ = [
    "ApiError",
    "Backend",
    "Backoff",
    "Closed",
    "Device",
    "Disconnected",
    "Ended",
    "Event",
    "Goodbye",
    "Heard",
    "Inbox",
    "Json",
    "Lost",
    "Page",
    "Positions",
    "Refused",
    "Session",
    "user_token",
]
