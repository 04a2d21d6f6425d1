-- What is mounted inside the documents folder. A mount that goes away is no deletion of what lay in it: its documents
-- stay and answer until it comes back, or until an administrator says that it will not.
CREATE TABLE mounted_folders (
    path           TEXT PRIMARY KEY,                  -- of its mount point, relative to the documents folder
    kind           TEXT    NOT NULL,                  -- the type of its file system, as the kernel names it
    unreachable_ms INTEGER                            -- since when it cannot be reached
) WITHOUT ROWID;
