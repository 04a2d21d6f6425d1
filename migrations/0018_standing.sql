-- An index that begins with missing_ms looks to the planner as if it led to a handful of rows, where it leads to all that
-- are there: at 100,000 documents each question and each look at the queue went through every one of them.
DROP INDEX documents_by_kind;
DROP INDEX documents_by_standing;

-- The queue of each of the two lanes: the one that recognises text mostly finds that there is nothing among many others.
CREATE INDEX jobs_by_lane ON jobs (recognise, id);

-- Whether a document answers, or says the same as one that does.
ALTER TABLE documents ADD COLUMN answers INTEGER
    GENERATED ALWAYS AS (state = 'duplicate' OR state <> 'failed' AND passages > 0) VIRTUAL;

-- How the files that are there stand. What pages say of the whole library is added up from these few rows; triggers keep
-- them as the documents are.
CREATE TABLE standing (
    collection    TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    documents     INTEGER NOT NULL,
    answering     INTEGER NOT NULL,
    pages         INTEGER NOT NULL,
    passages      INTEGER NOT NULL,
    page_text     INTEGER NOT NULL,
    page_ocr      INTEGER NOT NULL,
    page_doubtful INTEGER NOT NULL,
    page_empty    INTEGER NOT NULL,
    page_picture  INTEGER NOT NULL,
    page_failed   INTEGER NOT NULL,
    page_skipped  INTEGER NOT NULL,
    PRIMARY KEY (collection, kind, state)
) WITHOUT ROWID;

INSERT INTO standing SELECT
    collection, kind, state, COUNT(*), SUM(answers), SUM(pages), SUM(passages), SUM(page_text), SUM(page_ocr),
    SUM(page_doubtful), SUM(page_empty), SUM(page_picture), SUM(page_failed), SUM(page_skipped)
    FROM documents WHERE missing_ms IS NULL GROUP BY collection, kind, state;

CREATE TRIGGER standing_of_new AFTER INSERT ON documents WHEN NEW.missing_ms IS NULL BEGIN
    INSERT INTO standing VALUES (
        NEW.collection, NEW.kind, NEW.state, 1, NEW.answers, NEW.pages, NEW.passages, NEW.page_text, NEW.page_ocr,
        NEW.page_doubtful, NEW.page_empty, NEW.page_picture, NEW.page_failed, NEW.page_skipped
    ) ON CONFLICT DO UPDATE SET
        documents = documents + excluded.documents, answering = answering + excluded.answering,
        pages = pages + excluded.pages, passages = passages + excluded.passages,
        page_text = page_text + excluded.page_text, page_ocr = page_ocr + excluded.page_ocr,
        page_doubtful = page_doubtful + excluded.page_doubtful, page_empty = page_empty + excluded.page_empty,
        page_picture = page_picture + excluded.page_picture, page_failed = page_failed + excluded.page_failed,
        page_skipped = page_skipped + excluded.page_skipped;
END;

CREATE TRIGGER standing_of_deleted AFTER DELETE ON documents WHEN OLD.missing_ms IS NULL BEGIN
    UPDATE standing SET
        documents = documents - 1, answering = answering - OLD.answers, pages = pages - OLD.pages,
        passages = passages - OLD.passages, page_text = page_text - OLD.page_text,
        page_ocr = page_ocr - OLD.page_ocr, page_doubtful = page_doubtful - OLD.page_doubtful,
        page_empty = page_empty - OLD.page_empty, page_picture = page_picture - OLD.page_picture,
        page_failed = page_failed - OLD.page_failed, page_skipped = page_skipped - OLD.page_skipped
        WHERE collection = OLD.collection AND kind = OLD.kind AND state = OLD.state;
    DELETE FROM standing WHERE collection = OLD.collection AND kind = OLD.kind AND state = OLD.state AND documents = 0;
END;

-- A change takes away what was and adds what is; in which order does not matter.
CREATE TRIGGER standing_before AFTER UPDATE OF
    collection, kind, state, missing_ms, pages, passages, page_text, page_ocr, page_doubtful, page_empty,
    page_picture, page_failed, page_skipped
    ON documents WHEN OLD.missing_ms IS NULL BEGIN
    UPDATE standing SET
        documents = documents - 1, answering = answering - OLD.answers, pages = pages - OLD.pages,
        passages = passages - OLD.passages, page_text = page_text - OLD.page_text,
        page_ocr = page_ocr - OLD.page_ocr, page_doubtful = page_doubtful - OLD.page_doubtful,
        page_empty = page_empty - OLD.page_empty, page_picture = page_picture - OLD.page_picture,
        page_failed = page_failed - OLD.page_failed, page_skipped = page_skipped - OLD.page_skipped
        WHERE collection = OLD.collection AND kind = OLD.kind AND state = OLD.state;
    DELETE FROM standing WHERE collection = OLD.collection AND kind = OLD.kind AND state = OLD.state AND documents = 0;
END;

CREATE TRIGGER standing_after AFTER UPDATE OF
    collection, kind, state, missing_ms, pages, passages, page_text, page_ocr, page_doubtful, page_empty,
    page_picture, page_failed, page_skipped
    ON documents WHEN NEW.missing_ms IS NULL BEGIN
    INSERT INTO standing VALUES (
        NEW.collection, NEW.kind, NEW.state, 1, NEW.answers, NEW.pages, NEW.passages, NEW.page_text, NEW.page_ocr,
        NEW.page_doubtful, NEW.page_empty, NEW.page_picture, NEW.page_failed, NEW.page_skipped
    ) ON CONFLICT DO UPDATE SET
        documents = documents + excluded.documents, answering = answering + excluded.answering,
        pages = pages + excluded.pages, passages = passages + excluded.passages,
        page_text = page_text + excluded.page_text, page_ocr = page_ocr + excluded.page_ocr,
        page_doubtful = page_doubtful + excluded.page_doubtful, page_empty = page_empty + excluded.page_empty,
        page_picture = page_picture + excluded.page_picture, page_failed = page_failed + excluded.page_failed,
        page_skipped = page_skipped + excluded.page_skipped;
END;
