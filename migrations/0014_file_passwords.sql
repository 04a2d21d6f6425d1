-- Passwords that open files, as an administrator gave them. They are needed again for pictures of pages and for later
-- versions of the file, so they cannot be kept as hashes; nothing but the reading of their file is ever given them.
CREATE TABLE file_passwords (
    document      INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    password      TEXT    NOT NULL
);
