"""Decisions about an app's switchboard and the integrations in it."""

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import changed
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import Integration, Office, Switchboard, SwitchboardIntegration
from gateway.domain.value import Stamp


def create(house: House, command: cmd.CreateSwitchboard, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    if office.switchboard is not None:
        raise Refused(errors.ONE_SWITCHBOARD)
    return _changed(office, Switchboard(id=stamp.new_id()), stamp)


def update(house: House, command: cmd.UpdateSwitchboard, stamp: Stamp) -> Decision:
    office, board = _board(house, command.app_id, command.switchboard_id)
    if command.default_id is not UNSET:
        if command.default_id is not None:
            _place(board, command.default_id)
        board = structs.replace(board, default_id=command.default_id)
    if command.enabled is not UNSET:
        board = structs.replace(board, enabled=command.enabled)
    if board.enabled and board.default_id is None:
        raise Refused(errors.ENABLED_WITHOUT_DEFAULT)
    return _changed(office, board, stamp)


def delete(house: House, command: cmd.DeleteSwitchboard, stamp: Stamp) -> Decision:
    office, _ = _board(house, command.app_id, command.switchboard_id)
    return changed(structs.replace(office, switchboard=None), stamp)


def create_integration(house: House, command: cmd.CreateSwitchboardIntegration, stamp: Stamp) -> Decision:
    office, board = _board(house, command.app_id, command.switchboard_id)
    if len(board.integrations) >= limits.SWITCHBOARD_INTEGRATIONS:
        raise Refused(errors.TOO_MANY_SWITCHBOARD_INTEGRATIONS)
    linked = _linked(office, command.integration_id, command.integration_type)
    if command.next_id is not None:
        _place(board, command.next_id)
    place = SwitchboardIntegration(
        id=stamp.new_id(),
        name=command.name,
        integration_id=linked.id,
        integration_type=linked.type,
        deliver_standby_events=command.deliver_standby_events,
        next_id=command.next_id,
        message_history_count=command.message_history_count,
    )
    board = structs.replace(board, integrations=(*board.integrations, place))
    return structs.replace(_changed(office, board, stamp), answer=place)


def update_integration(house: House, command: cmd.UpdateSwitchboardIntegration, stamp: Stamp) -> Decision:
    office, board = _board(house, command.app_id, command.switchboard_id)
    place = _place(board, command.switchboard_integration_id)
    named = ("name", "deliver_standby_events", "next_id", "message_history_count")
    place = structs.replace(place, **{name: value for name in named if (value := getattr(command, name)) is not UNSET})
    if command.next_id == place.id:
        raise Refused(errors.NEXT_IS_ANOTHER)
    if command.next_id is not UNSET and command.next_id is not None:
        _place(board, command.next_id)
    if command.integration_id is not None or command.integration_type is not None:
        linked = _linked(office, command.integration_id, command.integration_type)
        place = structs.replace(place, integration_id=linked.id, integration_type=linked.type)
    places = tuple(place if it.id == place.id else it for it in board.integrations)
    return structs.replace(_changed(office, structs.replace(board, integrations=places), stamp), answer=place)


def delete_integration(house: House, command: cmd.DeleteSwitchboardIntegration, stamp: Stamp) -> Decision:
    office, board = _board(house, command.app_id, command.switchboard_id)
    place = _place(board, command.switchboard_integration_id)
    return structs.replace(_changed(office, _without(board, place), stamp), answer=None)


def unlinked(office: Office, integration_id: str) -> Office:
    """The office once an integration is to go: its places go too; raises `Refused` where they are needed."""
    board = office.switchboard
    if board is not None:
        for place in board.integrations:
            if place.integration_id == integration_id:
                board = _without(board, place)
    return structs.replace(office, switchboard=board)


def withdrawn(office: Office, integration_id: str) -> Office:
    """The office once an integration goes of its own accord: without a default the switchboard is off."""
    board = office.switchboard
    if board is None:
        return office
    gone = {it.id for it in board.integrations if it.integration_id == integration_id}
    places = tuple(
        structs.replace(it, next_id=None) if it.next_id in gone else it
        for it in board.integrations
        if it.id not in gone
    )
    board = structs.replace(board, integrations=places)
    if board.default_id in gone:
        board = structs.replace(board, default_id=None, enabled=False)
    return structs.replace(office, switchboard=board)


def _without(board: Switchboard, gone: SwitchboardIntegration) -> Switchboard:
    if gone.id == board.default_id:
        raise Refused(errors.DEFAULT_RESPONDER_STAYS)
    if any(it.next_id == gone.id for it in board.integrations):
        raise Refused(errors.NEXT_STAYS)
    return structs.replace(board, integrations=tuple(it for it in board.integrations if it.id != gone.id))


def _board(house: House, app_id: str, switchboard_id: str) -> tuple[Office, Switchboard]:
    office = house.office(app_id)
    if office.switchboard is None or office.switchboard.id != switchboard_id:
        raise Refused(errors.SWITCHBOARD_NOT_FOUND)
    return office, office.switchboard


def _place(board: Switchboard, place_id: str) -> SwitchboardIntegration:
    place = board.integration(place_id)
    if place is None:
        raise Refused(errors.SWITCHBOARD_INTEGRATION_NOT_FOUND)
    return place


def _linked(office: Office, integration_id: str | None, integration_type: str | None) -> Integration:
    """The integration that is named, by id or as the only one of its type."""
    if integration_id is not None:
        found = [it for it in office.integrations if it.id == integration_id]
    else:
        found = [it for it in office.integrations if it.type == integration_type]
    if not found:
        raise Refused(errors.INTEGRATION_NOT_FOUND)
    if len(found) > 1:
        raise Refused(errors.AMBIGUOUS_INTEGRATION_TYPE)
    if not found[0].by_webhooks:
        raise Refused(errors.NOT_FOR_SWITCHBOARDS)
    return found[0]


def _changed(office: Office, board: Switchboard, stamp: Stamp) -> Decision:
    return changed(structs.replace(office, switchboard=board), stamp, board)
