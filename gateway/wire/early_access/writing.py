"""What writers of the early access may send, put as it is said by now. Raises `Refused` where old and new differ."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gateway.domain import errors
from gateway.domain.errors import Refused
from gateway.domain.model import Office, Webhook
from gateway.wire import v2
from gateway.wire.early_access.reading import AT_ROOT, ROLES
from gateway.wire.v2 import Json

TYPES: Final = {role: kind for kind, role in ROLES.items()}
NO_PARTS: Final = ("id", "version", "secret")  # of a webhook that can be changed


class Where(NamedTuple):
    """Of which app's what: `parts` are those of the path."""

    office: Office
    parts: Mapping[str, str]

    @property
    def webhook(self) -> Webhook | None:
        """The one that the integration in the path shows."""
        return first_webhook(self.office, self.parts["integrationId"])


def first_webhook(office: Office, integration_id: str) -> Webhook | None:
    integration = office.integration(integration_id)
    return integration.webhooks[0] if integration and integration.webhooks else None


def webhook_id(office: Office, named: str) -> str:
    """A webhook's id was its integration's."""
    webhook = first_webhook(office, named)
    return webhook.id if webhook else named


def author(body: Json, _: Where) -> None:
    _spoken_by(body)


def author_of_question(body: Json, _: Where) -> None:
    _spoken_by(_inside(_inside(body, "confirmation"), "message"))


def _spoken_by(said: Json) -> None:
    it = _inside(said, "author")
    if isinstance(it.get("role"), str):
        it["role"] = TYPES.get(it["role"], it["role"])
    _moved("author.", it, "role", "type")
    _moved("author.", it, "name", "displayName")


def profile(body: Json, _: Where) -> None:
    for name in [it for it in AT_ROOT if it in body]:
        said = body.pop(name)
        now = body["profile"] if body.get("profile") is not None else {}
        if not isinstance(now, dict):
            return  # to be refused for what it is
        if now.get(name, said) != said:
            raise Refused(errors.disagreeing(name, f"profile.{name}"))
        body["profile"] = {**now, name: said}


def key_name(body: Json, _: Where) -> None:
    _moved("", body, "name", "displayName")


def one_webhook(body: Json, _: Where) -> None:
    if body.get("webhook") is not None:
        body["webhook"] = [body["webhook"]]
        _moved("", body, "webhook", "webhooks")


def webhook_of_integration(body: Json, where: Where) -> None:
    """`webhook` is what changes of the webhook: what says what is there already does not."""
    it = where.webhook
    if it is None:
        return
    there = {**v2.webhook(it), "triggers": list(it.triggers)}
    former = {**there, "id": it.integration_id}
    changes: Json = {}
    for said in _webhooks(body):
        for name in [name for name in said if said[name] not in (there.get(name), former.get(name))]:
            if changes.setdefault(name, said[name]) != said[name]:
                raise Refused(errors.disagreeing(f"webhook.{name}", f"webhooks[0].{name}"))
    for name in NO_PARTS:
        if name in changes:
            raise Refused(errors.lasting(f"webhook.{name}"))
    body["webhook"] = changes


def _webhooks(body: Json) -> Iterator[Json]:
    """As they were written, once and by now; what is neither is left for others to refuse."""
    match body:
        case {"webhook": dict(said)}:
            yield said
    match body:
        case {"webhooks": [dict(said)]}:
            del body["webhooks"]
            yield said


def no_empty_name(body: Json, _: Where) -> None:
    _unsaid(body, "displayName")


def no_empty_words(body: Json, _: Where) -> None:
    _unsaid(body, "displayName", "description")


def captions(body: Json, _: Where) -> None:
    body["captions"] = True


def _unsaid(body: Json, *names: str) -> None:
    """An empty string says nothing."""
    for name in names:
        if body.get(name) == "":
            body[name] = None


def _inside(body: Json, name: str) -> Json:
    """A part of a body; where it is not there, or no object, something that nobody reads."""
    part: Any = body.get(name)
    return part if isinstance(part, dict) else {}


def _moved(path: str, body: Json, former: str, name: str) -> None:
    if former not in body:
        return
    said = body.pop(former)
    if body.setdefault(name, said) != said:
        raise Refused(errors.disagreeing(path + former, path + name))
