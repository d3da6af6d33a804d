//! `taizhang serve`: the web page and its API.

use crate::at::At;
use crate::{Done, answer, output};
use server::{Entry, ServeOptions};
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
    /// Let in whoever reaches the server, without accounts; on this machine only
    #[arg(long)]
    open: bool,
    /// Browsers come over HTTPS, through a proxy in front that sets X-Forwarded-For
    #[arg(long, conflicts_with = "open")]
    behind_https: bool,
}

pub fn run(args: &Args) -> Done {
    let entry = if args.open {
        Entry::Open
    } else {
        Entry::Accounts { book: Box::new(args.at.accounts()?), is_secure: args.behind_https }
    };
    let store = args.at.open_when_free()?;
    let addr = SocketAddr::new(args.host, args.port);
    server::serve(ServeOptions { store, addr, entry }, |addr, setup_code| {
        output::message(&format!("http://{addr}"));
        if let Some(code) = setup_code {
            output::message(&format!(
                "nobody has an account yet: open http://{addr}/setup and type the set-up code {code}"
            ));
        }
    })?;
    Ok(answer(true))
}
