"""Every number that bounds what the gateway accepts, each with the sentence it comes from."""

from typing import Final

# Conversations and people
PARTICIPANTS: Final = 10  # "a maximum of 10 participants at a time"
MESSAGES: Final = 30_000  # per conversation; 423 afterwards, until all are deleted
DEVICES: Final = 50  # per user; ours: the one seen longest ago makes room for a new one
APP_KEYS: Final = 10  # per app
INTEGRATION_KEYS: Final = 10  # per custom integration
WEBHOOKS: Final = 10  # per app

# Sizes
REQUEST_BYTES: Final = 100_000  # "JSON request: 100 kB"
FRAME_BYTES: Final = 102_400  # of one device frame, either way of counting kB
METADATA_BYTES: Final = 4_096  # keys and values of one metadata object, in UTF-8

# Strings, in characters
NAME: Final = 100  # display names of apps, keys, integrations and conversations
DESCRIPTION: Final = 100
URL: Final = 2_048
EXTERNAL_ID: Final = 1_024
PROFILE: Final = 128  # given name, surname, e-mail
LOCALE: Final = 64
TEXT: Final = 4_096  # text, htmlText, markdownText
LABEL: Final = 128  # item titles, alt texts, form names and labels
PAYLOAD: Final = 4_096  # ours: of a reply or postback action
REFERENCE_TEXT: Final = 256
CLIENT_MESSAGE_ID: Final = 128  # ours
DEVICE_GUID: Final = 128  # ours
PUSH_TOKEN: Final = 4_096  # ours

# Counts inside one message
ITEMS: Final = 10  # of a carousel or list
ITEM_ACTIONS: Final = 3
LIST_ACTIONS: Final = 10
TEXT_ACTIONS: Final = 100  # ours; the API names no number
FIELDS: Final = 20  # of a form
FORM_ANSWER: Final = 256
EMAIL_ANSWER: Final = 128
OPTIONS: Final = 200  # of a select field; ours
REFERENCES: Final = 10
FIRST_MESSAGES: Final = 10  # ours: with which a device may open a conversation

# Pages
PAGE: Final = 100  # at most, 25 unless asked
PAGE_DEFAULT: Final = 25
MESSAGES_PAGE: Final = 100

# The device socket
HELLO_S: Final = 10
HEARTBEAT_S: Final = 25
POSITIONS: Final = 100  # in one hello
REPLAYED_EVENTS: Final = 500  # per conversation; more than that was missed: read the history again
WELCOME_CONVERSATIONS: Final = 10
COMMANDS_PER_SECOND: Final = 50  # per device
TYPING_EXPIRES_S: Final = 12
TYPING_REPEAT_S: Final = 3  # a start within this time of the last one told is not told again
