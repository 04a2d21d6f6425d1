//! The running server, spoken to over HTTP.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Browser;

/// Longer than anything that a test waits for takes on a busy machine; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// The running program; killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    pub(super) agent: ureq::Agent,
    log: Arc<Mutex<String>>,
    lines: Mutex<mpsc::Receiver<String>>,
}

impl Server {
    pub(super) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            output
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)))
        });
        let errors = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let mut log = written.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let address = loop {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                panic!(
                    "the server ended or hung before it was ready: {}",
                    log.lock().unwrap()
                );
            };
            if let Some((_, address)) = line.split_once("ready at ") {
                break address.trim().trim_end_matches('/').to_owned();
            }
        };
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        Self {
            child,
            address,
            agent,
            log,
            lines: Mutex::new(lines),
        }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What the program prints next after `start`, to the end of that line.
    pub fn printed(&self, start: &str) -> String {
        let lines = self.lines.lock().unwrap();
        loop {
            let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{start}"));
            if let Some((_, rest)) = line.split_once(start) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Makes the first administrator by the link that the server printed, as a browser does, and stays signed in.
    pub fn set_up(&self, name: &str, password: &str) -> Browser<'_> {
        let link = self.printed("Make the first administrator: ");
        let (_, key) = link.split_once("key=").unwrap();
        let mut browser = Browser::new(self);
        let made = browser.post("/set-up", &[("key", key), ("name", name), ("password", password)]);
        assert!(matches!(made.status, 200 | 303), "{}", made.body);
        browser
    }

    /// A browser that has signed in.
    pub fn sign_in(&self, name: &str, password: &str) -> Browser<'_> {
        let mut browser = Browser::new(self);
        let made = browser.post("/sign-in", &[("name", name), ("password", password)]);
        assert_eq!(made.status, 303, "{}", made.body);
        browser
    }

    /// Status and body of a page.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.get_with(path, &[])
    }

    /// The same with headers.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = self.agent.get(absolute(&self.address, path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap_or_default(),
        )
    }

    /// Status, headers by lower-case name, and bytes of anything.
    pub fn get_bytes(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (u16, BTreeMap<String, String>, Vec<u8>) {
        let mut request = self.agent.get(absolute(&self.address, path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().unwrap();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect();
        let bytes = response.body_mut().read_to_vec().unwrap_or_default();
        (response.status().as_u16(), headers, bytes)
    }

    /// A page's headers by lower-case name.
    pub fn headers(&self, path: &str) -> Vec<(String, String)> {
        let response = self.agent.get(format!("{}{path}", self.address)).call().unwrap();
        response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect()
    }

    /// A JSON answer.
    pub fn json(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {status} {error}: {body}"))
    }

    /// Sends a form; status and body.
    pub fn post(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut request = self.agent.post(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send_empty().unwrap();
        (
            response.status().as_u16(),
            response.body_mut().read_to_string().unwrap_or_default(),
        )
    }

    /// What a program gets that shows an API key and sends JSON.
    pub fn call(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .header("authorization", format!("Bearer {key}"))
            .header("content-type", "application/json");
        let mut response = if method == "DELETE" {
            self.agent.run(request.body(()).unwrap()).unwrap()
        } else {
            self.agent.run(request.body(body.to_string()).unwrap()).unwrap()
        };
        let text = response.body_mut().read_to_string().unwrap_or_default();
        let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (response.status().as_u16(), answer)
    }

    /// The whole answer to a question.
    pub fn ask(&self, question: &str) -> Value {
        self.json(&format!("/api/ask?q={}", encoded(question)))
    }

    /// The events of an answer: name and data.
    pub fn stream(&self, question: &str) -> Vec<(String, Value)> {
        let (status, body) = self.get(&format!("/api/ask/stream?q={}", encoded(question)));
        assert_eq!(status, 200, "{body}");
        let field = |event: &str, name: &str| {
            event
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        body.split("\n\n")
            .filter(|event| event.contains("event:"))
            .map(|event| {
                (
                    field(event, "event:"),
                    serde_json::from_str(&field(event, "data:")).unwrap(),
                )
            })
            .collect()
    }

    /// The passages that a search finds, best first.
    pub fn search(&self, query: &str) -> Value {
        self.json(&format!("/api/search?q={}", encoded(query)))["hits"].clone()
    }

    /// The same in one collection.
    pub fn search_in(&self, query: &str, collection: &str) -> Value {
        self.json(&format!(
            "/api/search?q={}&collection={}",
            encoded(query),
            encoded(collection)
        ))["hits"]
            .clone()
    }

    /// Path, state and passages of every document.
    pub fn documents(&self) -> Vec<(String, String, u64)> {
        self.listed()
            .iter()
            .map(|document| {
                (
                    document["path"].as_str().unwrap().to_owned(),
                    document["state"]["state"].as_str().unwrap().to_owned(),
                    document["passages"].as_u64().unwrap(),
                )
            })
            .collect()
    }

    /// State and reason by path.
    pub fn states(&self) -> BTreeMap<String, (String, String)> {
        self.listed()
            .iter()
            .map(|document| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (
                    text(&document["path"]),
                    (
                        text(&document["state"]["state"]),
                        text(&document["state"]["reason"]["sentence"]),
                    ),
                )
            })
            .collect()
    }

    /// The number of a document in addresses.
    pub fn document_id(&self, path: &str) -> i64 {
        let listed = self.listed();
        let document = listed.iter().find(|document| document["path"] == path);
        document.unwrap_or_else(|| panic!("{path} is not listed: {listed:?}"))["id"]
            .as_i64()
            .unwrap()
    }

    /// Waits until a file answers.
    #[track_caller]
    pub fn wait_until_searchable(&self, path: &str) {
        self.wait_until_state(path, "searchable");
    }

    /// Waits until nothing is read and no text recognised any more.
    #[track_caller]
    pub fn wait_until_nothing_waits(&self) {
        self.wait_until("nothing waits", |server| {
            let ingestion = &server.json("/api/library")["ingestion"];
            ingestion["waiting"] == 0
                && ingestion["settling"] == 0
                && ingestion["current"].is_null()
                && ingestion["recognising"].is_null()
        });
    }

    /// Waits until a file is in a state.
    #[track_caller]
    pub fn wait_until_state(&self, path: &str, state: &str) {
        let mut last = BTreeMap::new();
        let waited = wait(|| {
            last = self.states();
            last.get(path).is_some_and(|(found, _)| found == state)
        });
        assert!(
            waited,
            "waited in vain until {path} is {state}: {last:?}\n{}",
            self.log.lock().unwrap()
        );
    }

    /// Whether the server's log holds a word.
    pub fn log_contains(&self, word: &str) -> bool {
        self.log.lock().unwrap().contains(word)
    }

    /// How often the server's log holds a word.
    pub fn log_count(&self, word: &str) -> usize {
        self.log.lock().unwrap().matches(word).count()
    }

    /// The most memory that the program has held so far.
    pub fn peak_memory_megabytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1_024
    }

    fn listed(&self) -> Vec<Value> {
        let mut documents = Vec::new();
        let mut page = 1;
        loop {
            let listed = self.json(&format!("/api/library?page={page}"));
            documents.extend(listed["documents"].as_array().unwrap().iter().cloned());
            if page >= listed["pages"].as_u64().unwrap() {
                return documents;
            }
            page += 1;
        }
    }

    /// Ends the program as `systemctl stop` would and waits for its end.
    pub fn terminate(mut self) -> Option<i32> {
        Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        self.child.wait().unwrap().code()
    }

    /// Waits until `condition` holds.
    #[track_caller]
    pub fn wait_until(&self, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        assert!(
            wait(|| condition(self)),
            "waited in vain until {what}: {}",
            self.log.lock().unwrap()
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until `condition` holds; false if it does not for too long.
pub(super) fn wait(mut condition: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !condition() {
        if began.elapsed() > PATIENCE {
            return false;
        }
        thread::park_timeout(Duration::from_millis(25));
    }
    true
}

/// `path` at a server, unless it names another one itself.
pub(super) fn absolute(server: &str, path: &str) -> String {
    if path.starts_with("http://") {
        path.to_owned()
    } else {
        format!("{server}{path}")
    }
}

/// `text` as it stands in an address.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
