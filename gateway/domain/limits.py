"""Every number that bounds what the gateway accepts, each with the sentence it comes from."""

from typing import Final

# Conversations and people
PARTICIPANTS: Final = 10  # "a maximum of 10 participants at a time"
MESSAGES: Final = 30_000  # per conversation; 423 afterwards, until all are deleted
CLIENTS: Final = 50  # channel clients per user, linked and pending (ours)
DEVICES: Final = 50  # per user; the one seen longest ago makes room for a new one (ours)
SESSIONS: Final = 50  # session tokens of one user; the oldest makes room for a new one (ours)
APP_KEYS: Final = 10  # keys per app
INTEGRATION_KEYS: Final = 10  # keys per custom integration
SERVICE_ACCOUNT_KEYS: Final = 10  # keys per service account (ours)
WEBHOOKS: Final = 10  # webhooks per app
TEMPLATES: Final = 100  # of an app (ours)
MENU_ITEMS: Final = 3  # of a menu
SUBMENU_ITEMS: Final = 5  # of a submenu
SWITCHBOARD_INTEGRATIONS: Final = 10  # of a switchboard
MESSAGE_HISTORY: Final = 10  # messages shown to whoever is given control of a conversation

OAUTH_CODE_S: Final = 120  # seconds that an authorization code is worth something (ours; RFC 6749: 600 at most)
AUTH_CODE_S: Final = 3_600  # seconds that a code which lets a device in as a user is worth something (ours)
REDIRECT_URIS: Final = 10  # of one OAuth client (ours)

# Sizes
REQUEST_BYTES: Final = 100_000  # of one REST request's body
FRAME_BYTES: Final = 102_400  # of one frame from a device
METADATA_BYTES: Final = 4_096  # keys and values of one metadata object, in UTF-8
ATTACHMENT_BYTES: Final = 52_428_800  # of one uploaded file: "50 MB"
NESTING: Final = 100  # levels of JSON in what comes in (ours)

# Strings, in characters
NAME: Final = 100  # display names of apps, keys, integrations and conversations
DESCRIPTION: Final = 100  # of a conversation
URL: Final = 2_048  # any URL
EXTERNAL_ID: Final = 1_024  # of a user
PROFILE: Final = 128  # given name, surname, e-mail
BRAND: Final = 24  # characters of a brand's id
LOCALE: Final = 64  # of a profile
ADDRESS: Final = 254  # an e-mail address (RFC 5321)
SUBJECT: Final = 256  # of an e-mail (ours)
PHONE_LEAST: Final = 6  # digits of a phone number, at least (ours)
PHONE: Final = 15  # digits of a phone number, at most (E.164)
TEXT: Final = 4_096  # text, htmlText, markdownText
LABEL: Final = 128  # item titles, alt texts, form names and labels
PAYLOAD: Final = 4_096  # of a reply or postback action (ours)
SWITCHBOARD_NAME: Final = 128  # of a switchboard integration; letters, digits, `-` and `_`
REFERENCE_TEXT: Final = 256  # description of a reference
CLIENT_MESSAGE_ID: Final = 128  # with which a device makes a send repeatable (ours)
FILE_NAME: Final = 100  # of an upload; a longer one is shortened (ours)
DEVICE_GUID: Final = 128  # made by the device (ours)
PUSH_TOKEN: Final = 4_096  # of a device (ours)

# Counts inside one message
ITEMS: Final = 10  # of a carousel or list
ITEM_ACTIONS: Final = 3  # of one item
LIST_ACTIONS: Final = 10  # of a list itself
TEXT_ACTIONS: Final = 100  # of a text or image; the API names no number (ours)
PICTURES: Final = 10  # that one text shows in shorthand, a message each (ours)
SPELLED_OUT: Final = 20  # messages that shorthand makes of one (ours)
FIELDS: Final = 20  # of a form
FORM_ANSWER: Final = 256  # characters of a text answer
FORM_ANSWER_DEFAULT: Final = 128  # characters of a text answer, unless its field says otherwise
EMAIL_ANSWER: Final = 128  # characters of an e-mail answer
OPTIONS: Final = 200  # of a select field (ours)
REFERENCES: Final = 10  # of a message
FIRST_MESSAGES: Final = 10  # with which a device may open a conversation (ours)

# Pages
PAGE: Final = 100  # records of a list, at most
PAGE_DEFAULT: Final = 25  # records of a list, unless asked
MESSAGES_PAGE: Final = 100  # messages of a list, always
OFFSET: Final = 1_000_000  # records that a page by offset leaves out, in early access (ours)
SEQ: Final = 9_007_199_254_740_991  # of an event; the largest integer that JSON carries everywhere

# Files
SNIFFED_BYTES: Final = 8_192  # of a file, by which its type is told (ours)
REMOTE_MEDIA_S: Final = 15  # seconds that another server has to show what a message shows; a setting
REDIRECTS: Final = 3  # followed on the way there (ours)
UNUSED_S: Final = 86_400  # seconds that a file uploaded for a message waits for it (ours)
SHARED_CACHE_S: Final = 900  # seconds that a cache may go on serving a file that was deleted: "15 minutes"

# The device socket
HELLO_S: Final = 10  # seconds a device has for its hello
HEARTBEAT_S: Final = 25  # seconds of silence until a ping; two unanswered end it
POSITIONS: Final = 100  # conversations resumed by one hello
REPLAYED_EVENTS: Final = 500  # per conversation; more than that was missed: read the history again
WELCOME_CONVERSATIONS: Final = 10  # conversations that a welcome shows
COMMANDS_PER_SECOND: Final = 50  # per device; a setting
FRAMES_PER_COMMAND: Final = 10  # frames of any kind, pings and parts too, for each command a device may say (ours)
TYPING_EXPIRES_S: Final = 12  # seconds until typing ends by itself
TYPING_REPEAT_S: Final = 3  # seconds within which a repeated start is not told again

# How much at a time (ours)
COMMANDS_OF_USER: Final = 4  # times those of one device, for all devices of a user together; a setting
FAR_TOO_MANY: Final = 4  # times the commands per second, and the device is sent away
REQUESTS_PER_SECOND: Final = 2_000  # REST requests of one key; a setting
CONNECTS_PER_SECOND: Final = 100  # of devices, from one address; a setting
CONNECTS_AT_ONCE_S: Final = 20  # seconds' worth of them may come at once: an office whose line was down
ANONYMOUS_PER_HOUR: Final = 1_000  # anonymous users made from one address; a setting
SOCKETS_PER_USER: Final = 50  # open at a time; a setting
WELCOMES: Final = 32  # devices that are welcomed at a time; others wait, first come, first served
WAITING: Final = 10_000  # that may wait to be welcomed; more are told to come back
RETURNS_PER_SECOND: Final = 1_000  # devices that were sent away together and are asked back in one second
AWAY_S: Final = 120  # seconds over which they are spread, at most
ADDRESSES: Final = 50_000  # that are counted at a time, those heard of last

# Webhooks (ours; settings)
HISTORY_S: Final = 259_200  # seconds for which calls and delivered events are kept
FAILED_S: Final = 2_592_000  # seconds for which events that were given up are kept
WAITING_S: Final = 604_800  # seconds after which an event that still waits is given up

# Moderation
MODERATION_MS: Final = 2_000  # milliseconds that an app's endpoint has to judge a message, unless it says so (ours)
MODERATION_MS_LEAST: Final = 100  # milliseconds that it may be given, at least (ours)
MODERATION_MS_MOST: Final = 10_000  # milliseconds that it may be given, at most (ours)
MODERATION_CALLS: Final = 64  # to one app's endpoint at a time; other messages wait within their deadline (ours)
VERDICT_BYTES: Final = 100_000  # of what the endpoint answers (ours)
REASON: Final = 256  # of a sentence with which a message is refused; a longer one is cut (ours)
