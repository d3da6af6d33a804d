-- Storage format 1 on PostgreSQL 15 or newer: the logs of many counties side by side. Every key begins with the
-- county, so that a province spreads the tables by it (docs/scale.md); no constraint reaches from one county into
-- another, and no sequence is shared. `at` is microseconds since 1970-01-01 UTC; `body` is JSON text, kept to the byte.

CREATE TABLE IF NOT EXISTS log (
    county text COLLATE "C" PRIMARY KEY,
    format integer NOT NULL
);

CREATE TABLE IF NOT EXISTS entry (
    county   text COLLATE "C" NOT NULL,
    seq      bigint  NOT NULL,
    register text COLLATE "C" NOT NULL,
    record   text COLLATE "C" NOT NULL,
    version  integer NOT NULL,
    base     integer,
    prior    bigint,
    op       text    NOT NULL,
    org      text    NOT NULL,
    resident text COLLATE "C",
    on_date  text,
    actor    text    NOT NULL,
    at       bigint  NOT NULL,
    body     text    NOT NULL,
    reason   text,
    batch    bigint  NOT NULL,
    PRIMARY KEY (county, seq)
);

CREATE INDEX IF NOT EXISTS entry_of_resident ON entry (county, resident, seq) WHERE resident IS NOT NULL;

-- Derived: the current version of every record. May be thrown away and built again from `entry`.
CREATE TABLE IF NOT EXISTS head (
    county   text COLLATE "C" NOT NULL,
    register text COLLATE "C" NOT NULL,
    record   text COLLATE "C" NOT NULL,
    version  integer NOT NULL,
    seq      bigint  NOT NULL,
    PRIMARY KEY (county, register, record)
);

CREATE TABLE IF NOT EXISTS batch (
    county       text COLLATE "C" NOT NULL,
    no           bigint NOT NULL,
    first_seq    bigint NOT NULL,
    last_seq     bigint NOT NULL,
    at           bigint NOT NULL,
    actor        text   NOT NULL,
    key          text COLLATE "C",
    request_hash bytea CHECK (octet_length(request_hash) = 32),
    entries_hash bytea NOT NULL CHECK (octet_length(entries_hash) = 32),
    prev_hash    bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (county, no)
);

-- Tables made before 0.2.0 have the same constraint over all rows, which means the same and costs a little more.
CREATE UNIQUE INDEX IF NOT EXISTS batch_of_key ON batch (county, key) WHERE key IS NOT NULL;

CREATE INDEX IF NOT EXISTS batch_at ON batch (county, at, last_seq);
