"""The moving parts together, as both doors of the house use them."""

from collections.abc import Callable
from typing import NamedTuple

from gateway.flow.admission import Admission
from gateway.flow.annals import Annals
from gateway.flow.attachments import Attachments
from gateway.flow.corridor import Corridor
from gateway.flow.deliver import Deliverer
from gateway.flow.hub import Hub
from gateway.flow.identity import Identity
from gateway.flow.lobby import Lobby
from gateway.flow.loops import Tasks
from gateway.flow.meter import Meter
from gateway.flow.porch import Porch
from gateway.flow.purge import Purge
from gateway.flow.queries import Queries
from gateway.flow.registry import Registry
from gateway.flow.repairs import Repairs
from gateway.flow.sweeper import Sweeper
from gateway.flow.typing import Typists
from gateway.ports import Dice, Now, Store


class Flow(NamedTuple):
    store: Store
    corridor: Corridor
    lobby: Lobby
    hub: Hub
    annals: Annals
    registry: Registry
    identity: Identity
    queries: Queries
    typists: Typists
    deliverer: Deliverer
    repairs: Repairs
    attachments: Attachments
    purge: Purge
    sweeper: Sweeper
    admission: Admission
    porch: Porch
    tasks: Tasks
    meter: Meter
    now: Now
    dice: Dice
    new_secret: Callable[[], str]
    commands_per_second: int
