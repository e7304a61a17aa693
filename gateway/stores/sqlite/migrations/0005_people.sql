-- An external id is unique within its brand; the empty brand is that of users without one.
ALTER TABLE people ADD COLUMN brand_id TEXT NOT NULL DEFAULT '';
DROP INDEX people_by_external_id;
CREATE UNIQUE INDEX people_by_external_id ON people (app_id, external_id, brand_id);

-- What else users are found by: verified e-mail addresses, without regard to case.
CREATE TABLE identities (
    app_id TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (app_id, type, value, user_id)
) WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);

-- Where users sit or ever sat: what is kept there may speak of them.
CREATE TABLE stays (
    user_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
) WITHOUT ROWID;
CREATE INDEX stays_by_conversation ON stays (conversation_id);
INSERT INTO stays SELECT user_id, conversation_id FROM seats;
INSERT OR IGNORE INTO stays
SELECT json_extract(body, '$.user.id'), conversation_id FROM events
WHERE json_extract(body, '$.happened') = 'conversation:leave';
