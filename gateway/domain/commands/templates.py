"""What is asked about templates."""

from msgspec import UNSET, UnsetType

from gateway.domain.commands.command import Command
from gateway.domain.model import MessageTemplate, Metadata
from gateway.domain.model.templates import TemplateContent


class CreateTemplate(Command[MessageTemplate], kw_only=True):
    name: str
    content: TemplateContent
    metadata: Metadata | None = None


class UpdateTemplate(Command[MessageTemplate], kw_only=True):
    """A new `content` comes with metadata of its own, or has none."""

    template_id: str
    name: str | UnsetType = UNSET
    content: TemplateContent | UnsetType = UNSET
    metadata: Metadata | None = None


class DeleteTemplate(Command[None], kw_only=True):
    template_id: str
