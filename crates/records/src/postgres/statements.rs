//! Every statement the log sends more than once. Each names one county, so each stays on one shard (docs/scale.md).

use tokio_postgres::{Client, Error, Statement};

macro_rules! entry_columns {
    () => {
        "entry.seq, entry.register, entry.record, entry.version, entry.base, entry.prior, entry.op, entry.org, \
         entry.resident, entry.on_date, entry.actor, entry.at, entry.body, entry.reason, entry.batch"
    };
}

macro_rules! batch_columns {
    () => {
        "no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash, hash"
    };
}

/// Declares the statements once: as text, and as what the server planned.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        /// The statements, prepared in one session.
        pub(super) struct Statements { $($(#[$doc])* pub $name: Statement,)* }

        impl Statements {
            /// Prepares all of them in one round trip.
            pub async fn prepare(client: &Client) -> Result<Self, Error> {
                let ($($name,)*) = tokio::try_join!($(client.prepare($sql),)*)?;
                Ok(Self { $($name,)* })
            }
        }
    };
}

statements! {
    entry_at = concat!("SELECT ", entry_columns!(), " FROM entry WHERE county = $1 AND seq = $2");
    head = concat!(
        "SELECT ", entry_columns!(), " FROM head JOIN entry USING (county, seq)
         WHERE head.county = $1 AND head.register = $2 AND head.record = $3"
    );
    /// Current versions of some records of a register.
    current = concat!(
        "SELECT ", entry_columns!(), " FROM unnest($3::text[]) AS wanted (record)
         JOIN head ON head.county = $1 AND head.register = $2 AND head.record = wanted.record
         JOIN entry ON entry.county = head.county AND entry.seq = head.seq"
    );
    /// Records whose id lies between two words.
    records = "SELECT record FROM head WHERE county = $1 AND register = $2 AND record >= $3 AND record < $4
               ORDER BY record";
    of_resident = concat!(
        "SELECT ", entry_columns!(), " FROM entry
         WHERE county = $1 AND resident = $2 AND seq > $3 ORDER BY seq LIMIT $4"
    );
    after = concat!("SELECT ", entry_columns!(), " FROM entry WHERE county = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    between = concat!(
        "SELECT ", entry_columns!(), " FROM entry WHERE county = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq"
    );
    last_batch = concat!("SELECT ", batch_columns!(), " FROM batch WHERE county = $1 ORDER BY no DESC LIMIT 1");
    batch = concat!("SELECT ", batch_columns!(), " FROM batch WHERE county = $1 AND no = $2");
    batches = concat!("SELECT ", batch_columns!(), " FROM batch WHERE county = $1 ORDER BY no");
    /// Batches written under one of some keys.
    with_keys = concat!("SELECT ", batch_columns!(), " FROM batch WHERE county = $1 AND key IS NOT NULL AND key = ANY ($2)");
    seq_as_of = "SELECT coalesce(max(last_seq), 0) FROM batch WHERE county = $1 AND at <= $2";
    /// Heads of some records, each with its number in the question. The limit makes it one look-up by the whole key
    /// for each, also when it was planned while the table was empty and reading all of it looked cheap.
    heads = "SELECT wanted.n, found.version, found.seq
             FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS wanted (register, record, n),
                  LATERAL (SELECT version, seq FROM head
                           WHERE county = $1 AND head.register = wanted.register AND head.record = wanted.record
                           LIMIT 1) AS found";
    insert_entries = "
        INSERT INTO entry (county, seq, register, record, version, base, prior, op, org, resident, on_date, actor, at,
                           body, reason, batch)
        SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::bigint[],
                                 $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[],
                                 $14::text[], $15::text[], $16::bigint[])";
    copy_entries = "
        COPY entry (county, seq, register, record, version, base, prior, op, org, resident, on_date, actor, at,
                    body, reason, batch) FROM STDIN (FORMAT binary)";
    insert_heads = "
        INSERT INTO head (county, register, record, version, seq)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::integer[], $5::bigint[])";
    put_heads = "
        INSERT INTO head (county, register, record, version, seq)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::integer[], $5::bigint[])
        ON CONFLICT (county, register, record) DO UPDATE SET version = excluded.version, seq = excluded.seq";
    copy_heads = "COPY head (county, register, record, version, seq) FROM STDIN (FORMAT binary)";
    insert_batches = "
        INSERT INTO batch (county, no, first_seq, last_seq, at, actor, key, request_hash, entries_hash, prev_hash,
                           hash)
        SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
                                 $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[])";
    /// The last entry beyond the last batch: there should be none.
    last_beyond = "SELECT max(seq) FROM entry WHERE county = $1 AND seq > $2";
    versions = "SELECT entry.seq, entry.version, head.seq, head.version
                FROM entry LEFT JOIN head USING (county, register, record)
                WHERE entry.county = $1 AND entry.op <> 'access' ORDER BY entry.seq";
    count_heads = "SELECT count(*), max(seq) FILTER (WHERE NOT EXISTS (
                       SELECT 1 FROM entry WHERE entry.county = head.county AND entry.seq = head.seq
                          AND entry.register = head.register AND entry.record = head.record))
                   FROM head WHERE county = $1";
    clear_heads = "DELETE FROM head WHERE county = $1";
    rebuild_heads = "
        INSERT INTO head (county, register, record, version, seq)
        SELECT DISTINCT ON (county, register, record) county, register, record, version, seq
        FROM entry WHERE county = $1 AND op <> 'access' ORDER BY county, register, record, version DESC";
}
