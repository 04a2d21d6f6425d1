-- Who may come in, what they do here, and what they may read.

CREATE TABLE people (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE COLLATE NOCASE,   -- what is typed to sign in
    role          TEXT    NOT NULL CHECK (role IN ('staff', 'inspector', 'administrator')),
    password      TEXT,                               -- argon2id in PHC form; absent where a directory or a provider vouches
    source        TEXT    NOT NULL CHECK (source IN ('local', 'ldap', 'oidc')),
    subject       TEXT,                               -- the name that never changes in the directory or at the provider
    disabled_ms   INTEGER,
    created_ms    INTEGER NOT NULL,
    seen_ms       INTEGER,
    UNIQUE (source, subject)
);

-- A group hands out a role, collections, or both. Group 1 is everybody who signed in.
CREATE TABLE groups (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    role          TEXT    CHECK (role IN ('staff', 'inspector', 'administrator')),
    external      TEXT    UNIQUE COLLATE NOCASE       -- the group of a directory or a provider whose members belong here
);
INSERT INTO groups (id, name) VALUES (1, 'Everyone');

CREATE TABLE memberships (
    person        INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    grouping      INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    external      INTEGER NOT NULL DEFAULT 0,         -- 1: a directory or a provider says so, and is asked again at each sign-in
    PRIMARY KEY (person, grouping)
) WITHOUT ROWID;
CREATE INDEX memberships_by_group ON memberships (grouping);

-- The folder above all others, which holds files of no first-level folder, has the empty name.
CREATE TABLE grants (
    grouping      INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    collection    TEXT,                               -- absent: every collection, also those to come
    UNIQUE (grouping, collection)
);
CREATE UNIQUE INDEX grants_of_everything ON grants (grouping) WHERE collection IS NULL;

-- A browser that signed in. What it holds is kept only as a hash.
CREATE TABLE sessions (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    hash          BLOB    NOT NULL UNIQUE,
    person        INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_ms    INTEGER NOT NULL,
    seen_ms       INTEGER NOT NULL,
    address       TEXT    NOT NULL,
    agent         TEXT    NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);

-- Who asked; nothing for whoever worked at the machine itself. The conversations of an account go with it.
ALTER TABLE answers ADD COLUMN person INTEGER REFERENCES people (id) ON DELETE CASCADE;
CREATE INDEX answers_by_person ON answers (person, created_ms);
