-- Whether text must still be recognised in what a generation was read from: only its own text is there. Who copies it has
-- that to do as well.
ALTER TABLE generations ADD COLUMN put_off INTEGER NOT NULL DEFAULT 0;
UPDATE generations SET put_off = 1
WHERE id IN (SELECT d.generation FROM documents d JOIN jobs j ON j.document = d.id WHERE j.recognise = 1);
