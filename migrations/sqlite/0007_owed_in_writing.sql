-- Of a closed case: since when its customer is owed something in writing. Such a case is guarded however long ago it was closed.
ALTER TABLE cases ADD COLUMN owed_at INTEGER;
