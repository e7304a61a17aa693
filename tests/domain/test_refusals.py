"""Each refusal of the domain, by a command that meets it; and nothing has happened then."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import structs

import gateway.domain
from gateway.domain import commands as cmd
from gateway.domain import errors, limits
from gateway.domain.commands import Command, Speaker, WebhookDraft
from gateway.domain.content import (
    Answer,
    BuyAction,
    Carousel,
    Field,
    Form,
    FormResponse,
    Item,
    LinkAction,
    ReplyAction,
    Template,
    Text,
)
from gateway.domain.errors import Problem
from gateway.domain.model import AppSettings, Grant, Source
from tests.domain import switchboard_stories, template_stories
from tests.domain.town import NOBODY, Town

Story = Callable[[Town], Command[Any]]

DEVICE: Final = Source(type="web", integration_id="0" * 24)


def _in_another_app(command: Any) -> Any:
    return structs.replace(command, app_id=NOBODY)


def _single(town: Town) -> Town:
    """The same town, where everybody has one conversation at most."""
    office = town.house.offices[town.app_id]
    assert office is not None
    app = structs.replace(office.app, settings=AppSettings())
    town.house.offices[town.app_id] = structs.replace(office, app=app)
    return town


def _eleventh(town: Town) -> Command[Any]:
    room = town.group(*(f"guest{it}" for it in range(10)))
    town.user("late")
    return town.orders.joins(room, "late")


def _eleven_at_once(town: Town) -> Command[Any]:
    names = [f"guest{it}" for it in range(11)]
    for name in names:
        town.user(name)
    return town.orders.group(*names)


def _second_for_one(town: Town) -> Command[Any]:
    room = town.group("ann")
    town.group("bob")
    _single(town)
    return town.orders.joins(room, "bob")


def _second_opened(town: Town) -> Command[Any]:
    town.group("ann")
    _single(town)
    return town.orders.personal("ann")


def _full(town: Town) -> Command[Any]:
    room = town.group("ann")
    held = town.house.room(town.app_id, room)
    crowded = structs.replace(held.conversation, posted=limits.MESSAGES + 5, cleared=5)
    town.house.rooms[room] = structs.replace(held, conversation=crowded)
    return town.orders.says(room)


def _another_by_a_device(town: Town) -> Command[Any]:
    phone = town.device("ann")
    town.personal("ann")
    opener = Speaker(user=town.orders.ref("ann"))
    return town.orders.personal("ann", opened_by=opener, integration_id=phone.integration_id)


def _linked(town: Town, room: str) -> Command[Any]:
    return town.orders.links("ann", room, town.do(town.orders.integration("twilio")).id)


def _destined(town: Town, room: str, by: str | None = None) -> Command[Any]:
    return town.orders.says(room, by=by, destination=cmd.Destination(integration_type="none"))


def _links(town: Town) -> Command[Any]:
    command = _linked(town, town.personal("ann"))
    for _ in range(limits.CLIENTS):
        town.do(command)
    return command


def _sdk_client(town: Town) -> Command[Any]:
    client = town.device("ann").client
    assert client is not None
    return town.orders.unlinks("ann", client.id)


def _keys(town: Town) -> Command[Any]:
    for _ in range(limits.APP_KEYS):
        town.do(town.orders.key())
    return town.orders.key()


def _service_account_keys(town: Town) -> Command[Any]:
    account = town.do(cmd.CreateServiceAccount(name="agency"))
    command = cmd.CreateServiceAccountKey(service_account_id=account.id, display_name="x")
    for _ in range(limits.SERVICE_ACCOUNT_KEYS):
        town.do(command)
    return command


def _key_of_another_account(town: Town) -> Command[Any]:
    one, other = (town.do(cmd.CreateServiceAccount(name=it)).id for it in ("one", "other"))
    key = town.do(cmd.CreateServiceAccountKey(service_account_id=one, display_name="x"))
    return cmd.DeleteServiceAccountKey(service_account_id=other, key_id=key.id)


def _account_deleted(town: Town) -> Command[Any]:
    command = cmd.DeleteServiceAccount(service_account_id=town.do(cmd.CreateServiceAccount(name="x")).id)
    town.do(command)
    return command


def _integration_keys(town: Town) -> Command[Any]:
    command = cmd.CreateKey(
        app_id=town.app_id, display_name="x", integration_id=town.do(town.orders.custom("user:remove")).id
    )
    for _ in range(limits.INTEGRATION_KEYS):
        town.do(command)
    return command


def _foreign_key(town: Town) -> Command[Any]:
    """The key of an integration, looked for among another's."""
    one, other = (town.do(town.orders.custom("user:remove")).id for _ in range(2))
    key = town.do(cmd.CreateKey(app_id=town.app_id, display_name="x", integration_id=one))
    return cmd.DeleteKey(app_id=town.app_id, key_id=key.id, integration_id=other)


def _key_of_web(town: Town) -> Command[Any]:
    web = town.do(town.orders.integration())
    return cmd.CreateKey(app_id=town.app_id, display_name="x", integration_id=web.id)


def _admit(town: Town, until: int) -> cmd.Admit:
    partner = town.do(cmd.CreatePartner(name="partner", redirect_uris=("https://example.org",)))
    grant = Grant(id="g", partner_id=partner.id, app_id=town.app_id, redirect_uri="https://example.org", until=until)
    return cmd.Admit(app_id=town.app_id, partner=partner, grant=grant)


def _twice_admitted(town: Town) -> Command[Any]:
    """Although the integration that the code made has gone."""
    command = _admit(town, until=town.clock.at + 1)
    key = town.do(command)
    town.do(cmd.DeleteIntegration(app_id=town.app_id, integration_id=key.integration_id or ""))
    return command


def _webhooks(town: Town) -> Command[Any]:
    for _ in range(limits.WEBHOOKS):
        town.do(town.orders.custom("user:remove"))
    return town.orders.custom("user:remove")


def _webhooks_of_one(town: Town) -> Command[Any]:
    integration = town.do(town.orders.custom("user:remove"))
    command = _webhook_for(town, integration.id)
    for _ in range(limits.WEBHOOKS - 1):
        town.do(command)
    return command


def _webhook_for(town: Town, integration_id: str) -> cmd.CreateWebhook:
    draft = WebhookDraft(target="https://example.org", triggers=("user:remove",))
    return cmd.CreateWebhook(app_id=town.app_id, integration_id=integration_id, draft=draft)


def _last_webhook(town: Town) -> Command[Any]:
    integration = town.do(town.orders.custom("user:remove"))
    return cmd.DeleteWebhook(app_id=town.app_id, integration_id=integration.id, webhook_id=integration.webhooks[0].id)


def _unknown_webhook(town: Town) -> Command[Any]:
    integration = town.do(town.orders.custom("user:remove"))
    return cmd.UpdateWebhook(app_id=town.app_id, integration_id=integration.id, webhook_id=NOBODY)


def _button(town: Town, *, kind: str) -> Command[Any]:
    """Press a button that is no postback, or of a message that is gone."""
    room = town.group("ann")
    link = LinkAction(text="Look", uri="https://example.org")
    posted = town.do(town.orders.posts(room, Text(text="See", actions=(link,))))
    content = posted.message.content
    assert isinstance(content, Text)
    assert content.actions
    return town.orders.presses(room, "ann", NOBODY if kind == "none" else content.actions[0].id or "")


def _multi_off(town: Town) -> Command[Any]:
    return cmd.UpdateApp(app_id=town.app_id, settings={"multi_convo_enabled": False})


def _answers_by_api(town: Town) -> Command[Any]:
    form = FormResponse(fields=(Answer(type="text", name="n", label="l", text="t"),))
    return town.orders.posts(town.group("ann"), form, by="ann")


def _writes_markdown(town: Town) -> Command[Any]:
    return town.orders.posts(town.group("ann"), Text(markdown_text="*hi*"), by="ann", source=DEVICE)


def _answers_nothing(town: Town) -> Command[Any]:
    form = FormResponse(fields=(Answer(type="text", name="n", label="l", text="t"),))
    return town.orders.posts(town.group("ann"), form, by="ann", source=DEVICE)


def _answers_again(town: Town) -> Command[Any]:
    room = town.group("ann")
    form = town.do(town.orders.posts(room, Form(fields=(Field(type="text", name="n", label="l"),)))).message
    answer = Answer(type="text", name="n", label="l", text="t")
    response = FormResponse(fields=(answer,), quoted_message_id=form.id)
    order = town.orders.posts(room, response, by="ann", source=DEVICE)
    town.do(order)
    return order


def _says_too_much(town: Town) -> Command[Any]:
    room = town.group("ann")
    button = ReplyAction(text="Red", payload="RED", metadata={"a": 1})
    town.do(town.orders.posts(room, Text(text="So?", actions=(button,))))
    most = {"k": "x" * (limits.METADATA_BYTES - 1)}
    return town.orders.posts(room, Text(text="Red", payload="RED"), by="ann", metadata=most)


def _buys(town: Town) -> Command[Any]:
    pay = BuyAction(text="Pay", amount=100)
    return town.orders.posts(town.group("ann"), Text(text="Bill", actions=(pay,)))


def _user_with_buttons(town: Town) -> Command[Any]:
    link = LinkAction(text="Look", uri="https://example.org")
    return town.orders.posts(town.group("ann"), Text(text="See", actions=(link,)), by="ann")


def _user_with_a_carousel(town: Town) -> Command[Any]:
    item = Item(title="Tea", actions=(LinkAction(text="Look", uri="https://example.org"),))
    return town.orders.posts(town.group("ann"), Carousel(items=(item,)), by="ann")


def _wrong_session(town: Town) -> Command[Any]:
    phone = town.device("ann")
    anonymous = town.do(town.orders.connects(phone.integration_id or "", new_session_hash="right"))
    return town.orders.connects(phone.integration_id or "", user_id=anonymous.user.id, session_hash="wrong")


def _session_of_somebody_known(town: Town) -> Command[Any]:
    town.user("ann")
    return cmd.OpenSession(app_id=town.app_id, user=town.orders.ref("ann"), session_hash="hash")


def _device_of_another(town: Town) -> Command[Any]:
    town.device("ann")
    return cmd.UpdateDevice(app_id=town.app_id, user=town.orders.ref("ann"), guid="another")


def _unjudged(town: Town) -> Command[Any]:
    room = town.group("ann")
    town.do(town.orders.moderates())
    return town.orders.says(room, by="ann")


def _keeps(town: Town, **facts: Any) -> Command[Any]:
    return cmd.KeepAttachment(app_id=town.app_id, attachment=town.file(**facts))


def _file_of_another(town: Town) -> Command[Any]:
    other = town.do(cmd.CreateApp(display_name="other"))
    kept = town.do(cmd.KeepAttachment(app_id=other.id, attachment=town.file(app_id=other.id)))
    return cmd.RemoveAttachment(app_id=town.app_id, attachment_id=kept.id)


def _twice(town: Town) -> Command[Any]:
    town.user("ann")
    return town.orders.user("ann")


def _default(town: Town) -> Command[Any]:
    return town.orders.removes(town.personal("ann"))


def _outsider(town: Town, **facts: Any) -> Command[Any]:
    room = town.group("ann")
    town.user("bob")
    return town.orders.says(room, by="bob", **facts)


def _knows_too_much(town: Town) -> Command[Any]:
    town.user("ann")
    town.do(town.orders.changes("ann", metadata={"a": "x" * (limits.METADATA_BYTES - 1)}))
    return town.orders.changes("ann", metadata_changes={"b": 1})


def _links_default(town: Town) -> Command[Any]:
    """Somebody who may be in one conversation, and is."""
    link = _linked(town, town.group("ann"))
    assert isinstance(link, cmd.CreateClient)
    _single(town)
    return cmd.LinkChannel(app_id=town.app_id, user=town.orders.ref("ann"), link=link.link)


REFUSALS: Final[list[tuple[Problem, str, Story]]] = [
    (errors.TOO_MANY_PARTICIPANTS, "the eleventh joins", _eleventh),
    (errors.TOO_MANY_PARTICIPANTS, "eleven are named at once", _eleven_at_once),
    (errors.NOT_A_GROUP, "a personal one is joined", lambda t: t.orders.joins(t.personal("ann"), "ann")),
    (errors.PERSONAL_STAYS, "a personal one is left", lambda t: t.orders.leaves(t.personal("ann"), "ann")),
    (errors.ONE_PARTICIPANT, "a personal one for nobody", lambda t: t.orders.personal()),
    (
        errors.ONE_PARTICIPANT,
        "a personal one for two",
        lambda t: t.orders.personal(t.user("ann"), t.user("bob")),
    ),
    (errors.MERGED_WITH_ITSELF, "by either id", lambda t: t.orders.merges(t.user("ann"), "ann")),
    (errors.USER_NOT_FOUND, "merged with nobody", lambda t: t.orders.merges(t.user("ann"), "nobody")),
    (errors.NAMED_TWICE, "by either id", lambda t: t.orders.group(t.user("ann"), "ann")),
    (errors.MULTI_CONVO_OFF, "a second group is joined", _second_for_one),
    (errors.MULTI_CONVO_OFF, "a second one is made", _second_opened),
    (errors.MULTI_CONVO_OFF, "a link opens a second one", _links_default),
    (errors.TOO_MANY_PROPERTIES, "one more than fits", _knows_too_much),
    (errors.MULTI_CONVO_STAYS, "it is switched off", _multi_off),
    (errors.AUTHOR_NOT_PARTICIPANT, "an outsider speaks, says a backend", _outsider),
    (errors.NO_BUY_IN_GROUPS, "a group is asked to pay", _buys),
    (errors.MARKDOWN_OF_DEVICES, "a device writes markdown", _writes_markdown),
    (errors.NO_API_FORM_RESPONSE, "a backend fills in a form", _answers_by_api),
    (errors.NO_SUCH_FORM, "no form is named", _answers_nothing),
    (errors.FORM_SUBMITTED, "it is answered twice", _answers_again),
    (errors.TOO_MUCH_METADATA, "a reply's and one's own", _says_too_much),
    *template_stories.STORIES,
    (errors.SCHEMA_FOR_TEMPLATES, "none is named", lambda t: t.orders.posts(t.group("ann"), Template(template={}))),
    (errors.SCHEMA_FOR_TEMPLATES, "of a text", lambda t: t.orders.says(t.group("ann"), schema="whatsapp")),
    (errors.NO_SUCH_ACTION, "no such button", lambda t: _button(t, kind="none")),
    (errors.NO_SUCH_ACTION, "a link is no postback", lambda t: _button(t, kind="link")),
    (
        errors.CUSTOM_ONLY,
        "a webhook of a web integration",
        lambda t: _webhook_for(t, t.do(t.orders.integration()).id),
    ),
    (errors.WEBHOOK_WITH_CUSTOM, "custom without a webhook", lambda t: t.orders.integration("custom")),
    (
        errors.WEBHOOK_WITH_CUSTOM,
        "web with a webhook",
        lambda t: structs.replace(t.orders.custom("user:remove"), type="web"),
    ),
    (errors.ONE_WEBHOOK_STAYS, "the last webhook is deleted", _last_webhook),
    (errors.DESTINATION_MISPLACED, "a destination in a group", lambda t: _destined(t, t.group("ann"))),
    (errors.DESTINATION_MISPLACED, "a user's destination", lambda t: _destined(t, t.personal("ann"), by="ann")),
    (errors.SDK_CLIENT_STAYS, "an sdk client is removed", _sdk_client),
    (errors.TOO_MANY_CLIENTS, "one link more", _links),
    (errors.NO_LINKS_INTO_GROUPS, "a link into a group", lambda t: _linked(t, t.group("ann"))),
    (
        errors.NO_LINKS_INTO_GROUPS,
        "a link into another's conversation",
        lambda t: _linked(t, t.personal("bob" if t.user("ann") else "")),
    ),
    (errors.CLIENT_NOT_FOUND, "no such client", lambda t: t.orders.unlinks(t.user("ann"), NOBODY)),
    (errors.TOO_MANY_KEYS, "one key more", _keys),
    (errors.INVALID_GRANT, "a code is used twice", _twice_admitted),
    (errors.INVALID_GRANT, "a code has ended", lambda t: _admit(t, until=t.clock.at)),
    (errors.TOO_MANY_INTEGRATION_KEYS, "one key of an integration more", _integration_keys),
    (errors.TOO_MANY_SERVICE_ACCOUNT_KEYS, "one key of a service account more", _service_account_keys),
    (errors.NOT_FOUND, "a key of another service account", _key_of_another_account),
    (errors.SERVICE_ACCOUNT_NOT_FOUND, "a service account is deleted twice", _account_deleted),
    (errors.KEYS_FOR_CUSTOM, "a key of a web integration", _key_of_web),
    (
        errors.INTEGRATION_NOT_FOUND,
        "a key of no integration",
        lambda t: cmd.CreateKey(app_id=t.app_id, display_name="x", integration_id=NOBODY),
    ),
    (
        errors.SWITCHBOARD_INTEGRATION_NOT_FOUND,
        "nobody responds",
        lambda t: t.orders.integration(default_responder_id=NOBODY),
    ),
    (errors.TOO_MANY_WEBHOOKS, "one integration with a webhook more", _webhooks),
    (errors.TOO_MANY_WEBHOOKS, "one webhook more in an integration", _webhooks_of_one),
    (errors.INVALID_AUTH, "a session token that does not fit", _wrong_session),
    (errors.INVALID_AUTH, "a session of somebody identified", _session_of_somebody_known),
    (errors.CREATION_NOT_ALLOWED, "a device opens another", _another_by_a_device),
    (errors.APP_NOT_FOUND, "another app", lambda t: _in_another_app(t.orders.user("ann"))),
    (errors.USER_NOT_FOUND, "nobody of that name", lambda t: t.orders.forgets("nobody")),
    (errors.USER_NOT_FOUND, "a guest nobody knows", lambda t: t.orders.group("nobody")),
    (errors.CONVERSATION_NOT_FOUND, "no such room", lambda t: t.orders.says(NOBODY)),
    (
        errors.CONVERSATION_NOT_FOUND,
        "another app's",
        lambda t: _in_another_app(t.orders.says(t.group("ann"))),
    ),
    (errors.CONVERSATION_NOT_FOUND, "an outsider's device", lambda t: _outsider(t, source=DEVICE)),
    (
        errors.CONVERSATION_NOT_FOUND,
        "an outsider renames it",
        lambda t: t.orders.alters(t.group("ann"), by=t.user("bob"), display_name="Mine"),
    ),
    (errors.INTEGRATION_NOT_FOUND, "to connect by", lambda t: t.orders.connects(NOBODY, external_id="ann")),
    (
        errors.INTEGRATION_NOT_FOUND,
        "to delete",
        lambda t: cmd.DeleteIntegration(app_id=t.app_id, integration_id=NOBODY),
    ),
    (errors.MESSAGE_NOT_FOUND, "to delete", lambda t: t.orders.deletes(t.group("ann"), NOBODY)),
    (errors.NOT_A_MEMBER, "an outsider leaves", lambda t: t.orders.leaves(t.group("ann"), t.user("bob"))),
    (
        errors.NOT_A_MEMBER,
        "no such participant leaves",
        lambda t: cmd.Leave(app_id=t.app_id, conversation_id=t.group("ann"), participant_id=NOBODY),
    ),
    (errors.APP_KEY_NOT_FOUND, "no such key", lambda t: cmd.DeleteKey(app_id=t.app_id, key_id=NOBODY)),
    (errors.NOT_FOUND, "no such key of an integration", _foreign_key),
    (errors.NOT_FOUND, "no such webhook", _unknown_webhook),
    (errors.NOT_FOUND, "no such device", _device_of_another),
    (
        errors.ATTACHMENT_NOT_FOUND,
        "to remove",
        lambda t: cmd.RemoveAttachment(app_id=t.app_id, attachment_id="a" * 40),
    ),
    (errors.ATTACHMENT_NOT_FOUND, "another app's", _file_of_another),
    (errors.CONVERSATION_NOT_FOUND, "to keep a file for", lambda t: _keeps(t, conversation_id=NOBODY)),
    (errors.NO_MODERATION, "to delete", lambda t: cmd.DeleteModeration(app_id=t.app_id)),
    (errors.NO_MODERATION, "to sign", lambda t: cmd.RotateModerationSecret(app_id=t.app_id, grace_s=0)),
    (errors.NOT_JUDGED, "past the moderation", _unjudged),
    (errors.USER_EXISTS, "an external id twice", _twice),
    (errors.LOCKED, "the room is full of messages", _full),
    *switchboard_stories.STORIES,
]


@pytest.mark.parametrize(
    ("problem", "story"), [pytest.param(it, how, id=f"{it.code}: {what}") for it, what, how in REFUSALS]
)
def test_it_is_refused_and_nothing_happens(problem: Problem, story: Story) -> None:
    town = Town()
    command = story(town)
    before = tuple(town.happened)
    assert town.refusal(command) == problem
    assert tuple(town.happened) == before


def test_every_refusal_of_the_domain_is_told_by_a_story() -> None:
    """Those of `access`, `media` and nouns stand before any command, and are tested there."""
    everything = Path(gateway.domain.__file__).parent.rglob("*.py")
    deciding = [it for it in everything if it.stem not in ("access", "media") and it.parent.name != "model"]
    used = {name for it in deciding for name in re.findall(r"errors\.([A-Z_]+)", it.read_text())}
    told = {problem for problem, _, _ in REFUSALS} | {it.problem for it in switchboard_stories.FAILURES}
    assert {getattr(errors, name) for name in used} == told


def test_the_default_conversation_stays() -> None:
    town = Town()
    command = _default(town)
    assert isinstance(command, cmd.DeleteConversation)
    assert town.refusal(command) == errors.default_stays(command.conversation_id)


@pytest.mark.parametrize(("version", "trigger"), [("v2", "message:appUser"), ("v1.1", "conversation:message")])
def test_a_webhook_names_triggers_of_its_own_version(version: str, trigger: str) -> None:
    town = Town()
    unknown = errors.unknown_trigger(trigger, version)
    assert town.refusal(town.orders.custom("conversation:read", trigger, version=version)) == unknown
    bot = town.do(town.orders.custom("conversation:read", version=version))
    assert bot.webhooks[0].version == version
    change = cmd.UpdateWebhook(
        app_id=town.app_id, integration_id=bot.id, webhook_id=bot.webhooks[0].id, words=version, triggers=(trigger,)
    )
    assert town.refusal(change) == unknown


def test_a_webhook_of_v1_is_not_told_what_v1_has_no_word_for() -> None:
    """Whoever changes it in the words of v2 is told so; the rest becomes words of its own."""
    town = Town()
    bot = town.do(town.orders.custom("conversation:read", version="v1.1"))
    change = cmd.UpdateWebhook(app_id=town.app_id, integration_id=bot.id, webhook_id=bot.webhooks[0].id)
    foreign = structs.replace(change, triggers=("conversation:message", "conversation:join"))
    assert town.refusal(foreign) == errors.unknown_trigger("conversation:join", "v1.1")
    changed = town.do(structs.replace(change, triggers=("conversation:message",)))
    assert changed.triggers == ("message:appMaker", "message:appUser")


@pytest.mark.parametrize("story", [_user_with_buttons, _user_with_a_carousel])
def test_a_user_says_what_users_may_say(story: Story) -> None:
    town = Town()
    problem = town.refusal(story(town))
    assert problem is not None
    assert problem.title.startswith("content.")


def test_a_refusal_carries_its_row() -> None:
    assert str(errors.Refused(errors.LOCKED)) == errors.LOCKED.title
    assert errors.Refused(errors.LOCKED).problem is errors.LOCKED


STARTS: Final = ("multiConvo", "webhooks", "client_id", "redirect_uri", "app_id", "grant_type")  # the API's own words


@pytest.mark.parametrize("problem", errors.TABLE)
def test_a_row_is_a_status_a_code_and_a_sentence(problem: Problem) -> None:
    assert 400 <= problem.status <= 599
    assert problem.code.replace("_", "").isalpha()
    assert problem.code.islower()
    assert problem.title[0].isupper() or problem.title.startswith(STARTS)


def test_no_two_rows_say_the_same() -> None:
    assert len({(it.status, it.title) for it in errors.TABLE}) == len(errors.TABLE)
