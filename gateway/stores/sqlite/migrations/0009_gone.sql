-- Webhooks that are no more, until all that they were due or told is gone too.
CREATE TABLE gone_webhooks (
    id TEXT PRIMARY KEY
);
INSERT INTO gone_webhooks (id)
SELECT DISTINCT webhook_id FROM outbox WHERE webhook_id NOT IN (
    SELECT json_extract(hook.value, '$.id') FROM offices
    CROSS JOIN json_each(offices.body, '$.integrations') AS integration
    CROSS JOIN json_each(integration.value, '$.webhooks') AS hook
);
