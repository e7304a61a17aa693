-- What webhooks were told stays for a while, to be looked at and told again: `ended_at` is when an event was delivered
-- or, where it `failed`, given up. What belongs to a conversation that is no more is `stray`: nobody's stay leads to it.
DROP INDEX outbox_waiting;
ALTER TABLE outbox RENAME COLUMN failed_at TO ended_at;
ALTER TABLE outbox ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN stray INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN event_id TEXT NOT NULL DEFAULT '';
UPDATE outbox SET event_id = json_extract(body, '$.id'), failed = ended_at IS NOT NULL;
UPDATE outbox SET stray = 1 WHERE lane NOT IN (SELECT id FROM rooms) AND lane NOT IN (SELECT id FROM people);

-- What waits is counted in this index alone, without a look at the rows.
CREATE INDEX outbox_waiting ON outbox (webhook_id, lane, id, ended_at) WHERE ended_at IS NULL;
CREATE INDEX outbox_by_event ON outbox (webhook_id, event_id);
-- By lane, 4,096 rows at a time: what is new goes to the end of the index, and not to a page of its own for each lane.
CREATE INDEX outbox_by_block ON outbox (id >> 12, lane);
CREATE INDEX outbox_by_end ON outbox (webhook_id, failed, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX outbox_strays ON outbox (id) WHERE stray = 1;

-- Calls of webhooks, each with the ids of its events. What an endpoint `answered` may say again what it was told.
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    answered TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX attempts_by_webhook ON attempts (webhook_id, id);
CREATE INDEX attempts_answered ON attempts (webhook_id) WHERE answered <> '';
