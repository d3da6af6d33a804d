//! What does the server keep between two questions?
//!
//! The store behind a lock, and finished boards. The lock is held to open a snapshot or to write; nothing is computed
//! under it.

use crate::ask::{Ask, now};
use crate::desk::Desk;
use crate::events::{Change, Events};
use crate::finder::Finder;
use crate::gate::{Door, Gate};
use crate::imports::Imports;
use crate::memo::Memo;
use crate::page::unmask::Unmasked;
use crate::problem::Problem;
use crate::reviewer::Reviewer;
use crate::scribe::Scribe;
use accounts::Book;
use base::{Date, Period, Text};
use columns::{Store, Submission, county_time};
use indicator::{Board, Explanation, Passed, Tree};
use ledger::Ledger;
use pack::Catalog;
use records::{Draft, LogError, Op};
use report::Document;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Finished boards kept at most.
const MOST_BOARDS: usize = 32;

/// What a finished value was computed from: records up to `seq`, asked on `day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The last entry that can change a figure.
    pub seq: u64,
    /// The day on which was asked.
    pub day: Date,
}

/// Period, tree, and what was known.
pub type BoardKey = (Period, Tree, Known);

/// Indicators, one period after another, tree, and what was known.
pub type SeriesKey = (Vec<String>, Vec<Period>, Tree, Known);

/// One funnel of an organisation and a period.
pub struct Screened {
    /// Its id.
    pub funnel: String,
    /// Its steps that have a value; none when nothing was screened.
    pub steps: Vec<Passed>,
}

/// What was worked out before.
pub struct Memory {
    /// Numbers that were counted before, whatever was written since in other registers.
    pub counted: indicator::Cache,
    /// Boards of one period.
    pub boards: Memo<BoardKey, Board>,
    /// Boards of one period after another.
    pub series: Memo<SeriesKey, Vec<Board>>,
    /// How an indicator comes about, by indicator and organisation.
    pub explanations: Memo<(String, String, Period, Tree, Known), Explanation>,
    /// The steps of each funnel, by organisation.
    pub funnels: Memo<(String, Period, Known), Vec<Screened>>,
    /// Reports.
    pub documents: Memo<(Period, Known), Document>,
    /// The years in which something happened.
    pub years: Memo<Known, Vec<i16>>,
}

/// One county, open for questions.
pub struct App {
    store: Mutex<Store>,
    catalog: Arc<Catalog>,
    /// The last entry that is not an access: nothing later changes a figure.
    last_data: AtomicU64,
    memory: Arc<Memory>,
    scribe: Scribe,
    finder: Finder,
    reviewer: Reviewer,
    events: Events,
    ledger: Mutex<Ledger>,
    imports: Imports,
    writable: bool,
    gate: Gate,
    unmasked: Unmasked,
    /// How the right to write was lost, once it was.
    lost: watch::Sender<Option<String>>,
}

impl App {
    /// Takes a store over for everybody who reaches the server, to which they may write when it is `writable`.
    pub fn open(store: Store, writable: bool) -> Arc<Self> {
        Self::behind(store, writable, Gate::Open)
    }

    /// Takes a store over for those whom `book` lets in. While it is empty, whoever types `setup_code` makes the first
    /// administrators. `is_secure` says that browsers come over HTTPS, through a proxy in front.
    pub fn with_accounts(store: Store, book: Book, is_secure: bool, setup_code: Option<String>) -> Arc<Self> {
        Self::behind(store, true, Gate::Accounts(Box::new(Door::new(book, is_secure, setup_code))))
    }

    fn behind(store: Store, writable: bool, gate: Gate) -> Arc<Self> {
        let memory = Memory {
            counted: indicator::Cache::default(),
            boards: Memo::new(MOST_BOARDS),
            series: Memo::new(MOST_BOARDS),
            explanations: Memo::new(MOST_BOARDS * 4),
            funnels: Memo::new(MOST_BOARDS),
            documents: Memo::new(8),
            years: Memo::new(8),
        };
        Arc::new_cyclic(|app| Self {
            catalog: Arc::clone(store.catalog()),
            last_data: AtomicU64::new(store.seq()),
            store: Mutex::new(store),
            memory: Arc::new(memory),
            scribe: Scribe::start(app),
            finder: Finder::default(),
            reviewer: Reviewer::default(),
            events: Events::default(),
            ledger: Mutex::default(),
            imports: Imports::default(),
            writable,
            gate,
            unmasked: Unmasked::default(),
            lost: watch::Sender::new(None),
        })
    }

    /// Who keeps the door.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Who had what shown lately.
    pub fn unmasked(&self) -> &Unmasked {
        &self.unmasked
    }

    /// Takes in what other programs did to accounts, and takes what happened to accounts into the log.
    pub fn refresh_accounts(&self) -> Result<(), Problem> {
        let Some(door) = self.gate.door() else { return Ok(()) };
        door.book.refresh(now())?;
        let root = self.county()?.orgs.root().map(|org| org.id.clone()).unwrap_or_default();
        for (name, event) in door.book.events()? {
            let mut draft = Draft::new(Op::Access, "account", root.clone());
            draft.record = Some(event.account);
            draft.reason = Some(event.what);
            draft.body.insert("at".into(), event.at.to_string().into());
            // The key makes a repeated attempt write nothing: the event is forgotten only when the log has it.
            let key = Some(format!("account-{name}"));
            let submission = Submission { key, ..Submission::new(event.actor.as_str(), event.at, vec![draft]) };
            self.scribe.write_blocking(submission)??;
            door.book.logged(&name)?;
        }
        Ok(())
    }

    /// The county.
    pub fn county(&self) -> Result<&pack::county::County, Problem> {
        self.catalog.county.as_ref().ok_or_else(|| Problem::inside("no county is installed"))
    }

    /// The packs in force.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The store, for as long as the guard lives.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether records may be written over the network.
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// The one who writes.
    pub fn scribe(&self) -> &Scribe {
        &self.scribe
    }

    /// The one who finds residents.
    pub fn finder(&self) -> &Finder {
        &self.finder
    }

    /// The one who compares residents with each other.
    pub fn reviewer(&self) -> &Reviewer {
        &self.reviewer
    }

    /// The last entry that is not an access.
    pub fn last_data(&self) -> u64 {
        self.last_data.load(Ordering::Acquire)
    }

    /// Everybody who waits for news.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Figures computed before `seq` was written may have changed, of these registers or of nobody knows which.
    pub fn data_changed(&self, seq: u64, registers: Option<BTreeSet<String>>) {
        self.last_data.fetch_max(seq, Ordering::AcqRel);
        self.events.tell(Change { seq, registers });
    }

    /// Says that the right to write is gone; it never comes back to this process.
    pub fn lost(&self, fault: &LogError) {
        self.lost.send_if_modified(|known| {
            let is_news = known.is_none();
            known.get_or_insert_with(|| fault.to_string());
            is_news
        });
    }

    /// Asks the log whether it still answers, so that a server to which nobody writes notices, too.
    pub fn check_session(&self) {
        let asked = self.store().log().batch(1);
        if let Err(fault @ LogError::Lost { .. }) = asked {
            self.lost(&fault);
        }
    }

    /// How the right to write was lost, if it was.
    pub fn how_lost(&self) -> Option<String> {
        self.lost.borrow().clone()
    }

    /// Returns how the right to write was lost, when it is.
    pub async fn until_lost(&self) -> String {
        let mut lost = self.lost.subscribe();
        match lost.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            Err(_) => unreachable!("the sender lives as long as this value"),
        }
    }

    /// A desk for one question: its own view of the records, and what was worked out before.
    pub fn desk(&self, ask: &Ask) -> Result<Desk, Problem> {
        let moment = ask.as_of()?;
        let snapshot = match moment {
            Some(moment) => self.store().snapshot_as_of(moment)?,
            None => self.store().snapshot(county_time(now()).date())?,
        };
        let known = Known { seq: snapshot.seq().min(self.last_data.load(Ordering::Acquire)), day: snapshot.as_of() };
        Ok(Desk::new(snapshot, known, Arc::clone(&self.memory), ask.language))
    }

    /// Writes down that somebody looks at a record; until that is on disk, nothing is shown.
    pub fn log_access(
        &self,
        ask: &Ask,
        register: &str,
        id: &str,
        org: &str,
        resident: Option<&str>,
        purpose: &str,
    ) -> Result<(), Problem> {
        let mut draft = Draft::new(Op::Access, register, org);
        draft.record = Some(id.to_string());
        draft.reason = Some(purpose.to_string());
        if let Some(resident) = resident {
            draft.body.insert("resident".into(), Json::String(resident.to_string()));
        }
        self.log_all(ask, vec![draft])
    }

    /// Writes down that somebody looks at several residents at once, given their ids and organisations.
    pub fn log_looks<'a>(
        &self,
        ask: &Ask,
        purpose: &str,
        residents: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), Problem> {
        let look = |(id, org): (&str, &str)| {
            let mut draft = Draft::new(Op::Access, "resident", org);
            (draft.record, draft.reason) = (Some(id.to_string()), Some(purpose.to_string()));
            draft.body.insert("resident".into(), Json::String(id.to_string()));
            draft
        };
        self.log_all(ask, residents.map(look).collect())
    }

    /// Writes down that somebody searched, and whom the answer names: one entry for one search. The words are not kept:
    /// they may be a name or a number.
    pub fn log_search<'a>(&self, desk: &Desk, ask: &Ask, found: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
        let root = desk.county()?.orgs.root().map(|org| org.id.clone()).unwrap_or_default();
        let mut draft = Draft::new(Op::Access, "resident", root);
        draft.reason = Some("find".to_string());
        draft.body.insert("found".into(), found.collect());
        self.log_all(ask, vec![draft])
    }

    /// Writes down that a list left as a file, and how many records of it.
    pub fn log_export(&self, ask: &Ask, desk: &Desk, register: &str, n_records: u64) -> Result<(), Problem> {
        let root = desk.county()?.orgs.root().map(|org| org.id.clone()).unwrap_or_default();
        let mut draft = Draft::new(Op::Access, register, root);
        draft.reason = Some("export".to_string());
        draft.body.insert("n_records".into(), n_records.into());
        self.log_all(ask, vec![draft])
    }

    /// Has the ledger as far as the log goes, together with the store that books it.
    pub fn with_ledger<T>(
        &self,
        work: impl FnOnce(&mut Ledger, &mut Store) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        let mut store = self.store();
        ledger.catch_up(store.log())?;
        work(&mut ledger, &mut store)
    }

    /// Files on their way into registers.
    pub fn imports(&self) -> &Imports {
        &self.imports
    }

    fn log_all(&self, ask: &Ask, drafts: Vec<Draft>) -> Result<(), Problem> {
        if drafts.is_empty() {
            return Ok(());
        }
        let outcome = self.scribe.write_blocking(Submission::new(ask.visitor.name(), now(), drafts))??;
        match outcome.refusals.first() {
            Some(refusal) => Err(Problem::inside(&refusal.say)),
            None => Ok(()),
        }
    }
}

/// The purpose somebody gives for looking at a person's data, as it is logged.
pub fn purpose(ask: &Ask) -> Result<String, Problem> {
    let Some(purpose) = ask.get("purpose") else { return Ok("view".into()) };
    if purpose.chars().count() > 200 {
        return Err(Problem::wrong(
            "wrong-purpose",
            Text::both("查看目的最多200字", "a purpose has at most 200 characters"),
            Text::both("写得短一些", "write it shorter"),
        ));
    }
    Ok(purpose.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use columns::Installed;
    use pack::Folder;
    use serde_json::json;
    use std::path::Path;

    const COUNTY: &str =
        "county: little\ntitle: 小县\nperiod: 2025\npacks: [core]\norgs: orgs.csv\nreport: outline.md\n";
    const ORGS: &str = "id,name,kind,level,parent,code,from,until\nlittle,小县,county,county,,519900,2000-01-01,\n";

    fn resident(id: &str) -> Draft {
        let mut draft = Draft::new(Op::Create, "resident", "little");
        draft.record = Some(id.into());
        let body = json!({"name": "王强", "sex": "1", "birth_on": "1979-06-01", "children": 0});
        draft.body = body.as_object().unwrap().clone();
        draft
    }

    #[test]
    fn an_access_is_written_and_no_figure_is_worked_out_again() {
        let dir = tempfile::tempdir().unwrap();
        let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pack/tests/bad/core/pack.yaml");
        let core = std::fs::read_to_string(core).unwrap();
        let files = [("county.yaml", COUNTY), ("orgs.csv", ORGS), ("outline.md", "# 总结\n")];
        let installed = Installed {
            packs: vec![Folder { id: "core".into(), files: vec![("pack.yaml".into(), core)] }],
            county: Folder { id: "little".into(), files: files.map(|(n, text)| (n.into(), text.into())).to_vec() },
        };
        let app = App::open(Store::create(dir.path(), &installed, "test", now()).unwrap(), true);
        let write = |id: &str| {
            let outcome = app.scribe().write_blocking(Submission::new("test", now(), vec![resident(id)]));
            assert_eq!(outcome.unwrap().unwrap().refusals, []);
        };
        let board = || {
            app.desk(&Ask::by(crate::visitor::Visitor::server()))
                .unwrap()
                .board(Period::year(2025), &Tree::default())
                .unwrap()
        };
        write("p1");
        let (before, seq) = (board(), app.store().seq());
        app.log_access(&Ask::by(crate::visitor::Visitor::server()), "resident", "p1", "little", Some("p1"), "随访")
            .unwrap();
        assert_eq!(app.store().seq(), seq + 1);
        assert!(Arc::ptr_eq(&before, &board()), "an access changes no figure");
        write("p2");
        assert!(!Arc::ptr_eq(&before, &board()), "a record may change every figure");
    }
}
