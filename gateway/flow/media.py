"""What a message shows is looked at before it is said: the gateway's own files, and the beginning of others."""

import asyncio
from typing import Any, Final, TypeVar

from msgspec import structs

from gateway.domain import errors, limits, media
from gateway.domain.commands import AnyCommand, CreateConversation, Part, Post, Say
from gateway.domain.content import Content, File, Image
from gateway.domain.errors import Refused
from gateway.domain.house import House
from gateway.domain.media import Fetched
from gateway.domain.shorthand import parts
from gateway.ports import Fetcher, Store
from gateway.wire import sniffing

C = TypeVar("C", bound=AnyCommand)

SAYS_NOTHING: Final = ("application/octet-stream", "binary/octet-stream")


class Media:
    """Without a `fetch`, other people's files are taken as they are described."""

    def __init__(self, store: Store, fetch: Fetcher | None) -> None:
        self._store = store
        self._fetch = fetch

    async def seen(self, command: C) -> C:
        """The command with what its files are; raises `Refused` (400) for what is not there, or is no picture.

        Nobody is asked for the sake of a conversation that is not there (404).
        """
        if isinstance(command, Post):
            house = await self._store.peek(command.needs())
            house.room(command.app_id, command.conversation_id)
            said_before = bool(house.sent)  # it gets the first answer, whatever has become of its file
            return command if said_before else structs.replace(command, **await self._said(command, house))
        if isinstance(command, Say):
            house = await self._store.peek(command.needs())
            return structs.replace(command, post=structs.replace(command.post, **await self._said(command.post, house)))
        if isinstance(command, CreateConversation):
            looks = (self._look(command.app_id, it) for it in command.messages)
            found = await asyncio.gather(*looks, return_exceptions=True)
            return structs.replace(command, messages=tuple(_good(it) for it in found))
        return command

    async def _said(self, command: Post, house: House) -> dict[str, Any]:
        """What a post says, looked at: its content, or what shorthand in it stands for by the templates of now."""
        said = parts(command, house.office(command.app_id).templates)
        if said == (Part(command.content),):
            return {"content": await self._look(command.app_id, command.content)}
        looks = (self._look(command.app_id, it.content) for it in said)
        found = await asyncio.gather(*looks, return_exceptions=True)
        seen = (structs.replace(part, content=_good(it)) for part, it in zip(said, found, strict=True))
        return {"parts": tuple(seen)}

    async def _look(self, app_id: str, content: Content) -> Content:
        if not isinstance(content, Image | File):
            return content
        where = media.address(content.media_url)
        for own in await self._store.attachments((where.id,)) if where else ():
            if where is not None and media.is_at(own, where):
                if isinstance(content, Image) and not own.media_type.startswith("image/"):
                    raise Refused(errors.NO_PICTURE)
                shown = own.id if own.app_id == app_id else None
                return structs.replace(content, media_type=own.media_type, media_size=own.size, attachment_id=shown)
        content = structs.replace(content, attachment_id=None)
        return content if self._fetch is None else _as_fetched(content, await self._fetch(content.media_url))


def shows_files(command: AnyCommand) -> bool:
    """Whether there is anything to look at."""
    match command:
        case Post():
            return isinstance(command.content, Image | File)
        case CreateConversation():
            return any(isinstance(it, Image | File) for it in command.messages)
        case _:
            return False


def _good(outcome: Content | BaseException) -> Content:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _as_fetched(content: Image | File, fetched: Fetched | None) -> Content:
    if fetched is None:
        raise Refused(errors.UNREADABLE_MEDIA)
    families = sniffing.families(fetched.head)
    if isinstance(content, Image) and not media.is_picture(families):
        raise Refused(errors.NO_PICTURE)
    return structs.replace(content, media_type=_type(families, fetched.media_type), media_size=fetched.size)


def _type(families: frozenset[str], said: str | None) -> str | None:
    """What the bytes show it to be; where they show too little, what its server says."""
    plain = sorted(media.FAMILIES[it] for it in families if media.is_harmless(media.FAMILIES[it]))
    if plain:
        return plain[0]
    if said is None or said in SAYS_NOTHING or len(said) > limits.LABEL:
        return media.FAMILIES[min(families)] if families else None
    return said
