"""Files that were uploaded."""

from gateway.domain.value import Value


class Attachment(Value, kw_only=True):
    """An uploaded file. `base` is the address of the gateway it was given out under; `size` is in bytes.

    `id` is 40 hexadecimal characters of chance: whoever has it may read the file. With `for_message` it goes with the
    last message that shows it, or with its conversation or user. Before it is there, it has neither name nor id.
    """

    app_id: str
    base: str
    id: str = ""
    name: str = ""
    media_type: str = ""
    size: int = 0
    created_at: int = 0
    for_message: bool = False
    conversation_id: str | None = None
    user_id: str | None = None
