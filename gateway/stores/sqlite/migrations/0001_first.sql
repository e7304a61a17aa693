-- The state is kept as values: `body` is one, in JSON; the other columns are what it is found by.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE offices (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (id TEXT PRIMARY KEY, app_id TEXT, scope TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX keys_by_app ON keys (app_id);
CREATE TABLE integrations (id TEXT PRIMARY KEY, app_id TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX integrations_by_app ON integrations (app_id);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    external_id TEXT,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX people_by_external_id ON people (app_id, external_id);

CREATE TABLE rooms (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    active_at INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX rooms_by_app ON rooms (app_id);
CREATE TABLE seats (
    user_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
) WITHOUT ROWID;
CREATE INDEX seats_by_conversation ON seats (conversation_id);

-- Every event with a seq is one row: a message here, the others in `events`.
CREATE TABLE messages (
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    author_id TEXT,
    client_message_id TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_id ON messages (id);
CREATE UNIQUE INDEX messages_once ON messages (conversation_id, author_id, client_message_id)
    WHERE client_message_id IS NOT NULL;

CREATE TABLE events (
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID;

-- The buttons of messages, by the ids that devices press.
CREATE TABLE actions (
    conversation_id TEXT NOT NULL,
    id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation_id, id)
) WITHOUT ROWID;
CREATE INDEX actions_by_message ON actions (message_id);
CREATE INDEX actions_by_seq ON actions (conversation_id, seq);

-- What webhooks are due, in the order it happened.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL DEFAULT 0,
    failed_at INTEGER,
    body TEXT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (webhook_id, lane, id) WHERE failed_at IS NULL;
