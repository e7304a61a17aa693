-- Tables whose rows are long get row numbers: without them every row is a key, of which few go on a page, and whatever
-- exceeds a kilobyte goes to pages of its own. So what is new goes to the end, and short keys alone go where they belong.

CREATE TABLE numbered_messages (
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    author_id TEXT,
    client_message_id TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (conversation_id, seq)
);
INSERT INTO numbered_messages (conversation_id, seq, id, author_id, client_message_id, body)
SELECT conversation_id, seq, id, author_id, client_message_id, body FROM messages ORDER BY conversation_id, seq;
DROP TABLE messages;
ALTER TABLE numbered_messages RENAME TO messages;
CREATE UNIQUE INDEX messages_by_id ON messages (id);
CREATE UNIQUE INDEX messages_once ON messages (conversation_id, author_id, client_message_id)
    WHERE client_message_id IS NOT NULL;

CREATE TRIGGER a_message_shows_its_files_no_more AFTER DELETE ON messages BEGIN
    DELETE FROM attachment_uses WHERE conversation_id = OLD.conversation_id AND seq = OLD.seq;
END;

CREATE TABLE numbered_rooms (
    id TEXT NOT NULL PRIMARY KEY,
    app_id TEXT NOT NULL,
    active_at INTEGER NOT NULL,
    body TEXT NOT NULL
);
INSERT INTO numbered_rooms (id, app_id, active_at, body) SELECT id, app_id, active_at, body FROM rooms ORDER BY id;
DROP TABLE rooms;
ALTER TABLE numbered_rooms RENAME TO rooms;
CREATE INDEX rooms_by_app ON rooms (app_id, id);

CREATE TRIGGER a_file_goes_with_its_conversation AFTER DELETE ON rooms BEGIN
    UPDATE attachments SET gone = 1 WHERE conversation_id = OLD.id AND for_message = 1
        AND NOT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id);
END;

CREATE TABLE numbered_people (
    id TEXT NOT NULL PRIMARY KEY,
    app_id TEXT NOT NULL,
    external_id TEXT,
    brand_id TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL
);
INSERT INTO numbered_people (id, app_id, external_id, brand_id, body)
SELECT id, app_id, external_id, brand_id, body FROM people ORDER BY id;
DROP TABLE people;
ALTER TABLE numbered_people RENAME TO people;
CREATE UNIQUE INDEX people_by_external_id ON people (app_id, external_id, brand_id);

CREATE TRIGGER a_file_goes_with_its_user AFTER DELETE ON people BEGIN
    UPDATE attachments SET gone = 1 WHERE user_id = OLD.id AND for_message = 1
        AND NOT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id);
END;
