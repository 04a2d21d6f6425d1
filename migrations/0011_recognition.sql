-- Files in which text must be recognised are read twice: at once without that, and again with it, which may take hours.
ALTER TABLE jobs ADD COLUMN recognise INTEGER NOT NULL DEFAULT 0;
