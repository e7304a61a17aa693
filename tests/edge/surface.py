"""The whole REST surface of the API, version 2: 68 operations, with who may call them and their status on success."""

from typing import NamedTuple

TABLE = """
POST   /v2/apps                                                account                  201
GET    /v2/apps                                                account                  200
GET    /v2/apps/{appId}                                        account,app              200
PATCH  /v2/apps/{appId}                                        account,app              200
DELETE /v2/apps/{appId}                                        account                  200
POST   ~/keys                                                  account                  201
GET    ~/keys                                                  account                  200
GET    ~/keys/{keyId}                                          account                  200
DELETE ~/keys/{keyId}                                          account                  200
POST   ~/attachments                                           account,app,integration  201
POST   ~/attachments/remove                                    account,app,integration  200
POST   ~/conversations                                         account,app,integration  201
GET    ~/conversations                                         account,app,integration  200
GET    ~/conversations/{conversationId}                        account,app,integration  200
PATCH  ~/conversations/{conversationId}                        account,app,integration  200
DELETE ~/conversations/{conversationId}                        account,app,integration  200
POST   ~/conversations/{conversationId}/join                   account,app,integration  201
GET    ~/conversations/{conversationId}/participants           account,app,integration  200
POST   ~/conversations/{conversationId}/leave                  account,app,integration  200
POST   ~/conversations/{conversationId}/messages               account,app,integration  201
GET    ~/conversations/{conversationId}/messages               account,app,integration  200
DELETE ~/conversations/{conversationId}/messages               account,app,integration  200
DELETE ~/conversations/{conversationId}/messages/{messageId}   account,app,integration  200
POST   ~/conversations/{conversationId}/activity               account,app,integration  200
POST   ~/conversations/{conversationId}/passControl            account,app,integration  200
POST   ~/conversations/{conversationId}/releaseControl         account,app,integration  200
POST   ~/conversations/{conversationId}/offerControl           account,app,integration  200
POST   ~/conversations/{conversationId}/acceptControl          account,app,integration  200
POST   ~/conversations/{conversationId}/download               account,app,integration  200
POST   ~/conversations/{conversationId}/conversionEvents       account,app,integration  200
POST   ~/integrations                                          account,app              201
GET    ~/integrations                                          account,app              200
GET    ~/integrations/{integrationId}                          account,app              200
PATCH  ~/integrations/{integrationId}                          account,app              200
DELETE ~/integrations/{integrationId}                          account,app              200
POST   ~/integrations/{integrationId}/keys                     account,app              201
GET    ~/integrations/{integrationId}/keys                     account,app              200
GET    ~/integrations/{integrationId}/keys/{keyId}             account,app              200
DELETE ~/integrations/{integrationId}/keys/{keyId}             account,app              200
POST   ~/integrations/{integrationId}/webhooks                 app,integration          201
GET    ~/integrations/{integrationId}/webhooks                 app,integration          200
GET    ~/integrations/{integrationId}/webhooks/{webhookId}     app,integration          200
PATCH  ~/integrations/{integrationId}/webhooks/{webhookId}     app,integration          200
DELETE ~/integrations/{integrationId}/webhooks/{webhookId}     app,integration          200
POST   ~/switchboards                                          account,app              201
GET    ~/switchboards                                          account,app              200
PATCH  ~/switchboards/{switchboardId}                          account,app              200
DELETE ~/switchboards/{switchboardId}                          account,app              200
POST   ~/switchboards/{switchboardId}/switchboardIntegrations  account,app              201
GET    ~/switchboards/{switchboardId}/switchboardIntegrations  account,app              200
PATCH  ~/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}  account,app  200
DELETE ~/switchboards/{switchboardId}/switchboardIntegrations/{switchboardIntegrationId}  account,app  200
POST   ~/users                                                 account,app,integration  201
GET    ~/users                                                 account,app,integration  200
GET    ~/users/{userIdOrExternalId}                            account,app,integration  200
PATCH  ~/users/{userIdOrExternalId}                            account,app,integration  200
DELETE ~/users/{userIdOrExternalId}                            account,app,integration  200
POST   ~/users/{userIdOrExternalId}/clients                    account,app,integration  201
GET    ~/users/{userIdOrExternalId}/clients                    account,app,integration  200
DELETE ~/users/{userIdOrExternalId}/clients/{clientId}         account,app,integration  200
GET    ~/users/{userIdOrExternalId}/devices                    account,app,integration  200
GET    ~/users/{userIdOrExternalId}/devices/{deviceId}         account,app,integration  200
DELETE ~/users/{userIdOrExternalId}/personalinformation        account,app,integration  200
POST   ~/users/{zendeskId}/sync                                account,app,integration  200
GET    /v2/tokenInfo                                           -                        200
GET    /oauth/authorize                                        -                        302
POST   /oauth/token                                            -                        200
DELETE /oauth/authorization                                    integration              200
"""


# What this gateway has besides: how webhooks are called, what they were told, and telling it again.
BESIDES = """
GET    delivery              200
PATCH  delivery              200
POST   pause                 200
POST   resume                200
POST   signingSecret/rotate  200
GET    attempts              200
GET    events                200
GET    events/{eventId}      200
POST   replay                202
POST   test                  200
"""
HOOK = "/v2/apps/{appId}/integrations/{integrationId}/webhooks/{webhookId}"


class Row(NamedTuple):
    scopes: frozenset[str]
    status: int


def _rows() -> dict[tuple[str, str], Row]:
    found = {}
    for line in TABLE.strip().splitlines():
        method, path, scopes, status = line.split()
        whole = path.replace("~", "/v2/apps/{appId}")
        found[method, whole] = Row(frozenset(scopes.split(",")) - {"-"}, int(status))
    return found


SURFACE = _rows()
OURS = {
    (method, f"{HOOK}/{path}"): Row(frozenset({"app", "integration"}), int(status))
    for method, path, status in (line.split() for line in BESIDES.strip().splitlines())
}
