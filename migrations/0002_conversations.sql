-- A question may follow an answer: the answers of a conversation are chained, each to the one before it.
ALTER TABLE answers ADD COLUMN follows TEXT;          -- the answer that was read when this was asked
