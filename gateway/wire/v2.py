"""The REST v2 objects, as the API writes them. A field without a value is left out."""

from collections.abc import Iterable
from typing import Any

from gateway.domain import naming
from gateway.domain.channels import CHANNELS, CUSTOM
from gateway.domain.events import Union
from gateway.domain.message import Message
from gateway.domain.model import (
    App,
    Association,
    Author,
    Client,
    Conversation,
    Device,
    Integration,
    Key,
    Participant,
    Person,
    Responder,
    Room,
    Source,
    Switchboard,
    SwitchboardIntegration,
    User,
    Webhook,
)
from gateway.domain.triggers import in_v2
from gateway.domain.views import Guest
from gateway.wire.times import iso

Json = dict[str, Any]

VERSION = "v2"
NO_AVATAR = "https://www.gravatar.com/avatar/00000000000000000000000000000000.png?s=200&d=mm"
MASK = "*" * 8  # stands for a secret that official clients want to see
PLATFORM_OF = {"unity": "android"}  # official clients know no Unity devices


def without_none(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def time(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)


def app(it: App) -> Json:
    return {"id": it.id, "displayName": it.display_name, "settings": settings(it), "metadata": it.metadata}


def settings(it: App) -> Json:
    chosen = it.settings
    shown = {
        "conversationRetentionSeconds": chosen.conversation_retention_seconds,
        "maskCreditCardNumbers": chosen.mask_credit_card_numbers,
        "useAnimalNames": chosen.use_animal_names,
        "echoPostback": chosen.echo_postback,
        "ignoreAutoConversationStart": chosen.ignore_auto_conversation_start,
        "multiConvoEnabled": chosen.multi_convo_enabled,
        "appLocalizationEnabled": chosen.app_localization_enabled,
        "endSessionEnabled": chosen.end_session_enabled,
        "disableConversationReopen": chosen.disable_conversation_reopen,
    }
    return {**shown, "earlyAccessCompatibility": True} if chosen.early_access_compatibility else shown


def key(it: Key) -> Json:
    return {"id": it.id, "displayName": it.display_name, "secret": it.secret}


def integration(it: Integration, board: Switchboard | None = None) -> Json:
    """As an app with this switchboard shows it. Of a custom one the first webhook: official clients accept one."""
    shown = without_none(id=it.id, type=it.type, status=it.status, displayName=it.display_name)
    if it.type == CUSTOM:
        return {**shown, "webhooks": [webhook(it.webhooks[0])]}
    if it.connected:
        return shown
    responder = _default_responder(it, board) if board else None
    return {
        **shown,
        **_fields(it),
        **without_none(defaultResponder=responder),
        "showAIDisclaimer": it.show_ai_disclaimer,
    }


def _default_responder(it: Integration, board: Switchboard) -> Json | None:
    """Its own, else that of the whole switchboard."""
    own = board.integration(it.default_responder_id)
    chosen = own or board.integration(board.default_id)
    if chosen is None:
        return None
    return without_none(
        name=chosen.name,
        integrationId=chosen.integration_id,
        integrationType=chosen.integration_type,
        deliverStandbyEvents=chosen.deliver_standby_events,
        nextSwitchboardIntegrationId=chosen.next_id,
        messageHistoryCount=chosen.message_history_count,
        inherited=own is None,
    )


def _fields(it: Integration) -> Json:
    """The fields of its own type, without its secrets."""
    channel = CHANNELS[it.type]
    fields = {**channel.filled, **it.fields}
    return {name: MASK if name in channel.masked else fields[name] for name in fields if name not in channel.secrets}


def webhook(it: Webhook) -> Json:
    """In the words of this version, whichever it is called in."""
    return {
        "id": it.id,
        "version": VERSION,
        "target": it.target,
        "triggers": it.triggers if it.version == VERSION else in_v2(it.triggers),
        "secret": it.secret,
        "includeFullUser": it.include_full_user,
        "includeFullSource": it.include_full_source,
    }


def switchboard(it: Switchboard) -> Json:
    return without_none(id=it.id, enabled=it.enabled, defaultSwitchboardIntegrationId=it.default_id)


def switchboard_integration(it: SwitchboardIntegration) -> Json:
    return without_none(
        id=it.id,
        name=it.name,
        integrationId=it.integration_id,
        integrationType=it.integration_type,
        deliverStandbyEvents=it.deliver_standby_events,
        nextSwitchboardIntegrationId=it.next_id,
        messageHistoryCount=it.message_history_count,
    )


def user(it: User) -> Json:
    return without_none(
        **short_user(it),
        signedUpAt=time(it.signed_up_at),
        toBeRetained=it.to_be_retained,
        profile=it.profile,
        metadata=it.metadata,
        identities=it.identities,
    )


def short_user(it: User) -> Json:
    """The truncated form that webhooks carry unless they ask for more."""
    return without_none(id=it.id, authenticated=it.authenticated, externalId=it.external_id, brandId=it.brand_id)


def client(it: Client) -> Json:
    return without_none(
        id=it.id,
        type=it.type,
        status=it.status,
        integrationId=it.integration_id,
        externalId=it.external_id,
        lastSeen=time(it.last_seen),
        linkedAt=time(it.linked_at),
        displayName=it.display_name,
        avatarUrl=it.avatar_url,
        info=it.info,
        raw=it.raw,
    )


def device(it: Device, client_id: str | None) -> Json:
    return without_none(
        id=it.id,
        type=PLATFORM_OF.get(it.platform, it.platform),
        guid=it.guid,
        clientId=client_id,
        status=it.status,
        integrationId=it.integration_id,
        lastSeen=iso(it.last_seen),
        pushNotificationToken=it.push_token,
        info=it.info,
        appVersion=it.app_version,
    )


def conversation(it: Conversation) -> Json:
    return without_none(
        id=it.id,
        type=it.type,
        isDefault=it.is_default,
        displayName=it.display_name,
        description=it.description,
        iconUrl=it.icon_url,
        metadata=it.metadata,
        businessLastRead=time(it.business_last_read),
        lastUpdatedAt=iso(it.last_updated_at),
        createdAt=iso(it.created_at),
        activeSwitchboardIntegration=responder(it.active),
        pendingSwitchboardIntegration=responder(it.pending),
    )


def short_conversation(it: Conversation) -> Json:
    """The truncated form that events carry."""
    shown: Json = {"id": it.id, "type": it.type}
    if it.metadata is not None:
        shown["metadata"] = it.metadata
    if it.active is not None:
        shown["activeSwitchboardIntegration"] = responder(it.active)
    if it.pending is not None:
        shown["pendingSwitchboardIntegration"] = responder(it.pending)
    return shown


def united(it: Union) -> Json:
    """Two conversations that became one."""
    return {"surviving": short_conversation(it.surviving), "discarded": short_conversation(it.discarded)}


def responder(it: Responder | None) -> Json | None:
    """A switchboard integration as conversations show it."""
    if it is None:
        return None
    return {
        "id": it.id,
        "name": it.name,
        "integrationId": it.integration_id,
        "integrationType": it.integration_type,
    }


def participant(room: Room, it: Participant, who: User, associations: Iterable[Association] = ()) -> Json:
    return without_none(
        id=it.id,
        userId=it.user_id,
        userExternalId=who.external_id,
        unreadCount=room.unread(it),
        lastRead=time(it.last_read),
        clientAssociations=[{"type": own.type, "clientId": own.client_id} for own in associations],
    )


def seat(room: Room, it: Participant, person: Person) -> Json:
    return participant(room, it, person.user, person.associations(room.conversation.id))


def guests(room: Room, them: Iterable[Guest]) -> list[Json]:
    return [participant(room, it.participant, it.user, it.associations) for it in them]


def named_guests(room: Room, them: Iterable[Guest]) -> list[Json]:
    """Participants as devices see them: with a name to show."""
    return [
        without_none(
            **participant(room, it.participant, it.user, it.associations),
            displayName=naming.display_name(it.user),
        )
        for it in them
    ]


def message(it: Message) -> Json:
    shown: Json = {"id": it.id, "received": iso(it.received), "author": author(it.author)}
    if it.content is None:
        shown["deleted"] = True
    else:
        shown["content"] = it.content
    shown["source"] = source(it.source)
    if it.metadata is not None and it.content is not None:
        shown["metadata"] = it.metadata
    if it.references is not None and it.content is not None:
        shown["references"] = it.references
    if it.quoted is not None and it.content is not None:
        shown["quotedMessage"] = {"type": "message", "message": message(it.quoted)}
    return shown


def author(it: Author) -> Json:
    if it.type == "user":
        return without_none(type="user", userId=it.user_id, displayName=it.display_name, avatarUrl=it.avatar_url)
    shown = without_none(type="business", displayName=it.display_name, avatarUrl=it.avatar_url or NO_AVATAR)
    return {**shown, "subtypes": it.subtypes} if it.subtypes else shown


def source(it: Source) -> Json:
    if it.integration_id is None:
        return {"type": it.type}
    return {"type": it.type, "integrationId": it.integration_id}
