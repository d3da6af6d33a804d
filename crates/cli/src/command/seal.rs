//! `taizhang seal`: a signed statement of where the log stands, and the key for it.

use super::now;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use records::seal::{Key, seal};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: Option<At>,
    /// The private key
    #[arg(long, required_unless_present = "new_key")]
    key: Option<PathBuf>,
    /// The statement to write; keep it on another machine
    #[arg(long, required_unless_present = "new_key")]
    out: Option<PathBuf>,
    /// Make a private key, and the public key beside it as FILE.pub
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "database", "key", "out"])]
    new_key: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    if let Some(path) = &args.new_key {
        return new_key(path);
    }
    let (Some(at), Some(key), Some(out)) = (&args.at, &args.key, &args.out) else {
        return Err(Fault::Use("say --dir, --key and --out, or --new-key".into()));
    };
    let key = Key::from_pem(&std::fs::read_to_string(key).map_err(Fault::io(key))?)?;
    let head = seal(at.read_log()?.as_ref(), &key, now())?;
    let document = json!(head);
    write_new(out, &format!("{document:#}\n"), 0o644)?;
    if args.json {
        output::json(&document);
    } else {
        output::line(&format!("{}: batch {}, entry {}, hash {}", head.county, head.batch, head.seq, head.hash));
        output::message(&format!("written to {}; keep it on another machine", out.display()));
    }
    Ok(answer(true))
}

fn new_key(path: &Path) -> Done {
    let key = Key::new()?;
    let mut public = path.as_os_str().to_os_string();
    public.push(".pub");
    write_new(path, &key.to_pem()?, 0o600)?;
    write_new(Path::new(&public), &key.public_pem()?, 0o644)?;
    output::message(&format!("{} signs; give {} to whoever checks", path.display(), Path::new(&public).display()));
    Ok(answer(true))
}

/// Writes a file that must not be there yet.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), Fault> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(Fault::io(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Fault::io(path))
}
