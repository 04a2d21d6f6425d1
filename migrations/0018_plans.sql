-- An index that begins with missing_ms looks to the planner as if it led to a handful of rows, where it leads to all that
-- are there: at 100,000 documents each question and each look at the queue went through every one of them. What is said
-- of the files that are there has indexes of these files alone.
DROP INDEX documents_by_kind;
DROP INDEX documents_by_standing;
CREATE INDEX documents_by_kind ON documents (kind, collection) WHERE missing_ms IS NULL;
CREATE INDEX documents_by_standing ON documents (collection, state, pages, passages, page_text, page_ocr, page_doubtful,
    page_empty, page_picture, page_failed, page_skipped) WHERE missing_ms IS NULL;

-- The queue of each of the two lanes: the one that recognises text mostly finds that there is nothing among many others.
CREATE INDEX jobs_by_lane ON jobs (recognise, id);
