-- A reply button is also found by its payload, which is what its answer says.
ALTER TABLE actions ADD COLUMN payload TEXT;
CREATE INDEX actions_by_payload ON actions (conversation_id, payload, seq) WHERE payload IS NOT NULL;

-- Apps that keep messages for a time only are few.
CREATE INDEX offices_with_retention ON offices (id)
    WHERE json_extract(body, '$.app.settings.conversationRetentionSeconds') > 0;
