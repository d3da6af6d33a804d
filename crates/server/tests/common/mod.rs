//! A county of four patients, and a way to ask its server.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use base::id::{CitizenId, Sex};
use base::{Date, Timestamp};
use columns::{Installed, Store, Submission};
use http_body_util::BodyExt;
use pack::Folder;
use records::{Draft, Op};
use serde_json::{Value as Json, json};
use server::App;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tower::ServiceExt;

const COUNTY: &str = "county: little
title: {zh: 小县, en: Little County}
period: 2025
packs: [core, hypertension]
orgs: orgs.csv
report: outline.md
dashboard: [hypertension_standard_rate, hypertension_visits]
compare: hypertension_standard_rate
targets:
  hypertension_standard_rate:
    2025: {at_least: \"90%\", source: 小县卫发〔2025〕1号}
";

const ORGS: &str = "id,name,kind,level,parent,code,from,until
little,小县,county,county,,519900,2000-01-01,
hospital,小县人民医院,general_hospital,institution,little,,2000-01-01,
east,东河镇,township,township,little,,2000-01-01,
west,西山乡,township,township,little,,2000-01-01,
east_1,东河村,village,village,east,,2000-01-01,
west_1,西山村,village,village,west,,2000-01-01,
";

const OUTLINE: &str = "<!-- title -->
小县{{ year() }}工作总结

# 公共卫生

{{ pack(\"hypertension\") }}
";

/// What the console of a server behind a door printed.
pub const SETUP_CODE: &str = "abcde23456";

/// Name, sex, birthday, village, face-to-face visits in 2025.
pub const PATIENTS: [(&str, &str, Sex, &str, &str, u32); 4] = [
    ("p1", "张小明", Sex::Male, "1958-10-30", "east_1", 4),
    ("p2", "李秀英", Sex::Female, "1950-02-11", "east_1", 4),
    ("p3", "王强", Sex::Male, "1979-06-01", "east_1", 1),
    ("p4", "欧阳建国", Sex::Male, "1966-03-08", "west_1", 4),
];

/// A served county; the directory lives as long as it does.
pub struct Served {
    pub app: Arc<App>,
    router: Router,
    n_asked: AtomicU32,
    _dir: TempDir,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

/// The whole answer; of a stream that never ends, its first piece.
async fn answer(response: Response) -> Answer {
    let (parts, mut body) = response.into_parts();
    let is_stream = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let bytes = match is_stream {
        true => body.frame().await.unwrap().unwrap().into_data().unwrap().to_vec(),
        false => body.collect().await.unwrap().to_bytes().to_vec(),
    };
    Answer { status: parts.status, headers: parts.headers, bytes }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Served {
    pub fn new() -> Self {
        Self::with_orgs(ORGS)
    }

    /// The same people below other organisations.
    pub fn with_orgs(orgs: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = App::open(store(dir.path(), orgs), true);
        Self { router: server::router(Arc::clone(&app)), app, n_asked: AtomicU32::new(0), _dir: dir }
    }

    /// The same county behind a door: who is in the book signs in with [`Served::enter`].
    pub fn behind_a_door() -> (Self, Arc<accounts::Book>) {
        Self::with_orgs_behind_a_door(ORGS)
    }

    /// Other organisations behind a door.
    pub fn with_orgs_behind_a_door(orgs: &str) -> (Self, Arc<accounts::Book>) {
        let dir = tempfile::tempdir().unwrap();
        let place = records::ShelfPlace::File(dir.path().join("accounts.db"));
        let (inside, outside) = (accounts::Book::open(place.clone()).unwrap(), accounts::Book::open(place).unwrap());
        let app = App::with_accounts(store(dir.path(), orgs), inside, false, Some(SETUP_CODE.to_string()));
        (
            Self { router: server::router(Arc::clone(&app)), app, n_asked: AtomicU32::new(0), _dir: dir },
            Arc::new(outside),
        )
    }

    /// Asks whatever is to be asked, as the browser of somebody with this cookie.
    pub async fn ask(
        &self,
        method: &str,
        address: &str,
        cookie: &str,
        headers: &[(&str, &str)],
        body: &Json,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address).header("host", "little.example");
        request = request.header("content-type", "application/json").header("cookie", cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if method == "GET" { Body::empty() } else { Body::from(body.to_string()) };
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((self.peer(), 50_000))));
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Another address every ten requests, as of people at many machines.
    fn peer(&self) -> [u8; 4] {
        let [.., high, low] = (self.n_asked.fetch_add(1, Ordering::Relaxed) / 10).to_be_bytes();
        [10, 0, high, low]
    }

    /// Signs in and returns the cookie.
    pub async fn enter(&self, account: &str, password: &str) -> String {
        let body = json!({ "account": account, "password": password });
        let answer = self.ask("POST", "/api/session", "", &[], &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{account}: {}", answer.text());
        answer.header("set-cookie").split(';').next().unwrap().to_string()
    }

    pub async fn get(&self, address: &str) -> Answer {
        self.get_with(address, "accept-language", "zh-CN").await
    }

    pub async fn get_with(&self, address: &str, header: &str, value: &str) -> Answer {
        let request = Request::get(address).header(header, value).body(Body::empty()).unwrap();
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Sends a document.
    pub async fn post(&self, address: &str, document: &Json) -> Answer {
        self.send(address, "application/json", document.to_string().into_bytes()).await
    }

    pub async fn send(&self, address: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::post(address).header("content-type", kind).body(Body::from(body)).unwrap();
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Sends a document by itself, beside others.
    pub fn posting(&self, address: &str, document: &Json) -> impl Future<Output = StatusCode> + Send + 'static {
        let body = Body::from(document.to_string());
        let request = Request::post(address).header("content-type", "application/json").body(body).unwrap();
        let router = self.router.clone();
        async move { router.oneshot(request).await.unwrap().status() }
    }

    /// An answer that must be there.
    pub async fn json(&self, address: &str) -> Json {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        answer.json()
    }
}

pub fn at() -> Timestamp {
    "2026-01-05T01:00:00Z".parse().unwrap()
}

fn store(dir: &Path, orgs: &str) -> Store {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let installed = Installed {
        packs: vec![folder(&packs.join("core")), folder(&packs.join("chronic/hypertension"))],
        county: Folder {
            id: "little".into(),
            files: [("county.yaml", COUNTY), ("orgs.csv", orgs), ("outline.md", OUTLINE)]
                .map(|(name, text)| (name.to_string(), text.to_string()))
                .to_vec(),
        },
    };
    let mut store = Store::create(dir, &installed, "test", at()).unwrap();
    submit(&mut store, drafts());
    let head = store.log().head("hypertension_followup", "v-p1-1").unwrap().unwrap();
    let mut correction = Draft::correcting(&head, "录入错误").unwrap();
    correction.body.insert("sbp".into(), json!(132));
    submit(&mut store, vec![correction]);
    store
}

fn submit(store: &mut Store, drafts: Vec<Draft>) {
    let submission = Submission::new("test", at(), drafts);
    let outcome = store.submit(submission).unwrap();
    assert_eq!(outcome.refusals, [], "the county's own records are sound");
}

fn drafts() -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (serial, (id, name, sex, birth_on, village, n_visits)) in PATIENTS.into_iter().enumerate() {
        let day: Date = birth_on.parse().unwrap();
        let number = CitizenId::compose(519_900, day, serial as u16 + 1, sex);
        drafts.push(draft(
            "resident",
            id,
            village,
            json!({
                "name": name, "sex": sex.code(), "birth_on": birth_on, "citizen_id": number.as_str(), "rural": true,
                "phone": "13800001234",
            }),
        ));
        drafts.push(draft(
            "hypertension_case",
            &format!("c-{id}"),
            village,
            json!({
                "resident": id, "started_on": "2020-01-08", "diagnosed_on": "2020-01-01",
            }),
        ));
        for visit in 1..=n_visits {
            drafts.push(draft("hypertension_followup", &format!("v-{id}-{visit}"), village, json!({
                "resident": id, "on_date": format!("2025-{:02}-15", visit * 3 - 1), "way": "1", "sbp": 130, "dbp": 80,
                "adherence": "1", "reaction": false, "class": "1", "referred": false,
            })));
        }
    }
    drafts
}

fn draft(register: &str, id: &str, org: &str, body: Json) -> Draft {
    let mut draft = Draft::new(Op::Create, register, org);
    draft.record = Some(id.to_string());
    draft.body = body.as_object().unwrap().clone();
    draft
}

fn folder(path: &Path) -> Folder {
    let mut files = Vec::new();
    texts(path, path, &mut files);
    Folder { id: path.file_name().unwrap().to_str().unwrap().to_string(), files }
}

fn texts(root: &Path, folder: &Path, into: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            texts(root, &path, into);
        } else {
            let shown = path.strip_prefix(root).unwrap().to_str().unwrap().to_string();
            into.push((shown, std::fs::read_to_string(&path).unwrap()));
        }
    }
}
