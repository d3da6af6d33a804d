//! Do Sail and Apache Spark give the same document as the machine itself, digit for digit?
//!
//! The county is exported once; each engine computes every indicator of several periods over it. Spark runs as a
//! master, two workers and a Connect server on loopback, and one worker is killed while it works.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::tally::Tally;
use crate::call::Call;
use crate::places::Places;
use crate::serve::free_port;
use crate::setup::python;
use crate::trouble::{Result, Trouble};

/// Periods of each kind; the county's records are of the first.
const PERIODS: [&str; 4] = ["2025", "2024", "2025Q3", "2025-11"];

/// Sail walks a statement by recursion: one of a county's every indicator overflows the stack it takes by itself (8 MiB).
const SAIL_STACK: &str = "SAIL_RUNTIME__STACK_SIZE";
const SAIL_STACK_BYTES: u32 = 64 << 20;

/// How long an engine may take to open its port, and a worker to get work.
const PATIENCE: Duration = Duration::from_secs(120);

/// Compares Sail with the machine itself. Without Sail nothing is compared, and it is said.
pub fn sail(places: &Places, dir: &Path) -> Result<Tally> {
    let program = match python::sail(places) {
        Ok(program) => program,
        Err(trouble) => {
            eprintln!("SKIPPED: no indicator was compared with Sail.\n{trouble}");
            return Ok(Tally::default());
        }
    };
    let data = export(places, dir)?;
    let port = free_port()?;
    let log = data.with_extension("sail.log");
    let words = ["spark", "server", "--port", &port.to_string()].map(str::to_string);
    let _server = Group::start(&program, &words, &[(SAIL_STACK, SAIL_STACK_BYTES.to_string())], &log)?;
    wait_for(port, &log)?;
    let mut tally = Tally::default();
    for period in PERIODS {
        let answer = Call::taizhang(places)
            .args("cluster indicators --json --engine")
            .arg(format!("sc://127.0.0.1:{port}"))
            .arg("--data")
            .arg(&data)
            .args("--period")
            .arg(period)
            .read()?;
        tally += judge(places, dir, &data, period, "Sail", &answer.1)?;
    }
    Ok(tally)
}

/// Compares Spark with the machine itself, and kills a worker in the middle.
pub fn spark(places: &Places, dir: &Path) -> Result<Tally> {
    let data = export(places, dir)?;
    let cluster = Spark::start(places, &data)?;
    let mut tally = Tally::default();
    for (n, period) in PERIODS.iter().enumerate() {
        let out = data.with_extension(format!("{period}.json"));
        let file = File::create(&out).map_err(|error| Trouble::file("making a file", &out, &error))?;
        let before = cluster.n_tasks(0);
        let mut child = Call::taizhang(places)
            .args("cluster indicators --json --engine")
            .arg(format!("sc://127.0.0.1:{}", cluster.port))
            .arg("--data")
            .arg(&data)
            .args("--period")
            .arg(period)
            .spawn_into(Stdio::from(file))?;
        if n == 1 {
            cluster.kill_worker_at_work(before, &mut child)?;
        }
        child.wait().map_err(|error| Trouble::file("waiting for the answer", &out, &error))?;
        let answer = fs::read_to_string(&out).map_err(|error| Trouble::file("reading the answer", &out, &error))?;
        tally += judge(places, dir, &data, period, "Spark", &answer)?;
    }
    Ok(tally)
}

/// The county as Parquet, beside its directory, from nothing.
fn export(places: &Places, dir: &Path) -> Result<PathBuf> {
    let data = dir.with_extension("parquet");
    if data.exists() {
        fs::remove_dir_all(&data).map_err(|error| Trouble::file("emptying a folder", &data, &error))?;
    }
    Call::taizhang(places).args("cluster export").arg("--dir").arg(dir).arg("--out").arg(&data).run()?;
    Ok(data)
}

/// Compares the two documents; each value that is the same is one test. Only the indicators of the list that no cluster
/// counts may be missing there.
fn judge(places: &Places, dir: &Path, data: &Path, period: &str, who: &str, theirs: &str) -> Result<Tally> {
    let (_, ours) =
        Call::taizhang(places).args("indicators --json --dir").arg(dir).args("--period").arg(period).read()?;
    let left_out = not_on_cluster(places)?;
    let mut ours = values(&ours);
    ours.retain(|value| !left_out.iter().any(|id| value["indicator"] == id.as_str()));
    let theirs = values(theirs);
    let differing: Vec<(&Value, &Value)> = ours.iter().zip(&theirs).filter(|(mine, other)| mine != other).collect();
    if differing.is_empty() && ours.len() == theirs.len() && !ours.is_empty() {
        eprintln!("{who}, {period}: {} values, every digit the same", ours.len());
        return Ok(Tally { passed: ours.len(), failed: 0 });
    }
    for (mine, other) in differing.iter().take(10) {
        eprintln!("  {period}: here {mine} there {other}");
    }
    eprintln!("{who}, {period}: {} values here, {} there, from {}", ours.len(), theirs.len(), data.display());
    Ok(Tally { passed: 0, failed: differing.len().max(1) })
}

/// The values of a document, in its order; none when it is no document.
fn values(document: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(document).unwrap_or(Value::Null);
    document["values"].as_array().cloned().unwrap_or_else(Vec::new)
}

/// The indicators that no cluster counts, as the tests of the crate `cluster` list them.
fn not_on_cluster(places: &Places) -> Result<Vec<String>> {
    let path = places.root.join("crates/cluster/tests/not-on-cluster.txt");
    let text = fs::read_to_string(&path).map_err(|error| Trouble::file("reading the list", &path, &error))?;
    Ok(text.lines().filter_map(|line| line.split(' ').next()).map(str::to_string).collect())
}

/// A master, two workers and a Connect server; all end when this is dropped.
struct Spark {
    _master: Group,
    workers: Vec<(Group, PathBuf)>,
    _connect: Group,
    port: u16,
}

impl Spark {
    fn start(places: &Places, data: &Path) -> Result<Self> {
        let home = python::spark(places)?;
        let env = [
            ("SPARK_HOME", home.to_string_lossy().into_owned()),
            ("SPARK_LOCAL_IP", "127.0.0.1".to_string()),
            ("SPARK_WORKER_OPTS", "-Dspark.worker.ui.port=0".to_string()),
        ];
        let class = home.join("bin").join("spark-class");
        let (master_port, port) = (free_port()?, free_port()?);
        let url = format!("spark://127.0.0.1:{master_port}");
        let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        let master_log = data.with_extension("master.log");
        let master = words(&format!(
            "org.apache.spark.deploy.master.Master --host 127.0.0.1 --port {master_port} --webui-port 0"
        ));
        let master = Group::start(&class, &master, &env, &master_log)?;
        wait_for(master_port, &master_log)?;
        let mut workers = Vec::new();
        for n in 1..=2 {
            let work = data.with_extension(format!("worker{n}"));
            if work.exists() {
                fs::remove_dir_all(&work).map_err(|error| Trouble::file("emptying a folder", &work, &error))?;
            }
            let mut worker = words(
                "org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g --webui-port 0 --work-dir",
            );
            worker.extend([work.to_string_lossy().into_owned(), url.clone()]);
            workers.push((Group::start(&class, &worker, &env, &data.with_extension(format!("worker{n}.log")))?, work));
        }
        let connect_log = data.with_extension("connect.log");
        let connect = words(&format!(
            "--master {url} --class org.apache.spark.sql.connect.service.SparkConnectServer \
             --conf spark.connect.grpc.binding.port={port} --conf spark.connect.grpc.binding.address=127.0.0.1 \
             --conf spark.ui.enabled=false --conf spark.executor.memory=512m --conf spark.sql.shuffle.partitions=8 \
             spark-internal"
        ));
        let connect = Group::start(&home.join("bin").join("spark-submit"), &connect, &env, &connect_log)?;
        wait_for(port, &connect_log)?;
        Ok(Self { _master: master, workers, _connect: connect, port })
    }

    /// Tasks that a worker's executors have begun, after their own logs.
    fn n_tasks(&self, worker: usize) -> usize {
        fn logs(dir: &Path, found: &mut usize) {
            for entry in dir.read_dir().into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    logs(&path, found);
                } else if path.file_name().is_some_and(|name| name == "stderr") {
                    // A log that is being made is read the next time.
                    *found += fs::read_to_string(&path).map_or(0, |log| log.matches("Running task").count());
                }
            }
        }
        let mut found = 0;
        logs(&self.workers[worker].1, &mut found);
        found
    }

    /// Waits until the first worker has begun tasks of this question, then kills it with everything it started.
    fn kill_worker_at_work(&self, before: usize, asking: &mut Child) -> Result<()> {
        let started = Instant::now();
        while self.n_tasks(0) < before + 3 {
            let ended = asking.try_wait().is_ok_and(|status| status.is_some());
            if ended || started.elapsed() > PATIENCE {
                return Err(Trouble::new(
                    "the question was answered before a worker could be killed",
                    self.workers[0].1.display(),
                    "read the executor's stderr there",
                ));
            }
            sleep(Duration::from_millis(20));
        }
        eprintln!("killing worker 1 after {} of its tasks", self.n_tasks(0) - before);
        self.workers[0].0.kill();
        Ok(())
    }
}

/// A program and all that it starts, as one process group.
struct Group(Child);

impl Group {
    fn start(program: &Path, words: &[String], env: &[(&str, String)], log: &Path) -> Result<Self> {
        eprintln!("$ {} {}", program.display(), words.join(" "));
        let file = File::create(log).map_err(|error| Trouble::file("making a file", log, &error))?;
        let both = file.try_clone().map_err(|error| Trouble::file("making a file", log, &error))?;
        let child = Command::new(program)
            .args(words)
            .envs(env.iter().map(|(name, value)| (name, value.as_str())))
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(both)
            .process_group(0)
            .spawn();
        child.map(Self).map_err(|error| {
            Trouble::new(
                format!("`{}` did not start: {error}", program.display()),
                log.display(),
                "`cargo xtask setup`",
            )
        })
    }

    /// Ends the group at once, as a machine that loses its power does.
    fn kill(&self) {
        let group = format!("-{}", self.0.id());
        // An error here means that it has ended already.
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        let _ = self.0.wait();
    }
}

fn wait_for(port: u16, log: &Path) -> Result<()> {
    let started = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if started.elapsed() > PATIENCE {
            return Err(Trouble::new(
                format!("no answer on port {port} within {} seconds", PATIENCE.as_secs()),
                log.display(),
                "read the log",
            ));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}
