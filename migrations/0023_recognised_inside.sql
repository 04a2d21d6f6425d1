-- Pages of files inside files, such as scans in archives, have recognised words as well: their numbers begin anew in each.
CREATE TABLE recognised_of_parts (
    generation    INTEGER NOT NULL,
    part          TEXT    NOT NULL,                   -- empty for the file itself
    page          INTEGER NOT NULL,
    words         TEXT    NOT NULL,                   -- JSON
    PRIMARY KEY (generation, part, page)
);
INSERT INTO recognised_of_parts (generation, part, page, words) SELECT generation, '', page, words FROM recognised;
DROP TABLE recognised;
ALTER TABLE recognised_of_parts RENAME TO recognised;
