-- Answers of one conversation of one person bear the name of its first answer, so that it can be listed, named and
-- deleted as one. Whoever follows somebody else's answer begins a conversation of their own.
ALTER TABLE answers ADD COLUMN conversation TEXT;
WITH RECURSIVE chain (id, first) AS (
    SELECT id, id FROM answers WHERE follows IS NULL OR follows NOT IN (SELECT id FROM answers)
    UNION ALL
    SELECT a.id, chain.first FROM chain JOIN answers a ON a.follows = chain.id)
UPDATE answers SET conversation = chain.first FROM chain WHERE chain.id = answers.id;
CREATE INDEX answers_by_conversation ON answers (conversation);

-- What people call their conversations where the first question is not enough.
CREATE TABLE conversation_names (
    conversation  TEXT PRIMARY KEY,
    name          TEXT NOT NULL
) WITHOUT ROWID;
