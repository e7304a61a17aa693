"""The API's own description: OpenAPI 3.1, from the very types that requests are read as and answers are held to."""

from gateway.wire.openapi.document import Described, document

__all__ = ["Described", "document"]
