"""The API of 2020's early access, for apps whose backends still speak it: beside the API of now, by one table."""

from gateway.wire.early_access.manner import FORMER_METHODS, NOW, Asked, Manner, manner
from gateway.wire.early_access.table import TABLE, Row

__all__ = ["FORMER_METHODS", "NOW", "TABLE", "Asked", "Manner", "Row", "manner"]
