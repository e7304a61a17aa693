-- OAuth clients, which belong to the whole installation.
CREATE TABLE partners (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
