//! How long do all indicators of the full county take, and how much memory?
//!
//! One program run is one sample: the binary starts, opens the directory, answers, and ends, as a person would run it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::args::Args;
use crate::call::Call;
use crate::county::{self, COUNTY, PERIOD};
use crate::places::Places;
use crate::trouble::{Result, Trouble};
use crate::{build, demo, setup};

/// Runs per result: the first one finds a cold file cache on most machines.
const RUNS: usize = 5;

/// The flags of `cargo xtask bench`.
pub struct Options {
    dir: Option<PathBuf>,
}

impl Options {
    /// Reads the flags; what is not known is refused.
    pub fn parse(mut args: Args) -> Result<Self> {
        let dir = args.value("--dir")?.map(PathBuf::from);
        args.finish()?;
        Ok(Self { dir })
    }
}

struct Sample {
    seconds: f64,
    peak_mib: u64,
}

/// Measures, prints, and writes `bench/results/VERSION-indicators.json`.
pub fn run(places: &Places, options: Options) -> Result<()> {
    setup::for_building(places)?;
    build::page(places)?;
    build::binary(places)?;
    let dir = directory(places, options)?;
    let output = places.cache.join("bench-indicators.json");
    let samples = (0..RUNS).map(|_| sample(places, &dir, &output)).collect::<Result<Vec<_>>>()?;
    let result = result(&samples, count_values(&output)?);
    let file = places.root.join("bench/results").join(format!("{}-indicators.json", env!("CARGO_PKG_VERSION")));
    fs::write(&file, format!("{result:#}\n")).map_err(|error| Trouble::file("writing the result", &file, &error))?;
    println!("{result:#}\nwritten to {}", places.shown(&file));
    Ok(())
}

fn directory(places: &Places, options: Options) -> Result<PathBuf> {
    if let Some(dir) = options.dir {
        return Ok(demo::absolute(&dir));
    }
    let dir = places.cache.join("demo").join(COUNTY);
    let stamp = county::stamp(places, &dir, "1")?;
    if !dir.exists() || !stamp.is_fresh() {
        county::invent(places, &dir, "1")?;
        stamp.set()?;
    }
    Ok(dir)
}

fn sample(places: &Places, dir: &Path, output: &Path) -> Result<Sample> {
    let file = File::create(output).map_err(|error| Trouble::file("writing", output, &error))?;
    let call = Call::taizhang(places).args("indicators --dir").arg(dir).args("--period").arg(PERIOD).arg("--json");
    let started = Instant::now();
    let child = call.spawn_into(Stdio::from(file))?;
    let peak_mib = watch(child)?;
    Ok(Sample { seconds: started.elapsed().as_secs_f64(), peak_mib })
}

/// Waits for the end; the kernel keeps the highest memory for us, we only have to ask before the process is gone.
fn watch(mut child: Child) -> Result<u64> {
    let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak_kib = 0;
    loop {
        peak_kib = fs::read_to_string(&status_file).ok().and_then(|text| peak(&text)).unwrap_or(peak_kib);
        match child.try_wait() {
            Ok(None) => sleep(Duration::from_millis(2)),
            Ok(Some(status)) if status.success() => return Ok(peak_kib / 1024),
            Ok(Some(status)) => return Err(stopped(&format!("the run failed ({status})"))),
            Err(error) => return Err(stopped(&format!("the run was lost: {error}"))),
        }
    }
}

fn stopped(what: &str) -> Trouble {
    Trouble::new(what, "taizhang indicators", "run `cargo xtask demo --no-serve` first and read its messages")
}

/// The line `VmHWM:   123456 kB` of a process's status.
fn peak(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn count_values(output: &Path) -> Result<usize> {
    let text = fs::read_to_string(output).map_err(|error| Trouble::file("reading", output, &error))?;
    let document: Value =
        serde_json::from_str(&text).map_err(|error| stopped(&format!("no JSON document: {error}")))?;
    Ok(document["values"].as_array().map_or(0, Vec::len))
}

fn result(samples: &[Sample], n_values: usize) -> Value {
    let mut seconds: Vec<f64> = samples.iter().map(|sample| (sample.seconds * 1000.0).round() / 1000.0).collect();
    let first = seconds.first().copied();
    seconds.sort_by(f64::total_cmp);
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "command": format!("taizhang indicators --dir {COUNTY} --period {PERIOD} --json"),
        "profile": "dev (own crates lightly optimised, the engine fully)",
        "n_values": n_values,
        "n_runs": samples.len(),
        "first_seconds": first,
        "median_seconds": seconds.get(seconds.len() / 2),
        "peak_memory_mib": samples.iter().map(|sample| sample.peak_mib).max(),
        "machine": { "processor": processor(), "cores": std::thread::available_parallelism().map_or(0, usize::from) },
    })
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_a_process_status() {
        assert_eq!(peak("Name:\ttaizhang\nVmPeak:\t9 kB\nVmHWM:\t  2048 kB\n"), Some(2048));
        assert_eq!(peak("Name:\ttaizhang\n"), None);
    }

    #[test]
    fn the_median_and_the_highest_peak_are_kept() {
        let samples = [(3.0, 10), (1.0, 30), (2.0, 20)].map(|(seconds, peak_mib)| Sample { seconds, peak_mib });
        let result = result(&samples, 7);
        assert_eq!(result["median_seconds"], 2.0);
        assert_eq!(result["first_seconds"], 3.0);
        assert_eq!(result["peak_memory_mib"], 30);
        assert_eq!(result["n_values"], 7);
    }
}
