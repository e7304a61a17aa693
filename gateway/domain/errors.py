"""What a refusal says. A row is a value; the exception carries the row."""

from typing import Final

from gateway.domain import limits
from gateway.domain.value import Value


class Problem(Value):
    """An HTTP status, a stable snake_case code and a sentence for people."""

    status: int
    code: str
    title: str


class Refused(Exception):
    """The command is not taken; nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


BAD_PAYLOAD: Final = Problem(400, "bad_request", "The body does not come as its headers say")
BAD_HOST: Final = Problem(400, "bad_request", "The Host header should name a host and a port")
TOO_DEEP: Final = Problem(400, "bad_request", f"JSON may be nested {limits.NESTING} levels deep")
BAD_PAGE: Final = Problem(400, "bad_request", "Invalid page query parameters")
TOO_MANY_PARTICIPANTS: Final = Problem(400, "bad_request", "Too many participants")
NOT_A_GROUP: Final = Problem(400, "bad_request", "Only sdkGroup conversations can be joined")
PERSONAL_STAYS: Final = Problem(400, "bad_request", "The user of a personal conversation cannot leave it")
ONE_PARTICIPANT: Final = Problem(400, "bad_request", "A personal conversation has exactly one participant")
MERGED_WITH_ITSELF: Final = Problem(400, "bad_request", "Surviving and discarded should name two different users")
NAMED_TWICE: Final = Problem(400, "bad_request", "A user is named more than once in participants")
MULTI_CONVO_OFF: Final = Problem(
    400, "bad_request", "multiConvoEnabled must be on for a user to be in more than one conversation"
)
MULTI_CONVO_STAYS: Final = Problem(400, "bad_request", "multiConvoEnabled cannot be switched off again")
AUTHOR_NOT_PARTICIPANT: Final = Problem(400, "bad_request", "The author is not a participant of the conversation")
ONLY_PUBLIC: Final = Problem(400, "bad_request", "Only public attachments are supported: access should be public")
ONLY_FOR_MESSAGE: Final = Problem(400, "bad_request", "Attachments can only be for a message: for should be message")
NO_SOURCE: Final = Problem(400, "bad_request", "The body should be multipart/form-data with a file in the field source")
UNREADABLE_MEDIA: Final = Problem(400, "invalid_file", "The file at mediaUrl cannot be read")
NO_PICTURE: Final = Problem(400, "invalid_file", "The file at mediaUrl is not an image")
USERS_ONLY_READ: Final = Problem(400, "bad_request", "An author of type user may only send conversation:read")
ONLY_THEMSELVES: Final = Problem(400, "bad_request", "Only a user's own token acts as role appUser")
DESTINATION_MISPLACED: Final = Problem(
    400, "bad_request", "A destination is for messages of the business in personal conversations"
)
MARKDOWN_OF_DEVICES: Final = Problem(
    400, "bad_request", "Devices may not send content.markdownText, but may send htmlText"
)
NO_BUY_IN_GROUPS: Final = Problem(400, "bad_request", "Actions of type buy are not supported in sdkGroup conversations")
NO_API_FORM_RESPONSE: Final = Problem(400, "bad_request", "A formResponse cannot be sent through the API")
NO_SUCH_FORM: Final = Problem(
    400, "bad_request", "A formResponse needs the quotedMessageId of a form of the conversation"
)
NO_FALLBACK: Final = Problem(
    400, "bad_request", "Shorthand for WhatsApp templates needs a fallback text here, as no line leads to WhatsApp"
)
MIXED_ACTIONS: Final = Problem(
    400, "bad_request", "Actions of type reply and locationRequest cannot be mixed with other types"
)
TEMPLATE_IN_TEMPLATE: Final = Problem(400, "bad_request", "The message of a template cannot use templates")
DIFFERENT_TEMPLATES: Final = Problem(
    400, "bad_request", "Content that says the same in two ways should use the same templates in both"
)
TOO_MUCH_SHORTHAND: Final = Problem(400, "bad_request", f"Shorthand makes at most {limits.SPELLED_OUT} messages of one")
TOO_MANY_TEMPLATES: Final = Problem(400, "bad_request", f"At most {limits.TEMPLATES} templates per app")
TOO_MUCH_METADATA: Final = Problem(
    400,
    "bad_request",
    f"With that of the button it answers, or of a template, metadata exceeds {limits.METADATA_BYTES} bytes",
)
TOO_MANY_PROPERTIES: Final = Problem(
    400, "bad_request", f"With what is kept of the user already, properties exceed {limits.METADATA_BYTES} bytes"
)
SCHEMA_FOR_TEMPLATES: Final = Problem(
    400, "bad_request", "Content of type template needs schema whatsapp, and no other content has a schema"
)
BACKGROUND_READS_NOTHING: Final = Problem(
    400, "bad_request", "A device in the background cannot mark a conversation as read"
)
NO_SUCH_ACTION: Final = Problem(400, "bad_request", "The conversation has no postback action with this actionId")
SDK_CLIENT_STAYS: Final = Problem(400, "bad_request", "Cannot remove a client of type 'sdk'")
TOO_MANY_CLIENTS: Final = Problem(400, "bad_request", f"At most {limits.CLIENTS} channel clients per user")
NO_LINKS_INTO_GROUPS: Final = Problem(
    400,
    "bad_request",
    "A client is linked to a personal conversation of the user, which target.conversationId should name",
)
INVALID_INTEGRATION_TYPE: Final = Problem(400, "bad_request", "Invalid integration type")
KEYS_FOR_CUSTOM: Final = Problem(400, "bad_request", "API keys are available only for custom integrations")
CUSTOM_ONLY: Final = Problem(400, "bad_request", "Webhooks are available only for custom integrations")
WEBHOOK_WITH_CUSTOM: Final = Problem(
    400,
    "bad_request",
    "webhooks should have exactly one element for a custom integration, and none for others",
)
ONE_WEBHOOK_STAYS: Final = Problem(400, "bad_request", "A custom integration keeps at least one webhook")
TOO_MANY_KEYS: Final = Problem(400, "bad_request", f"At most {limits.APP_KEYS} keys per app")
UNKNOWN_PARTNER: Final = Problem(400, "bad_request", "client_id names no OAuth client of this gateway")
FOREIGN_REDIRECT: Final = Problem(400, "bad_request", "redirect_uri is not one that is registered for client_id")
APP_UNNAMED: Final = Problem(400, "bad_request", "app_id should name an app, since an account's key belongs to none")
APP_NOT_IN_PATH: Final = Problem(
    400, "bad_request", "The path should name an app, since an account's key belongs to none"
)
OF_NO_APP: Final = Problem(400, "bad_request", "A key of the account belongs to no app")
INVALID_GRANT: Final = Problem(400, "invalid_grant", "The code is wrong, was meant for another, has ended or was used")
UNSUPPORTED_GRANT: Final = Problem(400, "unsupported_grant_type", "grant_type should be authorization_code")
NO_SHARING: Final = Problem(
    400, "bad_request", "Actions of type share are not supported: only Messenger shows them, and no line leads there"
)
NO_PRIVATE_FILES: Final = Problem(
    400, "bad_request", "All attachments are public here: none needs a token or a cookie to be read"
)
NO_STRIPE: Final = Problem(400, "bad_request", "There is no Stripe here to pay with")
NOT_A_CHANNEL: Final = Problem(
    400, "bad_request", "Notifications go over channels, of which destination.integrationId names none"
)
NO_APP_KEY: Final = Problem(400, "bad_request", "The app has no key to sign an auth code with")
NO_APPLE: Final = Problem(400, "bad_request", "There is no Apple Messages for Business here to download from")
NO_META: Final = Problem(400, "bad_request", "There is no Conversions API of Meta here to send events to")
TOO_MANY_INTEGRATION_KEYS: Final = Problem(
    400, "bad_request", f"At most {limits.INTEGRATION_KEYS} keys per integration"
)
TOO_MANY_WEBHOOKS: Final = Problem(400, "bad_request", f"At most {limits.WEBHOOKS} webhooks per app")
TOO_MANY_SERVICE_ACCOUNT_KEYS: Final = Problem(
    400, "bad_request", f"At most {limits.SERVICE_ACCOUNT_KEYS} keys per service account"
)
ONE_SWITCHBOARD: Final = Problem(400, "bad_request", "Only one switchboard can be created per app")
TOO_MANY_SWITCHBOARD_INTEGRATIONS: Final = Problem(
    400,
    "too_many_switchboard_integrations",
    f"Switchboard has reached the max number of switchboard integrations ({limits.SWITCHBOARD_INTEGRATIONS})",
)
DEFAULT_RESPONDER_STAYS: Final = Problem(
    400, "bad_request", "The default switchboard integration cannot be deleted; choose another default first"
)
NEXT_STAYS: Final = Problem(
    400, "bad_request", "A switchboard integration that is the next of another one cannot be deleted"
)
NEXT_IS_ANOTHER: Final = Problem(
    400, "bad_request", "A switchboard integration cannot be its own nextSwitchboardIntegrationId"
)
NOT_FOR_SWITCHBOARDS: Final = Problem(
    400, "bad_request", "Only custom and OAuth integrations can be linked to a switchboard integration"
)
SWITCHBOARD_DISABLED: Final = Problem(400, "switchboard_invalid_action", "The switchboard is not enabled")
NO_PENDING: Final = Problem(400, "switchboard_invalid_action", "There is no pendingSwitchboardIntegration")
OFFER_TO_ACTIVE: Final = Problem(
    400, "switchboard_invalid_target", "Cannot offer control to the active switchboard integration."
)
INVALID_TARGET: Final = Problem(400, "switchboard_invalid_target", "Switchboard invalid target")
NO_NEXT: Final = Problem(
    400, "switchboard_invalid_target", "The active switchboard integration has no nextSwitchboardIntegrationId"
)
AMBIGUOUS_TARGET: Final = Problem(
    400, "switchboard_invalid_target", "Several switchboard integrations have this name or type; name one by its id"
)
AMBIGUOUS_INTEGRATION_TYPE: Final = Problem(
    400, "bad_request", "The app has several integrations of this integrationType; name one by integrationId"
)

UNAUTHORIZED: Final = Problem(401, "unauthorized", "Authorization is required")
INVALID_CLIENT: Final = Problem(401, "invalid_client", "client_id or client_secret is wrong")
INVALID_AUTH: Final = Problem(401, "invalid_auth", "The token is not valid")
FORBIDDEN: Final = Problem(403, "forbidden", "Forbidden")
NOTHING_GRANTED: Final = Problem(403, "forbidden", "Only an access token that came by OAuth can be given back")
FOREIGN_ACCOUNT: Final = Problem(403, "forbidden", "The serviceAccountId provided does not match supplied credentials")
NO_ATTACHMENTS: Final = Problem(403, "forbidden", "The integration does not let users send attachments")
CREATION_NOT_ALLOWED: Final = Problem(403, "forbidden", "The integration does not let users create conversations")
MESSAGE_REFUSED: Final = Problem(403, "message_refused", "The business does not let this message pass")

APP_NOT_FOUND: Final = Problem(404, "app_not_found", "App not found")
USER_NOT_FOUND: Final = Problem(404, "user_not_found", "User not found")
CONVERSATION_NOT_FOUND: Final = Problem(404, "conversation_not_found", "Conversation not found")
CLIENT_NOT_FOUND: Final = Problem(404, "client_not_found", "Client not found")
DEVICE_NOT_FOUND: Final = Problem(404, "device_not_found", "Device not found")
INTEGRATION_NOT_FOUND: Final = Problem(404, "integration_not_found", "Integration not found")
ME_IS_NOBODY: Final = Problem(
    404, "integration_not_found", "Only the credential of an integration has an integration that is me"
)
NO_SUPPORT: Final = Problem(
    404, "user_not_found", "No user has a zendeskId: there is no Zendesk Support here to synchronize with"
)
APP_KEY_NOT_FOUND: Final = Problem(404, "app_not_found", "The app has no key with this id")
SWITCHBOARD_NOT_FOUND: Final = Problem(404, "switchboard_not_found", "Switchboard not found")
SWITCHBOARD_INTEGRATION_NOT_FOUND: Final = Problem(
    404, "switchboard_integration_not_found", "SwitchboardIntegration not found"
)
ENABLED_WITHOUT_DEFAULT: Final = Problem(
    404,
    "switchboard_integration_not_found",
    "Enabled switchboard must have an associated default switchboardIntegration",
)
TEMPLATE_NOT_FOUND: Final = Problem(404, "not_found", "Template not found")
MESSAGE_NOT_FOUND: Final = Problem(404, "not_found", "Message not found")
SERVICE_ACCOUNT_NOT_FOUND: Final = Problem(404, "not_found", "Service account not found")
NOT_A_MEMBER: Final = Problem(404, "not_found", "User is not a member of the conversation")
EVENT_NOT_FOUND: Final = Problem(
    404, "not_found", "The webhook was due no event with this id, or it is not kept any more"
)
ATTACHMENT_NOT_FOUND: Final = Problem(404, "not_found", "Attachment not found")
NO_MODERATION: Final = Problem(404, "not_found", "The app has no moderation")
NOT_FOUND: Final = Problem(404, "not_found", "Resource not found")
METHOD_NOT_ALLOWED: Final = Problem(405, "method_not_allowed", "Method not allowed")

FORM_SUBMITTED: Final = Problem(409, "conflict", "The form has been submitted already")
TEMPLATE_EXISTS: Final = Problem(409, "conflict", "A template of this name exists already")
USER_EXISTS: Final = Problem(409, "conflict", "User already exists")
TOO_LARGE: Final = Problem(413, "payload_too_large", f"A request is limited to {limits.REQUEST_BYTES} bytes")
FILE_TOO_LARGE: Final = Problem(413, "payload_too_large", f"A file is limited to {limits.ATTACHMENT_BYTES} bytes")
EXTENSION_NOT_ALLOWED: Final = Problem(415, "unsupported_media_type", "File rejected. File extension not allowed")
TYPE_UNKNOWN: Final = Problem(415, "unsupported_media_type", "File rejected. File type could not be retrieved")
TYPE_NOT_ALLOWED: Final = Problem(415, "unsupported_media_type", "File rejected. File type not allowed")
NOT_JSON: Final = Problem(415, "unsupported_media_type", "The Content-Type should be application/json")
LOCKED: Final = Problem(423, "locked", f"Message limit of {limits.MESSAGES} per conversation reached.")
TOO_MANY_COMMANDS: Final = Problem(429, "too_many_requests", "Too many commands of the device in one second")
TOO_MANY_OF_USER: Final = Problem(429, "too_many_requests", "Too many commands of the user's devices in one second")
TOO_MANY_REQUESTS: Final = Problem(429, "too_many_requests", "Too many requests in one second")
TOO_MANY_CONNECTS: Final = Problem(429, "too_many_requests", "Too many connects from one address")
INTERNAL: Final = Problem(500, "internal_error", "Something went wrong on our end")
UNAVAILABLE: Final = Problem(503, "unavailable", "The server is restarting or cannot write; try again")
TOO_MANY_SOCKETS: Final = Problem(503, "unavailable", "No more devices can be connected now; try again")
NOT_JUDGED: Final = Problem(503, "not_judged", "The message could not be judged before it is said; try again")


def bad_request(title: str) -> Problem:
    """A 400 whose sentence names the field."""
    return Problem(400, "bad_request", title)


def message_refused(reason: str | None) -> Problem:
    """In the business's own words, as far as they go."""
    words = (reason or "").strip()
    if not words:
        return MESSAGE_REFUSED
    return Problem(MESSAGE_REFUSED.status, MESSAGE_REFUSED.code, _cut(words, limits.REASON))


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def unknown_trigger(trigger: str, version: str) -> Problem:
    return bad_request(f"triggers should be known in {version}; '{trigger}' is not")


def no_connector(channel: str) -> Problem:
    return bad_request(f"No connector serves the channel {channel} here: there is nothing to ask of it")


def part_of(kind: str, other: str) -> Problem:
    return bad_request(f"type should be {other}, of which {kind} is a part here")


def lasting(field: str) -> Problem:
    return bad_request(f"{field} cannot be changed: delete the integration and create it again")


def no_such_template(name: str) -> Problem:
    return bad_request(f"No template is called {name!r}")


def disagreeing(former: str, name: str) -> Problem:
    return bad_request(f"Of {former} and {name} only one should be given, or both the same")


def unsupported_media_url(url: str) -> Problem:
    return bad_request(f"Unsupported media URL for attachment deletion: {url}")


def default_stays(conversation_id: str) -> Problem:
    return bad_request(f"Conversation {conversation_id} cannot be deleted because it is the default.")


OAUTH: Final = (INVALID_CLIENT, INVALID_GRANT, UNSUPPORTED_GRANT)  # their codes are OAuth's own
TABLE: Final = tuple(value for value in list(globals().values()) if isinstance(value, Problem))
