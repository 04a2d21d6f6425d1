-- Who did what, who was shown what; and what lets programs and new people in.

-- Rows are only ever added. Names stand as they were: an account that goes away leaves its rows.
CREATE TABLE audit (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms         INTEGER NOT NULL,
    person        INTEGER,                            -- absent: whoever worked at the machine itself, or nobody who is known
    name          TEXT    NOT NULL,
    action        TEXT    NOT NULL,
    subject       TEXT    NOT NULL,                   -- the question, the account, the group, the file
    detail        TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    shown         TEXT    NOT NULL                    -- JSON: the passages that were shown, of which generation of which document
);
CREATE INDEX audit_by_time ON audit (at_ms);
CREATE INDEX audit_by_action ON audit (action, id);

-- What is older may be removed. It is 0 but for the moment in which retention is at work.
CREATE TABLE audit_horizon (before_ms INTEGER NOT NULL);
INSERT INTO audit_horizon (before_ms) VALUES (0);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_is_never_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN OLD.at_ms >= COALESCE((SELECT MAX(before_ms) FROM audit_horizon), 0)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is kept until its time is over');
END;
-- Not even retention removes what is younger than a day.
CREATE TRIGGER audit_horizon_lies_back BEFORE UPDATE ON audit_horizon
WHEN NEW.before_ms > (unixepoch() - 86400) * 1000
BEGIN
    SELECT RAISE(ABORT, 'the audit log is kept for at least a day');
END;
CREATE TRIGGER audit_horizon_is_one BEFORE INSERT ON audit_horizon
BEGIN
    SELECT RAISE(ABORT, 'there is one horizon');
END;

-- Accounts of programs: nobody signs in with them, keys alone let them in.
CREATE TABLE services (
    person        INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE
);

-- A link with which the holder of an account chooses a password: one an account, good once.
CREATE TABLE invitations (
    person        INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    hash          BLOB    NOT NULL UNIQUE,
    expires_ms    INTEGER NOT NULL
);

-- What lets a program in. It is kept only as a hash.
CREATE TABLE api_keys (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    hash          BLOB    NOT NULL UNIQUE,
    person        INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name          TEXT    NOT NULL,
    scopes        TEXT    NOT NULL,                   -- names with spaces between them
    created_ms    INTEGER NOT NULL,
    expires_ms    INTEGER NOT NULL,
    seen_ms       INTEGER
);
CREATE INDEX api_keys_by_person ON api_keys (person);
