-- What waits is counted in this index alone, without a look at the rows.
DROP INDEX outbox_waiting;
CREATE INDEX outbox_waiting ON outbox (webhook_id, lane, id, ended_at) WHERE ended_at IS NULL;
