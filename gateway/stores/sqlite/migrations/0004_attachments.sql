-- Uploaded files, and which messages show them. What a file belongs to takes it along, whichever statement drops that:
-- `gone` is set in the same transaction, and what is stored under the id is deleted afterwards.

CREATE TABLE attachments (
    id TEXT PRIMARY KEY,
    app_id TEXT NOT NULL,
    user_id TEXT,
    conversation_id TEXT,
    for_message INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX attachments_by_app ON attachments (app_id);
CREATE INDEX attachments_by_user ON attachments (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX attachments_by_conversation ON attachments (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX attachments_for_messages ON attachments (created_at) WHERE for_message = 1 AND gone = 0;
CREATE INDEX attachments_gone ON attachments (id) WHERE gone = 1;

CREATE TABLE attachment_uses (
    conversation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    attachment_id TEXT NOT NULL,
    PRIMARY KEY (conversation_id, seq, attachment_id)
) WITHOUT ROWID;
CREATE INDEX attachment_uses_by_attachment ON attachment_uses (attachment_id);

CREATE TRIGGER a_message_shows_its_files_no_more AFTER DELETE ON messages BEGIN
    DELETE FROM attachment_uses WHERE conversation_id = OLD.conversation_id AND seq = OLD.seq;
END;

CREATE TRIGGER a_file_goes_with_the_last_message_that_shows_it AFTER DELETE ON attachment_uses BEGIN
    UPDATE attachments SET gone = 1 WHERE id = OLD.attachment_id AND for_message = 1
        AND NOT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment_id = OLD.attachment_id);
END;

CREATE TRIGGER a_file_goes_with_its_conversation AFTER DELETE ON rooms BEGIN
    UPDATE attachments SET gone = 1 WHERE conversation_id = OLD.id AND for_message = 1
        AND NOT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id);
END;

CREATE TRIGGER a_file_goes_with_its_user AFTER DELETE ON people BEGIN
    UPDATE attachments SET gone = 1 WHERE user_id = OLD.id AND for_message = 1
        AND NOT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id);
END;

CREATE TRIGGER a_file_goes_with_its_app AFTER DELETE ON offices BEGIN
    UPDATE attachments SET gone = 1 WHERE app_id = OLD.id;
END;
