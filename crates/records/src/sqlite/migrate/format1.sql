-- Storage format 1: one county's log in one SQLite file. Every key carries the county, as it must where a province
-- spreads many counties over many machines. `at` is microseconds since 1970-01-01 UTC; `body` is JSON text.

CREATE TABLE log (
    county TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
    county   TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
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
    batch    INTEGER NOT NULL,
    PRIMARY KEY (county, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_of_resident ON entry (county, resident, seq) WHERE resident IS NOT NULL;

-- Derived: the current version of every record. May be thrown away and built again from `entry`.
CREATE TABLE head (
    county   TEXT    NOT NULL,
    register TEXT    NOT NULL,
    record   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (county, register, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch (
    county       TEXT    NOT NULL,
    no           INTEGER NOT NULL,
    first_seq    INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    key          TEXT,
    request_hash BLOB CHECK (length(request_hash) = 32),
    entries_hash BLOB NOT NULL CHECK (length(entries_hash) = 32),
    prev_hash    BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (county, no)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX batch_of_key ON batch (county, key) WHERE key IS NOT NULL;
CREATE INDEX batch_at ON batch (county, at, last_seq);

-- Only ever inserted. Whoever drops these is found by the hash chain.
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never deleted; append a withdrawal'); END;
CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never changed; append a correction'); END;
CREATE TRIGGER batch_is_kept BEFORE DELETE ON batch
BEGIN SELECT RAISE(ABORT, 'batches are never deleted'); END;
CREATE TRIGGER batch_is_final BEFORE UPDATE ON batch
BEGIN SELECT RAISE(ABORT, 'batches are never changed'); END;
