"""Who plays in the demo and what they say: neighbours with a garden on the roof, and the shop that helps."""

from typing import Any, Final, NamedTuple

Json = dict[str, Any]


class Part(NamedTuple):
    """A person of the demo."""

    external_id: str
    given_name: str
    surname: str


ANN: Final = Part("ann", "Ann", "Lindqvist")
BOB: Final = Part("bob", "Bob", "Okafor")
CLEO: Final = Part("cleo", "Cleo", "Marchetti")
CAST: Final = (ANN, BOB, CLEO)

SHOP: Final[Json] = {"type": "business", "displayName": "Fern & Fallow"}
GARDEN: Final = "Rooftop garden"
WEBHOOK: Final = "Demo webhook"

# Old pages, so that there is something to scroll up to.
WATERING_LOG: Final = tuple(
    (CAST[day % 3], f"Watering log, day {day + 1}: {8 + day * 7 % 9} litres, {place}.")
    for day, place in enumerate(("tomatoes", "herbs", "beans", "the fig tree", "strawberries") * 12)
)

CHATTER: Final = (
    (ANN, "Morning, both! Who is watering the tomatoes this week?"),
    (BOB, "I did the beds by the stairs last night. The far corner still looks thirsty."),
    (CLEO, "I can take the corner after work, around six."),
    (ANN, "You are a star, Cleo. And the new trellis?"),
)

LAST_WORD: Final = (CLEO, "Oh, that is lovely. Saturday at ten, all of us?")


def trellis(base_url: str) -> Json:
    return {
        "type": "image",
        "mediaUrl": f"{base_url}/demo/pictures/rooftop.png",
        "altText": "A rooftop garden at sunset",
        "text": "Your trellis is ready to be picked up. This is how it will look up there.",
    }


def welcome(part: Part) -> Json:
    return text(
        f"Hello {part.given_name}, welcome to Fern & Fallow! What can we do for your garden?",
        *REPLIES,
    )


def text(said: str, *actions: Json) -> Json:
    return {"type": "text", "text": said, **({"actions": list(actions)} if actions else {})}


def reply(label: str, payload: str) -> Json:
    return {"type": "reply", "text": label, "payload": payload}


def postback(label: str, payload: str) -> Json:
    return {"type": "postback", "text": label, "payload": payload}


LETTER: Final = reply("Send me the letter", "LETTER")
REPLIES: Final = (
    reply("Ask for advice", "ADVICE"),
    reply("Opening hours", "HOURS"),
    reply("Book a visit", "VISIT"),
)


def pot(title: str, description: str, payload: str) -> Json:
    return {"title": title, "description": description, "actions": [postback("Put one aside", f"BOOK:{payload}")]}


# By the payload of the reply button that was chosen.
ANSWERS: Final[dict[str, Json]] = {
    "ADVICE": text(
        "Water early, water deeply, and mulch. Most roof gardens drown at noon and dry out at night.",
        {"type": "link", "text": "Read about mulching", "uri": "https://en.wikipedia.org/wiki/Mulch"},
        reply("Book a visit", "VISIT"),
        reply("What is in season?", "SEASON"),
        LETTER,
    ),
    "SEASON": {
        "type": "carousel",
        "items": [
            pot("Winter savory", "Evergreen, for beans and for bees.", "a pot of winter savory"),
            pot("Alpine strawberry", "Small, sweet, and never finished.", "an alpine strawberry"),
            pot("Dwarf fig", "Happy in a tub out of the wind.", "a dwarf fig"),
        ],
    },
    "LETTER": {
        "type": "form",
        "text": "Our letter, once a season",
        "blockChatInput": True,
        "fields": [
            {"type": "text", "name": "name", "label": "Your name", "placeholder": "Fern"},
            {"type": "email", "name": "mail", "label": "E-mail", "placeholder": "fern@example.com"},
            {
                "type": "select",
                "name": "place",
                "label": "Where do you grow?",
                "options": [{"name": it.lower(), "label": it} for it in ("Roof", "Balcony", "Window sill")],
            },
        ],
    },
    "HOURS": text("We are here every day from eight to six, and until eight on Thursdays."),
    "VISIT": text(
        "With pleasure. When does it suit you?",
        postback("Saturday, 10:00", "BOOK:Saturday at ten"),
        postback("Sunday, 14:00", "BOOK:Sunday at two"),
    ),
}

# To a form that was filled in.
THANKS: Final[Json] = {
    "type": "text",
    "markdownText": "**Thank you!** The next letter is about:\n\n- seeds that keep\n- [mulch](https://en.wikipedia.org/wiki/Mulch)",
}

# Whatever else is written; each conversation goes round these.
SMALL_TALK: Final = (
    text("Thank you for writing! I will have a look and tell you more in a moment."),
    text("Good question. Shall somebody come by and see for themselves?", reply("Book a visit", "VISIT")),
    text("Noted. Is there anything else that we can do for you?", *REPLIES),
)


def booked(payload: str) -> Json:
    """The answer to a pressed button."""
    return text(f"Booked: {payload.removeprefix('BOOK:')}. We will bring the good compost.", LETTER)
