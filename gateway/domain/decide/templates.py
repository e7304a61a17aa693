"""Decisions about templates."""

from msgspec import UNSET, structs

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.offices import changed
from gateway.domain.decide.wording import stored
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.model import MessageTemplate, Office
from gateway.domain.model.templates import TemplateContent
from gateway.domain.shorthand import calls_templates, in_template
from gateway.domain.value import Stamp


def create(house: House, command: cmd.CreateTemplate, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    if len(office.templates) >= limits.TEMPLATES:
        raise Refused(errors.TOO_MANY_TEMPLATES)
    _check_name(office, command.name)
    _check_content(office, command.content, stamp)
    template = MessageTemplate(
        id=stamp.new_id(), name=command.name, content=command.content, metadata=command.metadata or None
    )
    return changed(structs.replace(office, templates=(*office.templates, template)), stamp, template)


def update(house: House, command: cmd.UpdateTemplate, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    template = _template(office, command.template_id)
    if command.name is not UNSET:
        if command.name != template.name:
            _check_name(office, command.name)
        template = structs.replace(template, name=command.name)
    if command.content is not UNSET:
        _check_content(office, command.content, stamp)
        template = structs.replace(template, content=command.content, metadata=command.metadata or None)
    templates = tuple(template if it.id == template.id else it for it in office.templates)
    return changed(structs.replace(office, templates=templates), stamp, template)


def delete(house: House, command: cmd.DeleteTemplate, stamp: Stamp) -> Decision:
    office = house.office(command.app_id)
    gone = _template(office, command.template_id)
    return changed(structs.replace(office, templates=tuple(it for it in office.templates if it is not gone)), stamp)


def _template(office: Office, template_id: str) -> MessageTemplate:
    for template in office.templates:
        if template.id == template_id:
            return template
    raise Refused(errors.TEMPLATE_NOT_FOUND)


def _check_name(office: Office, name: str) -> None:
    if any(it.name == name for it in office.templates):
        raise Refused(errors.TEMPLATE_EXISTS)


def _check_content(office: Office, content: TemplateContent, stamp: Stamp) -> None:
    """What could not be said is refused when it is kept."""
    if calls_templates(content):
        raise Refused(errors.TEMPLATE_IN_TEMPLATE)
    for part in in_template(content):
        stored(part.content, office.app.settings, stamp)
