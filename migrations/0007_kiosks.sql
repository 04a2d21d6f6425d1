-- A sign on a machine, with a link that asks its documents without signing in. The link hangs on the wall for everybody to
-- see and is printed again when it is worn, so its key is kept as it is.
CREATE TABLE kiosks (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    key           TEXT    NOT NULL UNIQUE,
    folder        TEXT    NOT NULL,                   -- relative to the watched folder; its first name is the collection
    created_ms    INTEGER NOT NULL
);
