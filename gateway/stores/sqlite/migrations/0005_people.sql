-- An external id is unique within its brand; the empty brand is that of users without one.
ALTER TABLE people ADD COLUMN brand_id TEXT NOT NULL DEFAULT '';
DROP INDEX people_by_external_id;
CREATE UNIQUE INDEX people_by_external_id ON people (app_id, external_id, brand_id);

-- What else users are found by: verified e-mail addresses, without regard to case.
CREATE TABLE identities (
    app_id TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (app_id, type, value, user_id)
) WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);
