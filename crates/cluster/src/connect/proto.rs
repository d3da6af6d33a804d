//! The messages of Spark Connect that a query needs, with the field numbers of `spark/connect/base.proto`.

/// Who asks.
#[derive(Clone, PartialEq, prost::Message)]
pub struct User {
    #[prost(string, tag = "1")]
    pub user_id: String,
    #[prost(string, tag = "2")]
    pub user_name: String,
}

/// Run a plan.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Execute {
    #[prost(string, tag = "1")]
    pub session_id: String,
    #[prost(message, optional, tag = "2")]
    pub user: Option<User>,
    #[prost(message, optional, tag = "3")]
    pub plan: Option<Plan>,
    #[prost(string, optional, tag = "4")]
    pub client_type: Option<String>,
}

/// A plan that is a relation.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Plan {
    #[prost(message, optional, tag = "1")]
    pub root: Option<Relation>,
}

/// A relation given by a statement.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Relation {
    #[prost(message, optional, tag = "10")]
    pub sql: Option<Sql>,
}

/// A statement.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Sql {
    #[prost(string, tag = "1")]
    pub query: String,
}

/// One part of an answer.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Executed {
    #[prost(message, optional, tag = "2")]
    pub arrow_batch: Option<ArrowBatch>,
}

/// Rows as an Arrow stream of their own.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ArrowBatch {
    #[prost(int64, tag = "1")]
    pub row_count: i64,
    #[prost(bytes = "vec", tag = "2")]
    pub data: Vec<u8>,
}

/// Change a session.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Config {
    #[prost(string, tag = "1")]
    pub session_id: String,
    #[prost(message, optional, tag = "2")]
    pub user: Option<User>,
    #[prost(message, optional, tag = "3")]
    pub operation: Option<Operation>,
    #[prost(string, optional, tag = "4")]
    pub client_type: Option<String>,
}

/// What to change.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Operation {
    #[prost(message, optional, tag = "1")]
    pub set: Option<Set>,
}

/// Settings.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Set {
    #[prost(message, repeated, tag = "1")]
    pub pairs: Vec<KeyValue>,
}

/// One setting.
#[derive(Clone, PartialEq, prost::Message)]
pub struct KeyValue {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}

/// A session was changed.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ConfigDone {
    #[prost(string, tag = "1")]
    pub session_id: String,
}
