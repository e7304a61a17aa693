"""What is not there, and what goes, through the official client."""

import pytest

from tests.house_under_test import House
from tests.official.client import Official, client


async def test_personal_information_goes(official: Official) -> None:
    profile = {"givenName": "Ann", "email": "ann@example.com"}
    asked = {"externalId": "ann", "profile": profile, "metadata": {"tier": "gold"}}
    await official.ours("UsersApi.create_user", ("UserCreateBody", asked))
    left = await official.ours("UsersApi.delete_user_personal_information", "ann")
    assert (left.user.profile.given_name, left.user.profile.email, left.user.metadata) == (None, None, {})
    assert (await official.ours("UsersApi.get_user", "ann")).user.profile.given_name is None


async def test_what_needs_a_service_that_is_not_here_is_refused(house: House, official: Official) -> None:
    room = await house.personal("ann")
    keys = ("url", "bid", "key", "signature", "owner")
    reference = {"interactiveDataRef": dict.fromkeys(keys, "x")}
    download = ("DownloadMessageRefBody", {"userId": await house.user("ann"), "apple": reference})
    event = {"event_name": "Purchase", "event_time": 1, "user_data": {}}
    meta = client.MessengerConversionEventsBody.from_dict({"messenger": {"payload": {"data": [event]}}})
    for call in (
        official.ours("UsersApi.sync_user", "123"),
        official.ours("ConversationsApi.download_message_ref", room, download),
        official.ours("ConversationsApi.post_conversion_events", room, client.ConversionEventsBody(meta)),
    ):
        with pytest.raises(client.exceptions.ApiException) as refused:
            await call
        assert 400 <= refused.value.status < 500
        assert len(refused.value.body) > 40, "it does not say why"
