-- Controlled documents: what a file says of itself as one, and the revision that each document is.
ALTER TABLE generations ADD COLUMN declared TEXT;     -- JSON: number, revision, day and status as the text has them

CREATE TABLE controlled (
    document      INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    number        TEXT    NOT NULL,
    revision      TEXT,
    rank          TEXT,                               -- sorts as revisions follow each other; absent without a revision
    effective     TEXT,                               -- YYYY-MM-DD
    status        TEXT    NOT NULL CHECK (status IN ('draft', 'released', 'withdrawn'))
);
CREATE INDEX controlled_by_number ON controlled (number, rank);
