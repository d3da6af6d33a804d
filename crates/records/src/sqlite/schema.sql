-- Storage format 2: one county's log in one SQLite file. The county stands once, in `log`, and in no key: there is
-- only one. Its hash covers it all the same. On PostgreSQL, where many counties share the tables, every key carries it.
-- `entry` and `batch` are ordinary tables by their number, so that writing goes on at the end of them, and an index on
-- `entry` holds `seq` by itself. `at` is microseconds since 1970-01-01 UTC; `body` is JSON text.

CREATE TABLE log (
    county TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    seq      INTEGER PRIMARY KEY,
    register TEXT    NOT NULL,
    record   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    base     INTEGER,
    prior    INTEGER,
    op       TEXT    NOT NULL,
    org      TEXT    NOT NULL,
    resident TEXT,
    on_date  TEXT,
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    reason   TEXT,
    batch    INTEGER NOT NULL
) STRICT;

CREATE INDEX entry_of_resident ON entry (resident) WHERE resident IS NOT NULL;

-- Derived: the current version of every record. May be thrown away and built again from `entry`.
CREATE TABLE head (
    register TEXT    NOT NULL,
    record   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (register, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (
    no           INTEGER PRIMARY KEY,
    first_seq    INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    key          TEXT,
    request_hash BLOB CHECK (length(request_hash) = 32),
    entries_hash BLOB NOT NULL CHECK (length(entries_hash) = 32),
    prev_hash    BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash         BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE UNIQUE INDEX batch_of_key ON batch (key) WHERE key IS NOT NULL;
CREATE INDEX batch_at ON batch (at, last_seq);

-- Only ever inserted. Whoever drops these is found by the hash chain.
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never deleted; append a withdrawal'); END;
CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never changed; append a correction'); END;
CREATE TRIGGER batch_is_kept BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'batches are never deleted'); END;
CREATE TRIGGER batch_is_final BEFORE UPDATE ON batch
BEGIN SELECT RAISE(ABORT, 'batches are never changed'); END;
