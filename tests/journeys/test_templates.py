"""Templates said by shorthand: what backends are answered, what devices hear, and that they outlive a restart."""

from pathlib import Path

from gateway.domain.commands import CreateTemplate
from gateway.domain.content import Text
from tests.house_under_test import House, Json, opened

LINK: Json = {"type": "link", "text": "Site", "uri": "https://example.org"}
MENU: list[Json] = [LINK, {"type": "submenu", "text": "More", "items": [LINK]}]


async def keeps(house: House, name: str, text: str) -> None:
    await house.flow.corridor.execute(CreateTemplate(app_id=house.app_id, name=name, content=Text(text=text)))


async def test_devices_hear_what_the_backend_is_answered(house: House) -> None:
    await keeps(house, "hello", "Welcome! %[Start](postback:START)")
    room = await house.group("ann")
    ann = await house.device("ann")
    made = (await house.says(room, "One moment. %((template:hello))% Ask us.")).body["messages"]
    assert [it["content"]["text"] for it in made] == ["One moment.", "Welcome!", "Ask us."]
    heard = [it["event"]["payload"]["message"] for it in await ann.events("conversation:message", 3)]
    assert heard == made == await house.messages(room)
    (button,) = made[1]["content"]["actions"]
    assert await ann.ask("postback", conversationId=room, actionId=button["id"])


async def test_one_that_is_not_there_is_refused_by_name(house: House) -> None:
    room = await house.group("ann")
    refused = await house.says(room, "Hi %((template:nobody))%")
    assert (refused.status, refused.code, refused.title) == (400, "bad_request", "No template is called 'nobody'")
    assert await house.messages(room) == []


async def test_what_a_device_writes_stays_text(house: House) -> None:
    await keeps(house, "hello", "Welcome!")
    room = await house.group("ann")
    said = await (await house.device("ann")).sends(room, "%((template:hello))% $[Pay](1.00)")
    assert said["message"]["content"]["text"] == "%((template:hello))% $[Pay](1.00)"


async def test_templates_and_menus_outlive_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as house:
        await keeps(house, "hello", "Welcome!")
        room = await house.group("ann")
        menu = (await house.v1("PUT", "/menu", {"items": MENU})).body
    async with opened(tmp_path / "data") as house:
        (message,) = (await house.says(room, "%((template:hello))%")).body["messages"]
        assert message["content"]["text"] == "Welcome!"
        assert (await house.v1("GET", "/menu")).body == menu
