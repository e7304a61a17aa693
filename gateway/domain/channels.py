"""The types of integration that an app may have, and what is peculiar to each: what is hidden, filled in, or made."""

from typing import Any, Final

from gateway.domain.value import Value

CUSTOM: Final = "custom"
PLATFORMS: Final = ("web", "ios", "android")  # what a device runs on; the official client knows no other
SDK_TYPES: Final = (*PLATFORMS, "unity")


class Channel(Value, kw_only=True):
    """What is peculiar to a type. Names are those of the API.

    `secrets` are never shown. `masked` are secrets that official clients cannot read an integration without: stars
    stand for them. `filled` is shown where nothing else was chosen. `made` are secrets that the gateway makes.
    """

    secrets: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    filled: dict[str, Any] = {}
    made: tuple[str, ...] = ()


def _sdk(*secrets: str, **filled: Any) -> Channel:
    return Channel(secrets=frozenset(secrets), filled={**filled, "attachmentsEnabled": True})


def _outside(*secrets: str, masked: tuple[str, ...] = (), made: tuple[str, ...] = (), **filled: Any) -> Channel:
    return Channel(secrets=frozenset(secrets), masked=frozenset(masked), filled=filled, made=made)


CHANNELS: Final[dict[str, Channel]] = {
    CUSTOM: Channel(),
    "web": _sdk(
        brandColor="65758e",
        fixedIntroPane=False,
        conversationColor="0099ff",
        actionColor="0099ff",
        displayStyle="button",
        buttonWidth="58",
        buttonHeight="58",
    ),
    "ios": _sdk("certificate", "password"),
    "android": _sdk("projectId", "clientEmail", "privateKey", "serverKey"),
    "unity": _sdk(),
    "apple": _outside("authenticationMessageSecret", masked=("apiSecret",)),
    "instagram": _outside("pageAccessToken", "appSecret", storyRepliesEnabled=True, storyMentionsEnabled=True),
    "line": _outside("channelSecret", "channelAccessToken", "switcherSecret"),
    "mailgun": _outside("apiKey", "signingKey"),
    "messagebird": _outside("accessKey", "signingKey", made=("webhookSecret",)),
    "messenger": _outside("pageAccessToken", "appSecret"),
    "telegram": _outside("token"),
    "twilio": _outside("authToken"),
    "twitter": _outside("consumerSecret", "accessTokenSecret", masked=("consumerKey", "accessTokenKey")),
    "viber": _outside("token"),
    "whatsapp": _outside("accountManagementAccessToken", hsmFallbackLanguage="en_US"),
}
