-- A reply button is also found by its payload, which is what its answer says.
ALTER TABLE actions ADD COLUMN payload TEXT;
CREATE INDEX actions_by_payload ON actions (conversation_id, payload) WHERE payload IS NOT NULL;
