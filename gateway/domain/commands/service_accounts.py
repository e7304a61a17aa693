"""What is asked about service accounts and their keys."""

from msgspec import UNSET, UnsetType

from gateway.domain.commands.command import Answer, Command, Needs
from gateway.domain.model import Key, ServiceAccount


class CreateServiceAccount(Command[ServiceAccount], kw_only=True):
    app_id: str = ""
    name: str

    def needs(self) -> Needs:
        return Needs()


class OfServiceAccount(Command[Answer], kw_only=True):
    """Something about a service account that there is."""

    app_id: str = ""
    service_account_id: str

    def needs(self) -> Needs:
        return Needs(service_account=self.service_account_id)


class UpdateServiceAccount(OfServiceAccount[ServiceAccount], kw_only=True):
    name: str | UnsetType = UNSET


class DeleteServiceAccount(OfServiceAccount[None], kw_only=True):
    pass


class CreateServiceAccountKey(OfServiceAccount[Key], kw_only=True):
    display_name: str


class DeleteServiceAccountKey(OfServiceAccount[None], kw_only=True):
    key_id: str
