-- A mail or an archive may hold files that other passwords open: the later ones stand beside the first. The one that was given
-- last has the largest number of a row.
CREATE TABLE several_file_passwords (
    id            INTEGER PRIMARY KEY,
    document      INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    password      TEXT    NOT NULL,
    UNIQUE (document, password)
);
INSERT INTO several_file_passwords (document, password) SELECT document, password FROM file_passwords;
DROP TABLE file_passwords;
ALTER TABLE several_file_passwords RENAME TO file_passwords;
