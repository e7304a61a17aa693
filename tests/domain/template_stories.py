"""What is refused of templates, and of what shorthand would make."""

from typing import Any, Final

from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain.commands import Command
from gateway.domain.content import Image, Text
from gateway.domain.model import MessageTemplate
from tests.domain.town import NOBODY, Town


def keeps(town: Town, name: str, text: str = "Hello", **facts: Any) -> MessageTemplate:
    """The app keeps a template that says `text`."""
    return town.do(creates(town, name, text, **facts))


def creates(town: Town, name: str, text: str = "Hello", **facts: Any) -> cmd.CreateTemplate:
    return cmd.CreateTemplate(app_id=town.app_id, name=name, **{"content": Text(text=text), **facts})


def renames(town: Town, template_id: str, name: str) -> cmd.UpdateTemplate:
    return cmd.UpdateTemplate(app_id=town.app_id, template_id=template_id, name=name)


def _twice(town: Town) -> Command[Any]:
    keeps(town, "hello")
    return creates(town, "hello", "Other words")


def _renamed_to_another(town: Town) -> Command[Any]:
    keeps(town, "hello")
    return renames(town, keeps(town, "bye").id, "hello")


def _one_more(town: Town) -> Command[Any]:
    for number in range(limits.TEMPLATES):
        keeps(town, f"t{number}")
    return creates(town, "late")


def _changed_to_call(town: Town) -> Command[Any]:
    content = Text(text="%((template:hello))%")
    return cmd.UpdateTemplate(app_id=town.app_id, template_id=keeps(town, "hello").id, content=content)


def _says(town: Town, text: str, **facts: Any) -> Command[Any]:
    keeps(town, "a")
    return town.orders.posts(town.group("ann"), Text(text=text, **facts))


STORIES: Final = [
    (errors.TEMPLATE_EXISTS, "a name twice", _twice),
    (errors.TEMPLATE_EXISTS, "renamed to another's name", _renamed_to_another),
    (errors.TOO_MANY_TEMPLATES, "one template more", _one_more),
    (errors.TEMPLATE_NOT_FOUND, "to change", lambda t: renames(t, NOBODY, "a")),
    (
        errors.TEMPLATE_NOT_FOUND,
        "to delete",
        lambda t: cmd.DeleteTemplate(app_id=t.app_id, template_id=NOBODY),
    ),
    (errors.TEMPLATE_IN_TEMPLATE, "one calls another", lambda t: creates(t, "b", "%((template:a))%")),
    (
        errors.TEMPLATE_IN_TEMPLATE,
        "a picture's words call one",
        lambda t: creates(t, "b", content=Image(media_url="https://e.x/a", text="%((template:a))%")),
    ),
    (errors.TEMPLATE_IN_TEMPLATE, "one comes to call another", _changed_to_call),
    (
        errors.DIFFERENT_TEMPLATES,
        "one form calls, the other does not",
        lambda t: _says(t, "%((template:a))%", html_text="hi"),
    ),
    (errors.NO_FALLBACK, "WhatsApp without a fallback", lambda t: _says(t, "&((template=[[b]] language=[[en]]))&")),
    (errors.TOO_MUCH_SHORTHAND, "one message more", lambda t: _says(t, "%((template:a))%" * 21)),
    (
        errors.INTEGRATION_NOT_FOUND,
        "a menu of no integration",
        lambda t: cmd.DeleteMenu(app_id=t.app_id, integration_id=NOBODY),
    ),
]
