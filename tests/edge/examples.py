"""A good example of everything that can be said in a message."""

from typing import Any

Json = dict[str, Any]

LINK: Json = {
    "type": "link",
    "text": "Look",
    "uri": "https://example.com/look",
    "default": True,
    "metadata": {"a": 1},
    "extraChannelOptions": {"messenger": {"webview_share_button": "hide"}},
}
POSTBACK: Json = {"type": "postback", "text": "Yes", "payload": "YES", "metadata": {"a": True}}
REPLY: Json = {"type": "reply", "text": "Red", "payload": "RED", "iconUrl": "https://example.com/red.png"}
BUY: Json = {"type": "buy", "text": "Buy", "amount": 1999, "currency": "eur"}
WEBVIEW: Json = {
    "type": "webview",
    "text": "Open",
    "uri": "https://example.com/app",
    "fallback": "https://example.com/",
    "size": "tall",
    "openOnReceive": True,
}
LOCATION_REQUEST: Json = {"type": "locationRequest", "text": "Where are you?"}

ITEM: Json = {
    "title": "Shoes",
    "description": "Red ones",
    "mediaUrl": "https://example.com/shoes.png",
    "mediaType": "image/png",
    "altText": "A pair of shoes",
    "size": "large",
    "metadata": {"sku": "s1"},
    "actions": [LINK, POSTBACK, WEBVIEW],
}
TEXT_FIELD: Json = {
    "type": "text",
    "name": "name",
    "label": "Your name",
    "placeholder": "Ann",
    "minSize": 2,
    "maxSize": 50,
}
EMAIL_FIELD: Json = {"type": "email", "name": "mail", "label": "E-mail"}
SELECT_FIELD: Json = {
    "type": "select",
    "name": "size",
    "label": "Size",
    "options": [{"name": "s", "label": "Small"}, {"name": "l", "label": "Large"}],
}

CONTENTS: dict[str, Json] = {
    "text": {"type": "text", "text": "Hello"},
    "text with actions": {
        "type": "text",
        "text": "So?",
        "actions": [LINK, POSTBACK, REPLY, BUY, WEBVIEW, LOCATION_REQUEST],
    },
    "html text": {"type": "text", "text": "Hello", "htmlText": "<b>Hello</b>"},
    "text that stops the chat": {"type": "text", "text": "Wait", "blockChatInput": True},
    "image": {
        "type": "image",
        "mediaUrl": "https://example.com/cat.png",
        "altText": "A cat",
        "text": "Meow",
        "actions": [LINK],
    },
    "file": {"type": "file", "mediaUrl": "https://example.com/bill.pdf", "altText": "The bill", "text": "Here"},
    "carousel": {"type": "carousel", "items": [ITEM, ITEM], "displaySettings": {"imageAspectRatio": "square"}},
    "list": {"type": "list", "items": [ITEM], "actions": [POSTBACK]},
    "location": {
        "type": "location",
        "coordinates": {"lat": 45.5261583, "long": -73.595346},
        "location": {"address": "5333 Av. Casgrain", "name": "The office"},
    },
    "form": {"type": "form", "fields": [TEXT_FIELD, EMAIL_FIELD, SELECT_FIELD], "blockChatInput": True},
}

BUSINESS: Json = {"author": {"type": "business"}}

# What an integration of each type is made with: everything that its type knows, first what it cannot be without.
META: Json = {"pageAccessToken": "token", "appId": "1", "appSecret": "secret"}
CHANNELS: dict[str, Json] = {
    "web": {
        "brandColor": "fff",
        "fixedIntroPane": True,
        "conversationColor": "aabbcc",
        "actionColor": "00FF00",
        "displayStyle": "tab",
        "buttonIconUrl": "https://example.com/button.png",
        "buttonWidth": "60",
        "buttonHeight": "61",
        "integrationOrder": ["0" * 24],
        "businessName": "Shop",
        "businessIconUrl": "https://example.com/icon.png",
        "backgroundImageUrl": "https://example.com/back.png",
        "originWhitelist": ["https://example.com", "http://localhost:8000"],
        "prechatCapture": {
            "avatarUrl": "https://example.com/me.png",
            "enabled": True,
            "enableEmailLinking": True,
            "fields": [EMAIL_FIELD],
        },
        "canUserSeeConversationList": True,
        "canUserCreateMoreConversations": False,
    },
    "ios": {
        "certificate": "Y2VydA==",
        "password": "pass",
        "production": True,
        "autoUpdateBadge": False,
        "canUserSeeConversationList": True,
        "canUserCreateMoreConversations": True,
    },
    "android": {
        "projectId": "p",
        "clientEmail": "a@b.c",
        "privateKey": "k",
        "serverKey": "s",
        "senderId": "12345",
        "canUserSeeConversationList": False,
        "canUserCreateMoreConversations": True,
    },
    "unity": {"canUserSeeConversationList": True, "canUserCreateMoreConversations": True},
    "apple": {
        "businessId": "b",
        "apiSecret": "s",
        "mspId": "m",
        "authenticationMessageSecret": "x" * 88,
    },
    "instagram": {**META, "storyRepliesEnabled": False, "storyMentionsEnabled": False},
    "line": {
        "channelId": "1286564967",
        "channelSecret": "s",
        "channelAccessToken": "t",
        "serviceCode": "c",
        "switcherSecret": "w",
        "qrCodeUrl": "https://qr-official.line.me/M/1O4fb8.png",
    },
    "mailgun": {
        "apiKey": "key",
        "domain": "shop.example",
        "incomingAddress": "hi@Shop.example",
        "signingKey": "s",
        "hideUnsubscribeLink": True,
        "fromAddress": "us@elsewhere.example",
    },
    "messagebird": {"accessKey": "a", "signingKey": "s", "originator": "+1234"},
    "messenger": {**META, "pageId": 123212323432123, "pageName": "Our page"},
    "telegram": {"token": "t"},
    "twilio": {"accountSid": "AC1", "authToken": "t", "phoneNumberSid": "PN1", "messagingServiceSid": "MG1"},
    "twitter": {
        "tier": "enterprise",
        "consumerKey": "ck",
        "consumerSecret": "cs",
        "accessTokenKey": "ak",
        "accessTokenSecret": "as",
    },
    "viber": {"token": "t"},
    "whatsapp": {"hsmFallbackLanguage": "de", "accountId": "1", "accountManagementAccessToken": "t"},
}

LINKED: Json = {  # a user, to a channel
    "matchCriteria": {"type": "twilio", "integrationId": "{twilioId}", "phoneNumber": "+1 212-555-2368"},
    "confirmation": {"type": "prompt", "message": {**BUSINESS, "content": {"type": "text", "text": "Is it you?"}}},
    "target": {"conversationId": "{personalId}"},
}
