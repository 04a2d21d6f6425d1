-- The ledger: what became of every page of every file. The pages stand with the generation that was read, or with the
-- document where nothing of it can be searched; how many fared how stands on the document, to be summed and sorted.
ALTER TABLE generations ADD COLUMN coverage TEXT;     -- JSON; absent where the text of every page was in the file
ALTER TABLE documents ADD COLUMN pages        INTEGER NOT NULL DEFAULT 0;   -- 0 for formats without pages
ALTER TABLE documents ADD COLUMN passages     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN page_text    INTEGER NOT NULL DEFAULT 0;   -- a file without pages counts as one page
ALTER TABLE documents ADD COLUMN page_ocr     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN page_doubtful INTEGER NOT NULL DEFAULT 0;  -- of those of page_ocr
ALTER TABLE documents ADD COLUMN page_empty   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN page_picture INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN page_failed  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN page_skipped INTEGER NOT NULL DEFAULT 0;
-- What makes a file bad: that none of its pages can be searched, then how many should have text and have none.
ALTER TABLE documents ADD COLUMN page_lacking INTEGER
    GENERATED ALWAYS AS (page_picture + page_failed + page_skipped) VIRTUAL;
ALTER TABLE documents ADD COLUMN is_mute INTEGER GENERATED ALWAYS AS
    (page_text + page_ocr = 0 AND page_empty + page_picture + page_failed + page_skipped > 0) VIRTUAL;
ALTER TABLE documents ADD COLUMN coverage TEXT;       -- JSON, of a failed document

-- What is asked to be read again is read, not copied from a file that says the same.
ALTER TABLE jobs ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;

UPDATE documents SET (pages, passages, page_text, page_empty) = (
    SELECT g.pages, g.passages, MAX(g.pages, 1) - g.empty_pages, g.empty_pages
    FROM generations g WHERE g.id = documents.generation
) WHERE generation IS NOT NULL;
UPDATE documents SET page_failed = 1 WHERE state = 'failed';

-- Which of their pages had no text was not kept: these files are read again, and answer until then.
INSERT OR IGNORE INTO jobs (document, kind, fresh, created_ms)
    SELECT id, 'read', 1, unixepoch() * 1000 FROM documents
    WHERE hash IS NOT NULL AND duplicate_of IS NULL AND missing_ms IS NULL
      AND (page_empty > 0 OR reason LIKE '%"scanned-pdf"%');
UPDATE documents SET state = 'pending', reason = NULL, page_failed = 0
    WHERE id IN (SELECT document FROM jobs WHERE fresh = 1);
ALTER TABLE generations DROP COLUMN empty_pages;

-- Holds all that totals are made of, so that the documents themselves are not looked at.
CREATE INDEX documents_by_standing ON documents (missing_ms, collection, state, pages, passages, page_text, page_ocr,
    page_doubtful, page_empty, page_picture, page_failed, page_skipped);
CREATE INDEX documents_by_badness ON documents (is_mute DESC, page_lacking DESC, page_doubtful DESC, page_empty DESC,
    path) WHERE missing_ms IS NULL;

-- The words of pages that were recognised, with their places, so that they can be marked on the picture of the page.
CREATE TABLE recognised (
    generation    INTEGER NOT NULL,
    page          INTEGER NOT NULL,
    words         TEXT    NOT NULL,                   -- JSON
    PRIMARY KEY (generation, page)
);
