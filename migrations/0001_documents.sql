-- The truth: what files there are, what they say, what is still to be done. Both indexes are made from these tables.

-- One row a file of the watched folder. Identifiers are never used twice.
CREATE TABLE documents (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    path          TEXT    NOT NULL UNIQUE,            -- relative to the watched folder, '/' between names
    collection    TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    titled        INTEGER NOT NULL DEFAULT 0,         -- 1: the title stands in the file; 0: it is the file's name
    size_bytes    INTEGER NOT NULL,
    modified_ns   INTEGER NOT NULL,
    changed_ns    INTEGER NOT NULL,
    hash          BLOB,                               -- BLAKE3; absent where the file could not be read
    state         TEXT    NOT NULL CHECK (state IN ('pending', 'searchable', 'duplicate', 'failed')),
    duplicate_of  INTEGER REFERENCES documents (id),
    reason        TEXT,
    generation    INTEGER,                            -- the generation that answers: the law that makes text visible
    missing_ms    INTEGER,                            -- since when the file is not there; such a document never answers
    updated_ms    INTEGER NOT NULL,
    CHECK ((state = 'duplicate') = (duplicate_of IS NOT NULL)),
    CHECK ((state = 'failed') = (reason IS NOT NULL))
);
CREATE INDEX documents_by_hash ON documents (hash);
CREATE INDEX documents_by_generation ON documents (generation);
CREATE INDEX documents_by_duplicate ON documents (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX documents_by_missing ON documents (missing_ms) WHERE missing_ms IS NOT NULL;

-- What a document said between two changes. A generation outlives its document until both indexes have let go of it,
-- so its document is a plain number.
CREATE TABLE generations (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    document      INTEGER NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('building', 'complete', 'dead')),
    hash          BLOB    NOT NULL,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL DEFAULT '',
    titled        INTEGER NOT NULL DEFAULT 0,
    pages         INTEGER NOT NULL DEFAULT 0,
    empty_pages   INTEGER NOT NULL DEFAULT 0,
    passages      INTEGER NOT NULL DEFAULT 0,
    created_ms    INTEGER NOT NULL
);
CREATE INDEX generations_by_document ON generations (document);
CREATE INDEX generations_by_hash ON generations (hash);
CREATE INDEX generations_by_state ON generations (state) WHERE state <> 'complete';

-- The text itself, in order of `ordinal` within a generation.
CREATE TABLE passages (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    generation    INTEGER NOT NULL REFERENCES generations (id),
    ordinal       INTEGER NOT NULL,
    locator       TEXT    NOT NULL,                   -- JSON
    text          TEXT    NOT NULL,
    UNIQUE (generation, ordinal)
);

-- What is still to be done for a document. A row is written in the transaction that makes it necessary.
CREATE TABLE jobs (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    document      INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    kind          TEXT    NOT NULL CHECK (kind IN ('read', 'relocate')),
    attempts      INTEGER NOT NULL DEFAULT 0,         -- how often the process died while the file was read
    created_ms    INTEGER NOT NULL,
    UNIQUE (document, kind)
);

CREATE TABLE settings (
    key           TEXT PRIMARY KEY,
    value         TEXT NOT NULL
) WITHOUT ROWID;

-- Answers as they were given: feedback and links refer to them.
CREATE TABLE answers (
    id            TEXT PRIMARY KEY,
    question      TEXT    NOT NULL,
    answer        TEXT    NOT NULL,                   -- JSON
    created_ms    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX answers_by_time ON answers (created_ms);
