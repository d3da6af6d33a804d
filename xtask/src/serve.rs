//! Is the server up, and at which address?

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::call::Call;
use crate::places::Places;
use crate::trouble::{Result, Trouble};

/// How long a server may take to open its port: it brings the columns up to date first.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `taizhang serve`; it is ended when this is dropped.
pub struct Server {
    child: Child,
    /// Such as `http://127.0.0.1:8848`.
    pub address: String,
}

impl Server {
    /// Starts a server without sign-in on a directory and waits until it answers.
    pub fn start(places: &Places, dir: &Path, port: u16) -> Result<Self> {
        Self::start_as(places, "serve --open", dir, port)
    }

    /// Starts a server for those who have an account.
    pub fn start_with_accounts(places: &Places, dir: &Path, port: u16) -> Result<Self> {
        Self::start_as(places, "serve", dir, port)
    }

    fn start_as(places: &Places, verb: &str, dir: &Path, port: u16) -> Result<Self> {
        let child =
            Call::taizhang(places).args(verb).arg("--dir").arg(dir).arg("--port").arg(port.to_string()).spawn()?;
        let mut server = Self { child, address: format!("http://127.0.0.1:{port}") };
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(Trouble::new(
                    format!("the server ended ({status}) before it answered"),
                    &server.address,
                    "read its message above; a port in use is changed with `--port N`",
                ));
            }
            if started.elapsed() > PATIENCE {
                return Err(Trouble::new(
                    format!("the server did not answer within {} seconds", PATIENCE.as_secs()),
                    &server.address,
                    format!("`taizhang verify --dir {}` tells whether the directory is sound", dir.display()),
                ));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    /// Waits until the server is stopped, usually with Ctrl-C.
    pub fn wait(mut self) -> Result<()> {
        let address = self.address.clone();
        self.child.wait().map(drop).map_err(|error| {
            Trouble::new(format!("waiting for the server failed: {error}"), address, "start the demo again")
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error here means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port nobody listens on.
pub fn free_port() -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).map(|at| at.port()).map_err(
        |error| Trouble::new(format!("no free port: {error}"), "127.0.0.1", "close a program that holds many ports"),
    )
}
