-- Parts of the account, each with keys of its own. `keys.app_id` names whichever a key belongs to.
CREATE TABLE service_accounts (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

-- Their apps, oldest first.
CREATE INDEX offices_of_service_accounts ON offices (json_extract(body, '$.app.service_account_id'), id);
