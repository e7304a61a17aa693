-- The store's language on SQLite. A write takes all rows of a group in one step: a row of placeholders is repeated, and
-- a list of ids is one JSON array.

-- offices_by_id: Apps with their keys and integrations.
SELECT id, body FROM offices WHERE id IN (SELECT value FROM json_each(?));

-- account_keys: The keys of the whole installation; their ids begin with `act_`.
SELECT body FROM keys WHERE id BETWEEN 'act_' AND 'act_g' AND scope = 'account' ORDER BY id;

-- key_by_id: One credential.
SELECT body FROM keys WHERE id = ?;

-- service_accounts_by_id: Service accounts with their keys.
SELECT id, body FROM service_accounts WHERE id IN (SELECT value FROM json_each(?));

-- service_accounts_after: A page of service accounts, oldest first, but for the first so many.
SELECT body FROM service_accounts WHERE id > ? ORDER BY id LIMIT ? OFFSET ?;

-- partner_by_id: One OAuth client.
SELECT body FROM partners WHERE id = ?;

-- app_of_integration: The app an integration belongs to.
SELECT app_id FROM integrations WHERE id = ?;

-- offices_after: A page of apps, oldest first, but for the first so many, and for the gateway's own.
SELECT body FROM offices WHERE id > ? AND id <> 'self' ORDER BY id LIMIT ? OFFSET ?;

-- offices_of_after: The same of the apps of a service account.
SELECT body FROM offices
WHERE json_extract(body, '$.app.service_account_id') = ? AND id > ? ORDER BY id LIMIT ? OFFSET ?;

-- offices_of_before: The page of a service account's apps before one, newest first.
SELECT body FROM offices
WHERE json_extract(body, '$.app.service_account_id') = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- offices_before: The page of apps before one, newest first, but for the gateway's own.
SELECT body FROM offices WHERE id < ? AND id <> 'self' ORDER BY id DESC LIMIT ?;

-- rooms_by_id: Conversations with their participants.
SELECT id, body FROM rooms WHERE id IN (SELECT value FROM json_each(?));

-- rooms_of_users: Which conversations some users sit in.
SELECT user_id, conversation_id FROM seats WHERE user_id IN (SELECT value FROM json_each(?));

-- people_by_id: Users with their client and devices.
SELECT id, body FROM people WHERE id IN (SELECT value FROM json_each(?));

-- people_by_external_id: Users by [app id, external id].
SELECT people.app_id, people.external_id, people.id, people.body
FROM json_each(?) AS wanted
CROSS JOIN people ON people.app_id = json_extract(wanted.value, '$[0]')
    AND people.external_id = json_extract(wanted.value, '$[1]');

-- people_by_identity: Users by what they were proven to be, oldest first.
SELECT people.body FROM identities CROSS JOIN people ON people.id = identities.user_id
WHERE identities.app_id = ? AND identities.type = ? AND identities.value = ? ORDER BY people.id;

-- messages_sent: Messages by [conversation, author, client message id], to answer a repeated send.
SELECT messages.conversation_id, messages.author_id, messages.client_message_id, messages.body
FROM json_each(?) AS wanted
CROSS JOIN messages ON messages.conversation_id = json_extract(wanted.value, '$[0]')
    AND messages.author_id = json_extract(wanted.value, '$[1]')
    AND messages.client_message_id = json_extract(wanted.value, '$[2]');

-- messages_by_id: Messages by id.
SELECT conversation_id, id, body FROM messages WHERE id IN (SELECT value FROM json_each(?));

-- actions_by_id: Buttons by [conversation, id], with the id of their message.
SELECT actions.conversation_id, actions.id, actions.message_id, actions.body
FROM json_each(?) AS wanted
CROSS JOIN actions ON actions.conversation_id = json_extract(wanted.value, '$[0]')
    AND actions.id = json_extract(wanted.value, '$[1]');

-- replies_by_payload: The ten newest reply buttons of each [conversation, payload], oldest first.
SELECT actions.conversation_id, actions.payload, actions.body
FROM json_each(?) AS wanted
CROSS JOIN actions ON actions.conversation_id = json_extract(wanted.value, '$[0]')
    AND actions.payload = json_extract(wanted.value, '$[1]')
    AND actions.seq >= coalesce((
        SELECT newer.seq FROM actions AS newer
        WHERE newer.conversation_id = json_extract(wanted.value, '$[0]')
            AND newer.payload = json_extract(wanted.value, '$[1]')
        ORDER BY newer.seq DESC LIMIT 1 OFFSET 9
    ), 0)
ORDER BY actions.seq;

-- conversations_after: A page of a user's conversations, oldest first.
SELECT rooms.body FROM seats CROSS JOIN rooms ON rooms.id = seats.conversation_id
WHERE seats.user_id = ? AND seats.conversation_id > ? ORDER BY seats.conversation_id LIMIT ? OFFSET ?;

-- conversations_before: The page of a user's conversations before one, newest first.
SELECT rooms.body FROM seats CROSS JOIN rooms ON rooms.id = seats.conversation_id
WHERE seats.user_id = ? AND seats.conversation_id < ? ORDER BY seats.conversation_id DESC LIMIT ?;

-- overviews: A user's conversations with their newest message, most recently active first, after [time, id].
SELECT rooms.body, (
    SELECT messages.body FROM messages
    WHERE messages.conversation_id = rooms.id ORDER BY messages.seq DESC LIMIT 1
)
FROM seats CROSS JOIN rooms ON rooms.id = seats.conversation_id
WHERE seats.user_id = ?1 AND (rooms.active_at < ?2 OR (rooms.active_at = ?2 AND rooms.id < ?3))
ORDER BY rooms.active_at DESC, rooms.id DESC LIMIT ?4;

-- active_last: Which conversations some users sit in, of each at most so many: those that were active last.
SELECT wanted.value, rooms.id
FROM json_each(?1) AS wanted CROSS JOIN rooms ON rooms.id IN (
    SELECT last.id FROM seats CROSS JOIN rooms AS last ON last.id = seats.conversation_id
    WHERE seats.user_id = wanted.value ORDER BY last.active_at DESC, last.id DESC LIMIT ?2
);

-- overviews_by_id: Conversations with their newest message.
SELECT rooms.body, (
    SELECT messages.body FROM messages
    WHERE messages.conversation_id = rooms.id ORDER BY messages.seq DESC LIMIT 1
)
FROM rooms WHERE rooms.id IN (SELECT value FROM json_each(?));

-- active_at: When a conversation was last active.
SELECT active_at FROM rooms WHERE id = ?;

-- overview: One conversation with its newest message.
SELECT rooms.body, (
    SELECT messages.body FROM messages
    WHERE messages.conversation_id = rooms.id ORDER BY messages.seq DESC LIMIT 1
)
FROM rooms WHERE rooms.id = ?;

-- message_seq: The place of a message in its conversation.
SELECT seq FROM messages WHERE id = ? AND conversation_id = ?;

-- messages_after: Messages after a seq, oldest first.
SELECT body FROM messages WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?;

-- messages_before: Messages before a seq, newest first.
SELECT body FROM messages WHERE conversation_id = ? AND seq < ? ORDER BY seq DESC LIMIT ? OFFSET ?;

-- said_after: Messages after a seq that were not deleted, oldest first.
SELECT body FROM messages
WHERE conversation_id = ? AND seq > ? AND json_extract(body, '$.content') IS NOT NULL ORDER BY seq LIMIT ?;

-- said_before: Messages before a seq that were not deleted, newest first.
SELECT body FROM messages
WHERE conversation_id = ? AND seq < ? AND json_extract(body, '$.content') IS NOT NULL ORDER BY seq DESC LIMIT ?;

-- first_after: The seq that parts a conversation's messages up to a time from those after it; times ascend with seq.
WITH RECURSIVE search(low, high) AS (
    SELECT 0, coalesce((SELECT max(seq) + 1 FROM messages WHERE conversation_id = ?1), 0)
    UNION ALL
    SELECT
        CASE WHEN json_extract(middle.body, '$.received') <= ?2 THEN middle.seq + 1 ELSE search.low END,
        CASE WHEN json_extract(middle.body, '$.received') <= ?2 THEN search.high ELSE (search.low + search.high) / 2 END
    FROM search LEFT JOIN messages AS middle ON middle.conversation_id = ?1 AND middle.seq = (
        SELECT seq FROM messages
        WHERE conversation_id = ?1 AND seq >= (search.low + search.high) / 2 AND seq < search.high ORDER BY seq LIMIT 1
    )
    WHERE search.low < search.high
)
SELECT high FROM search WHERE low = high;

-- messages_newest: The newest messages of some conversations, at most so many of each, oldest first.
SELECT messages.conversation_id, messages.body
FROM json_each(?1) AS wanted
CROSS JOIN messages ON messages.conversation_id = wanted.value AND messages.seq >= coalesce((
    SELECT newest.seq FROM messages AS newest
    WHERE newest.conversation_id = wanted.value ORDER BY newest.seq DESC LIMIT 1 OFFSET ?2 - 1
), 0)
ORDER BY messages.conversation_id, messages.seq;

-- told: What happened in conversations within [conversation, after seq, up to seq], in order.
SELECT messages.conversation_id, messages.seq, 'message', messages.body
FROM json_each(?1) AS wanted
CROSS JOIN messages ON messages.conversation_id = json_extract(wanted.value, '$[0]')
    AND messages.seq > json_extract(wanted.value, '$[1]')
    AND messages.seq <= json_extract(wanted.value, '$[2]')
UNION ALL
SELECT events.conversation_id, events.seq, 'event', events.body
FROM json_each(?1) AS wanted
CROSS JOIN events ON events.conversation_id = json_extract(wanted.value, '$[0]')
    AND events.seq > json_extract(wanted.value, '$[1]')
    AND events.seq <= json_extract(wanted.value, '$[2]')
ORDER BY 1, 2;

-- offices_with_retention: Apps that keep messages for a time only.
SELECT body FROM offices WHERE json_extract(body, '$.app.settings.conversationRetentionSeconds') > 0;

-- quiet_rooms: A page of an app's conversations, and of each whether it was last active within two times and has messages.
SELECT id, active_at BETWEEN ?3 AND ?4
    AND EXISTS (SELECT 1 FROM messages WHERE messages.conversation_id = rooms.id)
FROM rooms WHERE app_id = ?1 AND id > ?2 ORDER BY id LIMIT ?5;

-- targets: Webhooks with waiting events. One step finds the next.
WITH RECURSIVE target(id) AS (
    SELECT (SELECT webhook_id FROM outbox WHERE ended_at IS NULL AND webhook_id > '' ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT next.webhook_id FROM outbox AS next
        WHERE next.ended_at IS NULL AND next.webhook_id > target.id ORDER BY next.webhook_id LIMIT 1
    )
    FROM target WHERE target.id IS NOT NULL
)
SELECT id FROM target WHERE id IS NOT NULL;

-- lanes: A page of a webhook's lanes after one, each with the time when its oldest waiting event is due.
WITH RECURSIVE oldest(id) AS (
    SELECT (
        SELECT id FROM outbox WHERE ended_at IS NULL AND webhook_id = ?1 AND lane > ?2 ORDER BY lane, id LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT next.id FROM outbox AS next
        WHERE next.ended_at IS NULL AND next.webhook_id = ?1 AND next.lane > here.lane
        ORDER BY next.lane, next.id LIMIT 1
    )
    FROM oldest CROSS JOIN outbox AS here ON here.id = oldest.id
    LIMIT ?3
)
SELECT outbox.lane, outbox.due_at FROM oldest CROSS JOIN outbox ON outbox.id = oldest.id;

-- waiting: The oldest waiting events of some lanes of a webhook, at most so many of each, in order.
SELECT outbox.lane, outbox.id, outbox.attempts, outbox.body
FROM json_each(?2) AS wanted
CROSS JOIN outbox ON outbox.webhook_id = ?1 AND outbox.lane = wanted.value AND outbox.ended_at IS NULL
    AND outbox.id <= coalesce((
        SELECT last.id FROM outbox AS last
        WHERE last.webhook_id = ?1 AND last.lane = wanted.value AND last.ended_at IS NULL
        ORDER BY last.id LIMIT 1 OFFSET ?3 - 1
    ), 9223372036854775807)
ORDER BY wanted.key, outbox.id;

-- backlog: How many events wait for a webhook, and of the oldest the app and the time.
WITH told AS (
    SELECT count(*) AS events, min(id) AS oldest FROM outbox INDEXED BY outbox_waiting
    WHERE webhook_id = ? AND ended_at IS NULL
)
SELECT json_extract(body, '$.app_id'), told.events, json_extract(body, '$.at')
FROM told CROSS JOIN outbox ON outbox.id = told.oldest;

-- behind: Of the webhooks with the most waiting events how many, the app, and the time of the oldest; with each, how many
-- webhooks and events there are in all.
WITH told AS (
    SELECT webhook_id, count(*) AS events, min(id) AS oldest,
        count(*) OVER () AS all_webhooks, sum(count(*)) OVER () AS all_events
    FROM outbox INDEXED BY outbox_waiting WHERE ended_at IS NULL
    GROUP BY webhook_id ORDER BY events DESC LIMIT ?
)
SELECT told.all_webhooks, told.all_events,
    told.webhook_id, json_extract(body, '$.app_id'), told.events, json_extract(body, '$.at')
FROM told CROSS JOIN outbox ON outbox.id = told.oldest ORDER BY told.events DESC;

-- told_event: An event that a webhook is due, or was told.
SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox WHERE webhook_id = ? AND event_id = ?;

-- told_waiting_after: A page of what waits for a webhook, lane by lane, after [lane, id], but for the first so many.
SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_waiting
    WHERE webhook_id = ?1 AND ended_at IS NULL AND lane = ?2 AND id > ?3 ORDER BY id LIMIT ?4 + ?5
) UNION ALL SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_waiting
    WHERE webhook_id = ?1 AND ended_at IS NULL AND lane > ?2 ORDER BY lane, id LIMIT ?4 + ?5
) ORDER BY 2, 1 LIMIT ?4 OFFSET ?5;

-- told_waiting_before: The page of that before [lane, id], last first.
SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_waiting
    WHERE webhook_id = ?1 AND ended_at IS NULL AND lane = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4 + ?5
) UNION ALL SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_waiting
    WHERE webhook_id = ?1 AND ended_at IS NULL AND lane < ?2 ORDER BY lane DESC, id DESC LIMIT ?4 + ?5
) ORDER BY 2 DESC, 1 DESC LIMIT ?4 OFFSET ?5;

-- told_ended_after: A page of what was delivered to a webhook, or given up, last ended first, after [time, id].
SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_by_end
    WHERE webhook_id = ?1 AND failed = ?2 AND ended_at = ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5 + ?6
) UNION ALL SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_by_end
    WHERE webhook_id = ?1 AND failed = ?2 AND ended_at < ?3 ORDER BY ended_at DESC, id DESC LIMIT ?5 + ?6
) ORDER BY 5 DESC, 1 DESC LIMIT ?5 OFFSET ?6;

-- told_ended_before: The page of that before [time, id], first ended first.
SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_by_end
    WHERE webhook_id = ?1 AND failed = ?2 AND ended_at = ?3 AND id > ?4 ORDER BY id LIMIT ?5 + ?6
) UNION ALL SELECT * FROM (
    SELECT id, lane, attempts, due_at, ended_at, failed, body FROM outbox INDEXED BY outbox_by_end
    WHERE webhook_id = ?1 AND failed = ?2 AND ended_at > ?3 ORDER BY ended_at, id LIMIT ?5 + ?6
) ORDER BY 5, 1 LIMIT ?5 OFFSET ?6;

-- ended: Which events of a webhook were delivered, or given up, after [time, id] up to a time, and whether they happened
-- since another.
SELECT * FROM (
    SELECT ended_at, id, ?3 <= 0 OR json_extract(body, '$.at') >= ?3 FROM outbox INDEXED BY outbox_by_end
    WHERE webhook_id = ?1 AND failed = ?2 AND ended_at = ?4 AND id > ?5 ORDER BY id LIMIT ?7
) UNION ALL SELECT * FROM (
    SELECT ended_at, id, ?3 <= 0 OR json_extract(body, '$.at') >= ?3 FROM outbox INDEXED BY outbox_by_end
    WHERE webhook_id = ?1 AND failed = ?2 AND ended_at > ?4 AND ended_at <= ?6 ORDER BY ended_at, id LIMIT ?7
) ORDER BY 1, 2 LIMIT ?7;

-- attempts_after: Of the newest so many calls of a webhook before one, those that are sought, newest first.
SELECT id, answered, body FROM (
    SELECT id, answered, body FROM attempts WHERE webhook_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3
) AS looked
WHERE (?4 IS NULL OR (coalesce(json_extract(body, '$.status'), 0) BETWEEN 200 AND 299) = ?4)
    AND (?5 IS NULL OR (instr(body, ?5) AND instr(json_extract(body, '$.events'), ?5)))
ORDER BY id DESC LIMIT ?6 OFFSET ?7;

-- attempts_before: Of the oldest so many calls of a webhook after one, those that are sought, oldest first.
SELECT id, answered, body FROM (
    SELECT id, answered, body FROM attempts WHERE webhook_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3
) AS looked
WHERE (?4 IS NULL OR (coalesce(json_extract(body, '$.status'), 0) BETWEEN 200 AND 299) = ?4)
    AND (?5 IS NULL OR (instr(body, ?5) AND instr(json_extract(body, '$.events'), ?5)))
ORDER BY id LIMIT ?6 OFFSET ?7;

-- attempt_after: The last of so many calls of a webhook before one, and when it was answered.
SELECT id, at + json_extract(body, '$.took_ms') FROM attempts WHERE webhook_id = ? AND id < ?
ORDER BY id DESC LIMIT 1 OFFSET ?;

-- attempt_before: The last of so many calls of a webhook after one, and when it was begun.
SELECT id, at FROM attempts WHERE webhook_id = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?;

-- attempts_until: What parts a webhook's calls up to a time from those that were begun after it, found by halving.
WITH RECURSIVE search(low, high) AS (
    SELECT 0, coalesce((SELECT max(id) + 1 FROM attempts WHERE webhook_id = ?1), 0)
    UNION ALL
    SELECT
        CASE WHEN middle.at <= ?2 THEN middle.id + 1 ELSE search.low END,
        CASE WHEN middle.at <= ?2 THEN search.high ELSE (search.low + search.high) / 2 END
    FROM search LEFT JOIN attempts AS middle ON middle.id = (
        SELECT id FROM attempts
        WHERE webhook_id = ?1 AND id >= (search.low + search.high) / 2 AND id < search.high ORDER BY id LIMIT 1
    )
    WHERE search.low < search.high
)
SELECT high FROM search WHERE low = high;

-- attachments_by_id: Files that are there.
SELECT id, body FROM attachments WHERE gone = 0 AND id IN (SELECT value FROM json_each(?));

-- attachments_gone: Files that are no more, whose bytes are to be deleted.
SELECT id FROM attachments WHERE gone = 1 ORDER BY id LIMIT ?;

-- attachments_known: Which of some files there are, or were until now.
SELECT id FROM attachments WHERE id IN (SELECT value FROM json_each(?));

-- put_attachments: New files.
INSERT INTO attachments (id, app_id, user_id, conversation_id, for_message, created_at, body)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- remove_attachments: Files that somebody removed.
UPDATE attachments SET gone = 1 WHERE id IN (SELECT value FROM json_each(?));

-- abandon_attachments: Files for messages made before a time that no message ever showed.
UPDATE attachments SET gone = 1 WHERE for_message = 1 AND gone = 0 AND created_at < ?
    AND NOT EXISTS (SELECT 1 FROM attachment_uses WHERE attachment_id = attachments.id);

-- forget_attachments: Files whose bytes are deleted.
DELETE FROM attachments WHERE gone = 1 AND id IN (SELECT value FROM json_each(?));

-- use_attachments: Messages that show files, as [file, app, conversation, seq]; another app's file is none.
INSERT INTO attachment_uses (attachment_id, conversation_id, seq)
SELECT attachments.id, json_extract(shown.value, '$[2]'), json_extract(shown.value, '$[3]')
FROM json_each(?) AS shown
CROSS JOIN attachments ON attachments.id = json_extract(shown.value, '$[0]')
    AND attachments.app_id = json_extract(shown.value, '$[1]')
WHERE attachments.gone = 0
ON CONFLICT DO NOTHING;

-- drop_uses: Messages that were deleted, as [conversation, seq].
DELETE FROM attachment_uses WHERE (conversation_id, seq) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
);

-- last_outbox: The last id that an outbox row was given, also of those that are gone.
SELECT seq FROM sqlite_sequence WHERE name = 'outbox';

-- epoch: The name of these histories.
SELECT value FROM meta WHERE name = 'epoch';

-- set_epoch: Give these histories a name.
INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT (name) DO NOTHING;

-- put_offices: Apps as they are now.
INSERT INTO offices (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- put_service_accounts: Service accounts as they are now.
INSERT INTO service_accounts (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- drop_service_accounts: Service accounts that are no more.
DELETE FROM service_accounts WHERE id IN (SELECT value FROM json_each(?));

-- drop_keys: The keys of changed apps and service accounts, before they are written anew.
DELETE FROM keys WHERE app_id IN (SELECT value FROM json_each(?));

-- put_keys: Credentials.
INSERT INTO keys (id, app_id, scope, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING;

-- drop_integrations: The integrations of changed apps, before they are written anew.
DELETE FROM integrations WHERE app_id IN (SELECT value FROM json_each(?));

-- put_integrations: Which app an integration belongs to.
INSERT INTO integrations (id, app_id) VALUES (?, ?);

-- put_partners: OAuth clients.
INSERT INTO partners (id, body) VALUES (?, ?);

-- put_people: Users as they are now.
INSERT INTO people (id, app_id, external_id, brand_id, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, brand_id = excluded.brand_id, body = excluded.body;

-- drop_identities: What some users are found by, before it is written anew.
DELETE FROM identities WHERE user_id IN (SELECT value FROM json_each(?));

-- put_identities: What users are found by.
INSERT INTO identities (app_id, type, value, user_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- put_rooms: Conversations as they are now.
INSERT INTO rooms (id, app_id, active_at, body) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET active_at = excluded.active_at, body = excluded.body;

-- put_seats: New participants.
INSERT INTO seats (user_id, conversation_id) VALUES (?, ?);

-- put_stays: Where users sit or ever sat.
INSERT INTO stays (user_id, conversation_id) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- drop_stays: Where users sat who are no more.
DELETE FROM stays WHERE user_id IN (SELECT value FROM json_each(?));

-- scrub_messages: Forget a user in what was said where they sit or sat. A body without the id does not speak of them.
UPDATE messages SET body = scrubbed('message', body, json_array(?1))
WHERE conversation_id IN (SELECT conversation_id FROM stays WHERE user_id = ?1) AND instr(body, ?1);

-- scrub_events: Forget a user in what else happened there, also under the ids of those merged into them.
UPDATE events SET body = scrubbed('event', body, json_insert((
    SELECT json_group_array(former_id) FROM formers WHERE user_id = ?1
), '$[#]', ?1))
WHERE conversation_id IN (SELECT conversation_id FROM stays WHERE user_id = ?1) AND (
    instr(body, ?1) OR EXISTS (SELECT 1 FROM formers WHERE user_id = ?1 AND instr(events.body, former_id))
);

-- scrub_outbox: Forget a user in what webhooks are due or were told: of the user, where they sit or sat, and where
-- nobody sits any more.
WITH RECURSIVE block(number) AS (
    SELECT min(id) >> 12 FROM outbox
    UNION ALL
    SELECT (SELECT min(id) >> 12 FROM outbox WHERE id >= (number + 1) << 12) FROM block WHERE number IS NOT NULL
)
UPDATE outbox SET body = scrubbed('event', body, json_insert((
    SELECT json_group_array(former_id) FROM formers WHERE user_id = ?1
), '$[#]', ?1))
WHERE id IN (
    SELECT told.id FROM block CROSS JOIN outbox AS told ON told.id >> 12 = block.number AND told.lane IN (
        SELECT ?1 UNION ALL SELECT former_id FROM formers WHERE user_id = ?1
        UNION ALL SELECT conversation_id FROM stays WHERE user_id = ?1
    )
    UNION ALL SELECT id FROM outbox WHERE stray = 1
) AND (instr(body, ?1) OR EXISTS (SELECT 1 FROM formers WHERE user_id = ?1 AND instr(outbox.body, former_id)));

-- give_files: What somebody uploaded is the user's that they were merged into, as (user, former).
UPDATE attachments SET user_id = ?1, body = json_set(body, '$.user_id', ?1) WHERE user_id = ?2;

-- move_files: What was uploaded for a conversation that is discarded, as (surviving, discarded).
UPDATE attachments SET conversation_id = ?1, body = json_set(body, '$.conversation_id', ?1) WHERE conversation_id = ?2;

-- drop_events_until: What else happened in a conversation, up to a seq.
DELETE FROM events WHERE conversation_id = ? AND seq <= ?;

-- number_anew: Where the messages of two conversations go, as (surviving, discarded, last seq): in the order of time.
-- Equal times are told apart by putting what was said earlier a millisecond back, so that none is in the future.
INSERT INTO moved (conversation_id, seq, to_seq, received, quoted_by)
SELECT conversation_id, seq, ?3 + place, min(time - place) OVER (ORDER BY place DESC) + place, quoted_by
FROM (
    SELECT conversation_id, seq, json_extract(body, '$.received') AS time, json_extract(body, '$.quoted_by') AS quoted_by,
        row_number() OVER (ORDER BY json_extract(body, '$.received'), id) AS place
    FROM messages WHERE conversation_id IN (?1, ?2)
) AS together;

-- move_actions: The buttons go with their messages.
UPDATE actions SET conversation_id = ?1, seq = moved.to_seq FROM moved
WHERE actions.conversation_id IN (?1, ?2)
    AND moved.conversation_id = actions.conversation_id AND moved.seq = actions.seq;

-- move_uses: The files too.
UPDATE attachment_uses SET conversation_id = ?1, seq = moved.to_seq FROM moved
WHERE attachment_uses.conversation_id IN (?1, ?2)
    AND moved.conversation_id = attachment_uses.conversation_id AND moved.seq = attachment_uses.seq;

-- move_messages: All messages of both conversations, in the surviving one.
UPDATE messages SET conversation_id = ?1, seq = moved.to_seq,
    body = json_set(body, '$.seq', moved.to_seq, '$.received', moved.received)
FROM moved WHERE messages.conversation_id IN (?1, ?2)
    AND moved.conversation_id = messages.conversation_id AND moved.seq = messages.seq;

-- move_quotes: What messages quote has its new place there too.
UPDATE messages SET body = json_set(body, '$.quoted.seq', moved.to_seq, '$.quoted.received', moved.received)
FROM moved WHERE moved.conversation_id IN (?1, ?2) AND moved.quoted_by = messages.id;

-- drop_moved: All are where they go.
DELETE FROM moved WHERE conversation_id IN (?1, ?2);

-- yield_message_ids: Where a user and one merged into them used the same client message id, it names the user's own.
UPDATE messages SET client_message_id = NULL, body = json_remove(body, '$.client_message_id')
WHERE author_id = ?2 AND client_message_id IS NOT NULL
    AND conversation_id IN (SELECT conversation_id FROM stays WHERE user_id = ?2)
    AND EXISTS (
        SELECT 1 FROM messages AS own WHERE own.conversation_id = messages.conversation_id
            AND own.author_id = ?1 AND own.client_message_id = messages.client_message_id
    );

-- give_messages: What somebody said where they ever sat was said by the user that they were merged into.
UPDATE messages SET author_id = ?1, body = json_set(body, '$.author.user_id', ?1)
WHERE author_id = ?2 AND conversation_id IN (SELECT conversation_id FROM stays WHERE user_id = ?2);

-- give_quotes: Also where it is quoted.
UPDATE messages SET body = json_set(body, '$.quoted.author.user_id', ?1)
WHERE conversation_id IN (SELECT conversation_id FROM stays WHERE user_id = ?2)
    AND instr(body, ?2) AND json_extract(body, '$.quoted.author.user_id') = ?2;

-- give_stays: Where somebody sat, the user that they were merged into sat.
INSERT INTO stays (user_id, conversation_id)
SELECT ?1, conversation_id FROM stays WHERE user_id = ?2 ON CONFLICT DO NOTHING;

-- give_formers: Who a user was before, as (user, former): all that the former one was, too.
INSERT INTO formers (user_id, former_id)
SELECT ?1, former_id FROM formers WHERE user_id = ?2 UNION SELECT ?1, ?2;

-- drop_formers: Who users were who are no more.
DELETE FROM formers WHERE user_id IN (SELECT value FROM json_each(?));

-- drop_formers_of_apps: Who the users of apps were who are no more.
DELETE FROM formers WHERE user_id IN (
    SELECT id FROM people WHERE app_id IN (SELECT value FROM json_each(?))
);

-- drop_seats: Participants who left, as [user, conversation].
DELETE FROM seats WHERE (user_id, conversation_id) IN (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)
);

-- put_messages: Posted messages.
INSERT INTO messages (conversation_id, seq, id, author_id, client_message_id, body) VALUES (?, ?, ?, ?, ?, ?);

-- change_messages: Messages that are different now.
UPDATE messages SET body = changed.value
FROM json_each(?) AS changed WHERE messages.id = json_extract(changed.value, '$.id');

-- put_actions: The buttons of new messages.
INSERT INTO actions (conversation_id, id, message_id, seq, payload, body) VALUES (?, ?, ?, ?, ?, ?);

-- drop_actions: The buttons of deleted messages.
DELETE FROM actions WHERE message_id IN (SELECT value FROM json_each(?));

-- put_events: Happenings other than messages.
INSERT INTO events (conversation_id, seq, body) VALUES (?, ?, ?);

-- clear_messages: All messages of a conversation before a seq.
DELETE FROM messages WHERE conversation_id = ? AND seq < ?;

-- clear_actions: All buttons of a conversation before a seq.
DELETE FROM actions WHERE conversation_id = ? AND seq < ?;

-- drop_rooms: Conversations that are no more.
DELETE FROM rooms WHERE id IN (SELECT value FROM json_each(?));

-- drop_messages_of_rooms: Their messages.
DELETE FROM messages WHERE conversation_id IN (SELECT value FROM json_each(?));

-- drop_events_of_rooms: Their other events.
DELETE FROM events WHERE conversation_id IN (SELECT value FROM json_each(?));

-- drop_actions_of_rooms: Their buttons.
DELETE FROM actions WHERE conversation_id IN (SELECT value FROM json_each(?));

-- drop_people: Users who are no more.
DELETE FROM people WHERE id IN (SELECT value FROM json_each(?));

-- drop_offices: Apps that are no more.
DELETE FROM offices WHERE id IN (SELECT value FROM json_each(?));

-- drop_messages_of_apps: What was said in them.
DELETE FROM messages WHERE conversation_id IN (
    SELECT id FROM rooms WHERE app_id IN (SELECT value FROM json_each(?))
);

-- drop_events_of_apps: What else happened in them.
DELETE FROM events WHERE conversation_id IN (
    SELECT id FROM rooms WHERE app_id IN (SELECT value FROM json_each(?))
);

-- drop_actions_of_apps: Their buttons.
DELETE FROM actions WHERE conversation_id IN (
    SELECT id FROM rooms WHERE app_id IN (SELECT value FROM json_each(?))
);

-- drop_seats_of_apps: Who sat in their conversations.
DELETE FROM seats WHERE conversation_id IN (
    SELECT id FROM rooms WHERE app_id IN (SELECT value FROM json_each(?))
);

-- drop_stays_of_apps: Who ever sat in them.
DELETE FROM stays WHERE conversation_id IN (
    SELECT id FROM rooms WHERE app_id IN (SELECT value FROM json_each(?))
);

-- drop_rooms_of_apps: Their conversations.
DELETE FROM rooms WHERE app_id IN (SELECT value FROM json_each(?));

-- drop_identities_of_apps: What their users are found by.
DELETE FROM identities WHERE app_id IN (SELECT value FROM json_each(?));

-- drop_people_of_apps: Their users.
DELETE FROM people WHERE app_id IN (SELECT value FROM json_each(?));

-- drop_seats_of_rooms: Who sat in conversations that are no more.
DELETE FROM seats WHERE conversation_id IN (SELECT value FROM json_each(?));

-- drop_stays_of_rooms: Who ever sat in conversations that are no more.
DELETE FROM stays WHERE conversation_id IN (SELECT value FROM json_each(?));

-- put_outbox: What webhooks are due.
INSERT INTO outbox (id, webhook_id, lane, event_id, body) VALUES (?, ?, ?, ?, ?);

-- stray_outbox: What is told of conversations that are no more.
WITH RECURSIVE block(number) AS (
    SELECT min(id) >> 12 FROM outbox
    UNION ALL
    SELECT (SELECT min(id) >> 12 FROM outbox WHERE id >= (number + 1) << 12) FROM block WHERE number IS NOT NULL
)
UPDATE outbox SET stray = 1 WHERE id IN (
    SELECT told.id FROM block CROSS JOIN outbox AS told ON told.id >> 12 = block.number
        AND told.lane IN (SELECT value FROM json_each(?))
);

-- drop_told: What is kept of messages, as [conversation, id], and of whatever says them again; what waits is still told.
WITH RECURSIVE block(number) AS (
    SELECT min(id) >> 12 FROM outbox
    UNION ALL
    SELECT (SELECT min(id) >> 12 FROM outbox WHERE id >= (number + 1) << 12) FROM block WHERE number IS NOT NULL
)
DELETE FROM outbox WHERE id IN (
    SELECT told.id FROM block CROSS JOIN json_each(?) AS gone
    CROSS JOIN outbox AS told ON told.id >> 12 = block.number AND told.lane = json_extract(gone.value, '$[0]')
    WHERE told.ended_at IS NOT NULL AND instr(told.body, json_extract(gone.value, '$[1]'))
);

-- drop_told_of_rooms: What is kept of conversations that were emptied, or are no more; what waits is still told.
WITH RECURSIVE block(number) AS (
    SELECT min(id) >> 12 FROM outbox
    UNION ALL
    SELECT (SELECT min(id) >> 12 FROM outbox WHERE id >= (number + 1) << 12) FROM block WHERE number IS NOT NULL
)
DELETE FROM outbox WHERE id IN (
    SELECT told.id FROM block CROSS JOIN outbox AS told ON told.id >> 12 = block.number
        AND told.lane IN (SELECT value FROM json_each(?))
    WHERE told.ended_at IS NOT NULL
);

-- drop_outbox: Events whose webhook is no more, or that are not kept.
DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?));

-- end_outbox: Events that were delivered, as (ids, time), if only after they were given up.
UPDATE outbox SET attempts = attempts + 1, ended_at = ?2, failed = 0 WHERE id IN (SELECT value FROM json_each(?1));

-- postpone_outbox: Events that are tried again, as [id, attempts, due].
UPDATE outbox SET attempts = json_extract(kept.value, '$[1]'), due_at = json_extract(kept.value, '$[2]')
FROM json_each(?) AS kept WHERE outbox.id = json_extract(kept.value, '$[0]');

-- fail_outbox: Events that were given up, as [id, attempts, time].
UPDATE outbox SET
    attempts = json_extract(kept.value, '$[1]'), ended_at = json_extract(kept.value, '$[2]'), failed = 1
FROM json_each(?) AS kept WHERE outbox.id = json_extract(kept.value, '$[0]') AND outbox.ended_at IS NULL;

-- revive_outbox: Of some events of a webhook, those that ended up to a time wait again, since then; with 1, only those
-- given up.
UPDATE outbox SET ended_at = NULL, failed = 0, attempts = 0, due_at = ?3
WHERE id IN (SELECT value FROM json_each(?2)) AND webhook_id = ?1 AND ended_at <= ?3 AND failed >= ?4 RETURNING id;

-- put_attempt: A call that was about nothing in the outbox.
INSERT INTO attempts (webhook_id, at, answered, body) VALUES (?, ?, ?, ?) RETURNING id;

-- put_attempts: Calls of webhooks.
INSERT INTO attempts (webhook_id, at, answered, body) VALUES (?, ?, ?, ?);

-- scrub_attempts: Forget what the endpoints of an app answered: they may have said again what they were told of a user.
UPDATE attempts SET answered = '' WHERE answered <> '' AND webhook_id IN (
    SELECT json_extract(hook.value, '$.id') FROM offices
    CROSS JOIN json_each(offices.body, '$.integrations') AS integration
    CROSS JOIN json_each(integration.value, '$.webhooks') AS hook
    WHERE offices.id = ?1
);

-- put_gone_webhooks: Webhooks that are no more.
INSERT INTO gone_webhooks (id) VALUES (?) ON CONFLICT (id) DO NOTHING;

-- gone_webhooks: Webhooks that are no more, of which something may be left.
SELECT id FROM gone_webhooks WHERE id > '' ORDER BY id;

-- forget_webhook: A webhook of which nothing is left.
DELETE FROM gone_webhooks WHERE id = ?;

-- clear_outbox: Some of what a webhook is due or was told.
DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE webhook_id = ?1 LIMIT ?2) RETURNING id;

-- clear_attempts: Some of the calls of a webhook.
DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE webhook_id = ?1 LIMIT ?2) RETURNING id;

-- old_outbox: Some of the events that were delivered before a time, or given up before another. One step finds the next
-- webhook, or its failures.
WITH RECURSIVE ended(webhook_id, failed) AS (
    SELECT webhook_id, failed FROM (
        SELECT webhook_id, failed FROM outbox WHERE ended_at IS NOT NULL AND webhook_id > ''
        ORDER BY webhook_id, failed LIMIT 1
    )
    UNION ALL
    SELECT next.webhook_id, next.failed FROM ended CROSS JOIN outbox AS next ON next.id = (
        SELECT id FROM outbox
        WHERE ended_at IS NOT NULL AND (outbox.webhook_id, outbox.failed) > (ended.webhook_id, ended.failed)
        ORDER BY webhook_id, failed LIMIT 1
    )
)
SELECT outbox.id FROM ended CROSS JOIN outbox ON outbox.webhook_id = ended.webhook_id AND outbox.failed = ended.failed
    AND outbox.ended_at < iif(ended.failed, ?2, ?1)
LIMIT ?3;

-- purge_outbox: Of some events those that ended so long ago, as (ids, delivered before, failed before).
DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?1)) AND ended_at < iif(failed, ?3, ?2);

-- old_attempts: The oldest calls, and whether they were made before a time.
SELECT id, at < ?1 FROM attempts WHERE id > 0 ORDER BY id LIMIT ?2;

-- purge_attempts: Calls that are not kept any longer.
DELETE FROM attempts WHERE id IN (SELECT value FROM json_each(?));

-- stale_lanes: A page of a webhook's lanes after one, each with whether its oldest event waits since before a time.
WITH RECURSIVE oldest(id) AS (
    SELECT (
        SELECT id FROM outbox WHERE ended_at IS NULL AND webhook_id = ?1 AND lane > ?2 ORDER BY lane, id LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT next.id FROM outbox AS next
        WHERE next.ended_at IS NULL AND next.webhook_id = ?1 AND next.lane > here.lane
        ORDER BY next.lane, next.id LIMIT 1
    )
    FROM oldest CROSS JOIN outbox AS here ON here.id = oldest.id
    LIMIT ?4
)
SELECT outbox.lane, max(outbox.due_at, json_extract(outbox.body, '$.at')) < ?3
FROM oldest CROSS JOIN outbox ON outbox.id = oldest.id;

-- give_up_outbox: Of the oldest events of some lanes of a webhook, at most so many of each, those that wait since before
-- a time, as (webhook, lanes, limit, before, now).
UPDATE outbox SET ended_at = ?5, failed = 1
WHERE id IN (
    SELECT outbox.id FROM json_each(?2) AS wanted
    CROSS JOIN outbox ON outbox.webhook_id = ?1 AND outbox.lane = wanted.value AND outbox.ended_at IS NULL
        AND outbox.id <= coalesce((
            SELECT last.id FROM outbox AS last
            WHERE last.webhook_id = ?1 AND last.lane = wanted.value AND last.ended_at IS NULL
            ORDER BY last.id LIMIT 1 OFFSET ?3 - 1
        ), 9223372036854775807)
) AND max(due_at, json_extract(body, '$.at')) < ?4
RETURNING id;
