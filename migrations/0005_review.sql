-- What people say of answers, and what inspectors make of it.

-- One opinion a person and answer; no person is whoever works at the machine itself.
CREATE TABLE feedback (
    answer        TEXT    NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
    person        INTEGER REFERENCES people (id) ON DELETE CASCADE,
    is_right      INTEGER NOT NULL,
    complaint     TEXT    CHECK (complaint IN ('wrong', 'outdated', 'off-topic', 'unsupported')),
    comment       TEXT    NOT NULL DEFAULT '',
    given_ms      INTEGER NOT NULL
);
CREATE UNIQUE INDEX feedback_of_answer ON feedback (answer, COALESCE(person, 0));
CREATE INDEX feedback_by_person ON feedback (person);

-- Answers that an inspector stands for.
CREATE TABLE verified (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    statements    TEXT    NOT NULL,                   -- JSON: sentences with their citations
    owner         INTEGER REFERENCES people (id) ON DELETE SET NULL,
    owner_name    TEXT    NOT NULL,                   -- as it was; empty for whoever works at the machine itself
    verified_ms   INTEGER NOT NULL,
    expires_ms    INTEGER NOT NULL
);
CREATE INDEX verified_by_owner ON verified (owner);

-- The questions that it answers; the first is its title, the others are other ways to put it.
CREATE TABLE verified_questions (
    verified      INTEGER NOT NULL REFERENCES verified (id) ON DELETE CASCADE,
    ordinal       INTEGER NOT NULL,
    question      TEXT    NOT NULL,
    model         TEXT,                               -- what made the vector
    vector        BLOB,                               -- little-endian 32-bit floats
    PRIMARY KEY (verified, ordinal)
) WITHOUT ROWID;

-- What a verified answer rests on. It is in force as long as every one of these documents still has this generation in
-- this collection. Documents and generations may go before it does, so they are plain numbers.
CREATE TABLE verified_sources (
    verified      INTEGER NOT NULL REFERENCES verified (id) ON DELETE CASCADE,
    document      INTEGER NOT NULL,
    generation    INTEGER NOT NULL,
    collection    TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    path          TEXT    NOT NULL,
    PRIMARY KEY (verified, document)
) WITHOUT ROWID;

-- Questions alike in the inbox.
CREATE TABLE concern_groups (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    question      TEXT    NOT NULL,                   -- the first one, to which the others are compared
    model         TEXT,
    vector        BLOB,
    missing       TEXT    NOT NULL DEFAULT '',        -- the document that an inspector says is missing
    missing_by    INTEGER REFERENCES people (id) ON DELETE SET NULL,
    missing_name  TEXT    NOT NULL DEFAULT '',
    missing_ms    INTEGER
);
CREATE INDEX concern_groups_by_missing ON concern_groups (missing_ms) WHERE missing_ms IS NOT NULL;
CREATE INDEX concern_groups_by_person ON concern_groups (missing_by);

-- Answers that somebody should look at: refused, written with doubtful sentences, or answered and perhaps disliked.
CREATE TABLE concerns (
    answer        TEXT    PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE,
    kind          TEXT    NOT NULL CHECK (kind IN ('refused', 'doubtful', 'answered')),
    asked_ms      INTEGER NOT NULL,
    grouping      INTEGER REFERENCES concern_groups (id),   -- absent until it was compared with the others
    settled_ms    INTEGER                             -- when an inspector had done with it
) WITHOUT ROWID;
CREATE INDEX concerns_by_group ON concerns (grouping, asked_ms);
CREATE INDEX concerns_to_group ON concerns (asked_ms) WHERE grouping IS NULL;
CREATE INDEX concerns_open ON concerns (asked_ms) WHERE settled_ms IS NULL;

-- What the answer of a concern rests on, the nearest passages of a refusal included, where it lay then.
CREATE TABLE concern_sources (
    answer        TEXT    NOT NULL REFERENCES concerns (answer) ON DELETE CASCADE,
    document      INTEGER NOT NULL,                   -- 0 where only its place is known
    collection    TEXT    NOT NULL,
    PRIMARY KEY (answer, document, collection)
) WITHOUT ROWID;

INSERT INTO concerns (answer, kind, asked_ms)
    SELECT id, 'refused', created_ms FROM answers WHERE answer ->> '$.verdict' = 'refused';
INSERT OR IGNORE INTO concerns (answer, kind, asked_ms)
    SELECT a.id, 'doubtful', a.created_ms FROM answers a, json_each(a.answer, '$.written.statements') s
    WHERE s.value ->> '$.support.state' <> 'supported';
