-- Who users were before they were merged into others: what is kept may speak of them by those ids.
CREATE TABLE formers (
    user_id TEXT NOT NULL,
    former_id TEXT NOT NULL,
    PRIMARY KEY (user_id, former_id)
) WITHOUT ROWID;

-- Where messages go while two conversations are made one; empty before and after.
CREATE TABLE moved (
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    received INTEGER NOT NULL,
    quoted_by TEXT,
    PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID;
CREATE INDEX moved_by_answer ON moved (quoted_by) WHERE quoted_by IS NOT NULL;

-- A user may have several sessions.
UPDATE people SET body = json_set(
    json_remove(body, '$.user.session_hash'),
    '$.user.session_hashes',
    CASE WHEN json_extract(body, '$.user.session_hash') IS NULL THEN json_array()
    ELSE json_array(json_extract(body, '$.user.session_hash')) END
);
