"""Decides: a command and the state it meets become events and an answer, or a refusal."""

from collections.abc import Callable
from typing import Any, Final

from gateway.domain import commands as cmd
from gateway.domain.decide import (
    activities,
    attachments,
    buttons,
    calling,
    clients,
    control,
    conversations,
    default,
    deliveries,
    integrations,
    menus,
    merges,
    messages,
    moderation,
    offices,
    partners,
    people,
    probe,
    service_accounts,
    switchboards,
    templates,
)
from gateway.domain.decide.decision import Decision
from gateway.domain.decide.history import informed
from gateway.domain.house import House
from gateway.domain.value import Stamp

DECIDERS: Final[dict[type[cmd.AnyCommand], Callable[[House, Any, Stamp], Decision]]] = {
    cmd.CreateAccountKey: offices.create_account_key,
    cmd.CreateServiceAccount: service_accounts.create,
    cmd.UpdateServiceAccount: service_accounts.update,
    cmd.DeleteServiceAccount: service_accounts.delete,
    cmd.CreateServiceAccountKey: service_accounts.create_key,
    cmd.DeleteServiceAccountKey: service_accounts.delete_key,
    cmd.CreateApp: offices.create_app,
    cmd.UpdateApp: offices.update_app,
    cmd.DeleteApp: offices.delete_app,
    cmd.CreateKey: offices.create_key,
    cmd.DeleteKey: offices.delete_key,
    cmd.CreateIntegration: integrations.create_integration,
    cmd.UpdateIntegration: integrations.update_integration,
    cmd.DeleteIntegration: integrations.delete_integration,
    cmd.CreateWebhook: integrations.create_webhook,
    cmd.UpdateWebhook: integrations.update_webhook,
    cmd.DeleteWebhook: integrations.delete_webhook,
    cmd.UpdateDelivery: calling.update,
    cmd.RotateSigningSecret: calling.rotate,
    cmd.CreateSwitchboard: switchboards.create,
    cmd.UpdateSwitchboard: switchboards.update,
    cmd.DeleteSwitchboard: switchboards.delete,
    cmd.CreateSwitchboardIntegration: switchboards.create_integration,
    cmd.UpdateSwitchboardIntegration: switchboards.update_integration,
    cmd.DeleteSwitchboardIntegration: switchboards.delete_integration,
    cmd.CreateTemplate: templates.create,
    cmd.UpdateTemplate: templates.update,
    cmd.DeleteTemplate: templates.delete,
    cmd.PutMenu: menus.put,
    cmd.DeleteMenu: menus.delete,
    cmd.PutModeration: moderation.put,
    cmd.RotateModerationSecret: moderation.rotate,
    cmd.DeleteModeration: moderation.delete,
    cmd.CreatePartner: partners.create,
    cmd.Admit: partners.admit,
    cmd.CreateUser: people.create,
    cmd.UpdateUser: people.update,
    cmd.DeleteUser: people.delete,
    cmd.ForgetUser: people.forget,
    cmd.MergeUsers: merges.merge,
    cmd.CreateClient: clients.create,
    cmd.LinkChannel: default.link,
    cmd.DeleteClient: clients.delete,
    cmd.Connect: people.connect,
    cmd.OpenSession: people.open_session,
    cmd.UpdateDevice: people.update_device,
    cmd.CreateConversation: conversations.create,
    cmd.UpdateConversation: conversations.update,
    cmd.DeleteConversation: conversations.delete,
    cmd.Join: conversations.join,
    cmd.Leave: conversations.leave,
    cmd.PassControl: control.pass_,
    cmd.OfferControl: control.offer,
    cmd.AcceptControl: control.accept,
    cmd.ReleaseControl: control.release,
    cmd.Post: messages.post,
    cmd.Say: default.say,
    cmd.Receive: deliveries.receive,
    cmd.DeleteMessage: messages.delete,
    cmd.ClearMessages: messages.clear,
    cmd.ExpireMessages: messages.expire,
    cmd.Read: activities.read,
    cmd.Type: activities.type_,
    cmd.Press: buttons.press,
    cmd.KeepAttachment: attachments.keep,
    cmd.RemoveAttachment: attachments.remove,
    cmd.PrepareProbe: probe.prepare,
}


def decide(house: House, command: cmd.AnyCommand, stamp: Stamp) -> Decision:
    """What `command` makes happen in `house`; raises `Refused` and then nothing happens."""
    decision = DECIDERS[type(command)](house, command, stamp)
    return informed(house, decision) if house.newest else decision


__all__ = ["DECIDERS", "Decision", "decide"]
