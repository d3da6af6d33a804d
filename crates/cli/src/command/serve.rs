//! `taizhang serve`: the web page and its API.

use crate::at::At;
use crate::{Done, answer, output};
use server::ServeOptions;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8848)]
    port: u16,
    /// The address listened on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.open_when_free()?;
    let addr = SocketAddr::new(args.host, args.port);
    server::serve(ServeOptions { store, addr }, |addr| output::message(&format!("http://{addr}")))?;
    Ok(answer(true))
}
