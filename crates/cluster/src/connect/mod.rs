//! How is a statement sent to Spark Connect, and how does the answer come back?
//!
//! gRPC with the few messages that a query needs; rows come as Arrow batches. Sail speaks the same.

mod answer;
mod proto;

use crate::error::ClusterError;
use columns::engine::Value;
use http::uri::PathAndQuery;
use proto::{Config, ConfigDone, Execute, Executed, KeyValue, Operation, Plan, Relation, Set, Sql, User};
use std::time::Duration;
use tonic::client::Grpc;
use tonic::transport::{Channel, Endpoint};
use tonic_prost::ProstCodec;

/// The port of Spark Connect when none is written.
const PORT: &str = "15002";

/// Bytes of one answer's part; Spark sends batches of four mebibytes.
const PART: usize = 64 << 20;

/// What is set for every session: exactness over convenience, days and instants without a zone.
const SETTINGS: [(&str, &str); 3] = [
    ("spark.sql.ansi.enabled", "true"),
    ("spark.sql.session.timeZone", "UTC"),
    ("spark.sql.decimalOperations.allowPrecisionLoss", "false"),
];

/// A session with an engine.
pub struct Connect {
    runtime: tokio::runtime::Runtime,
    channel: Channel,
    address: String,
    session: String,
}

impl Connect {
    /// Opens a session at `sc://HOST:PORT`. `session` is a UUID nobody else uses.
    ///
    /// # Errors
    /// [`ClusterError::Address`] or [`ClusterError::Unreachable`].
    pub fn open(address: &str, session: String) -> Result<Self, ClusterError> {
        let endpoint = endpoint(address)?;
        let unreachable = |detail: String| ClusterError::Unreachable { address: address.to_string(), detail };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|fault| unreachable(fault.to_string()))?;
        let channel = runtime.block_on(endpoint.connect()).map_err(|fault| unreachable(chain(&fault)))?;
        let connect = Self { runtime, channel, address: address.to_string(), session };
        connect.configure()?;
        Ok(connect)
    }

    /// Runs a query and gives all its rows.
    ///
    /// # Errors
    /// [`ClusterError::Engine`] with what the engine said, [`ClusterError::Answer`] for what cannot be read.
    pub fn query(&self, sql: &str) -> Result<Vec<Vec<Value>>, ClusterError> {
        let root = Relation { sql: Some(Sql { query: sql.to_string() }) };
        let request = Execute {
            session_id: self.session.clone(),
            user: Some(user()),
            plan: Some(Plan { root: Some(root) }),
            client_type: Some("taizhang".into()),
        };
        self.runtime.block_on(async {
            let mut grpc = self.grpc().await?;
            let path = PathAndQuery::from_static("/spark.connect.SparkConnectService/ExecutePlan");
            let codec: ProstCodec<Execute, Executed> = ProstCodec::default();
            let answer = grpc.server_streaming(tonic::Request::new(request), path, codec).await;
            let mut parts = answer.map_err(|status| said(&status))?.into_inner();
            let mut rows = Vec::new();
            while let Some(part) = parts.message().await.map_err(|status| said(&status))? {
                if let Some(batch) = part.arrow_batch {
                    answer::read(&batch.data, &mut rows)?;
                }
            }
            Ok(rows)
        })
    }

    /// Sets what must hold for the session. Sail has these ways already and does not know every name.
    fn configure(&self) -> Result<(), ClusterError> {
        self.runtime.block_on(async {
            for (key, value) in SETTINGS {
                let pairs = vec![KeyValue { key: key.into(), value: Some(value.into()) }];
                let operation = Operation { set: Some(Set { pairs }) };
                let request = Config {
                    session_id: self.session.clone(),
                    user: Some(user()),
                    operation: Some(operation),
                    client_type: Some("taizhang".into()),
                };
                let mut grpc = self.grpc().await?;
                let path = PathAndQuery::from_static("/spark.connect.SparkConnectService/Config");
                let codec: ProstCodec<Config, ConfigDone> = ProstCodec::default();
                grpc.unary(tonic::Request::new(request), path, codec).await.map_err(|status| said(&status))?;
            }
            Ok(())
        })
    }

    async fn grpc(&self) -> Result<Grpc<Channel>, ClusterError> {
        let mut grpc = Grpc::new(self.channel.clone()).max_decoding_message_size(PART);
        grpc.ready()
            .await
            .map_err(|fault| ClusterError::Unreachable { address: self.address.clone(), detail: chain(&fault) })?;
        Ok(grpc)
    }
}

fn user() -> User {
    User { user_id: "taizhang".into(), user_name: "taizhang".into() }
}

/// `sc://HOST:PORT`, and nothing after it: no encryption, no token.
fn endpoint(address: &str) -> Result<Endpoint, ClusterError> {
    let wrong = |detail: &str| ClusterError::Address { address: address.to_string(), detail: detail.to_string() };
    let rest = address.strip_prefix("sc://").ok_or_else(|| wrong("this is no Spark Connect address"))?;
    let (host, more) = rest.split_once('/').unwrap_or((rest, ""));
    if !more.trim_matches(';').is_empty() {
        return Err(wrong("options such as token or use_ssl are not supported: use the data centre's tunnel"));
    }
    if host.is_empty() {
        return Err(wrong("there is no host"));
    }
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let host = if has_port { host.to_string() } else { format!("{host}:{PORT}") };
    let endpoint = Endpoint::from_shared(format!("http://{host}")).map_err(|fault| wrong(&fault.to_string()))?;
    Ok(endpoint
        .connect_timeout(Duration::from_secs(10))
        .http2_keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20)))
}

/// What the engine said; of a stack of Java calls only its first line.
fn said(status: &tonic::Status) -> ClusterError {
    let message = status.message();
    let first = message.lines().find(|line| !line.trim().is_empty()).unwrap_or(message);
    ClusterError::Engine(first.chars().take(2_000).collect())
}

/// An error with everything below it.
fn chain(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut below = fault.source();
    while let Some(fault) = below {
        text = format!("{text}: {fault}");
        below = fault.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_refused_before_anybody_is_called() {
        for (address, wrong) in [
            ("127.0.0.1:15002", "no Spark Connect address"),
            ("sc://", "no host"),
            ("sc://db:15002/;token=x", "tunnel"),
        ] {
            let message = endpoint(address).map(|_| ()).map_err(|fault| fault.to_string());
            assert!(message.as_ref().is_err_and(|text| text.contains(wrong)), "{address}: {message:?}");
        }
        assert_eq!(
            endpoint("sc://127.0.0.1").map(|e| e.uri().to_string()).ok(),
            Some("http://127.0.0.1:15002/".into())
        );
    }

    #[test]
    fn nobody_there_is_said_with_the_next_step() {
        let fault = Connect::open("sc://127.0.0.1:1", "00000000-0000-4000-8000-000000000000".into());
        let text = fault.map(|_| ()).map_err(|fault| fault.to_string());
        assert!(text.as_ref().is_err_and(|text| text.contains("does not answer")), "{text:?}");
    }
}
