-- The order in which the Library lists documents when nobody asks for another one, with all by which it restricts them: a
-- page of it is read from here, where all 100,000 documents were sorted for each.
CREATE INDEX documents_listed ON documents (
    (CASE state WHEN 'failed' THEN 0 WHEN 'pending' THEN 1 WHEN 'duplicate' THEN 2 ELSE 3 END),
    path, collection, kind, state, title
) WHERE missing_ms IS NULL;
