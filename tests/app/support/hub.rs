//! A hub of models on this machine: the paths, headers and redirects of the real ones, and their failures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use sha2::{Digest, Sha256};

/// Files longer than this lie on another host, as large files do.
const LARGE: usize = 5_000;

/// What the hub does and what it was asked.
#[derive(Default)]
pub struct State {
    files: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    /// Every request.
    pub asked: Vec<Asked>,
    /// Answer each request for a repository with this status, and with this `x-error-code`.
    pub refuse: Option<(u16, &'static str)>,
    /// Break the line after so many bytes of a large file.
    pub break_after: Option<usize>,
    /// How often the line still breaks.
    pub breaks: usize,
    /// Answer a request for a part with the whole.
    pub ignore_ranges: bool,
    /// Change a byte of large files on the way.
    pub corrupt: bool,
    /// Name no checksum.
    pub no_checksums: bool,
    /// Say that large files have so many bytes.
    pub pretend_size: Option<u64>,
    /// Redirect large files within the hub, to a path instead of an address.
    pub redirect_within: bool,
    /// Redirect one repository to another.
    pub renamed: Option<(&'static str, &'static str)>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whether it came to the host of the large files.
    pub elsewhere: bool,
    /// Whether it came as a proxy gets it: with the whole address.
    pub as_proxy: bool,
    pub method: String,
    pub path: String,
    pub range: Option<String>,
    pub authorization: Option<String>,
}

/// A running hub.
pub struct Hub {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    state: Arc<Mutex<State>>,
}

/// The commit of everything on this hub.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

impl Hub {
    /// Starts one, with the files of `folder` as the repository `name`.
    pub fn with(name: &str, folder: &Path) -> Self {
        let files = walkdir::WalkDir::new(folder)
            .into_iter()
            .flatten()
            // What the engine's tests expect is no part of a model.
            .filter(|entry| entry.file_type().is_file() && entry.file_name() != "expected.json")
            .map(|entry| {
                let path = entry.path().strip_prefix(folder).unwrap();
                (path.to_str().unwrap().to_owned(), fs::read(entry.path()).unwrap())
            })
            .collect();
        let state = Arc::new(Mutex::new(State::default()));
        state.lock().unwrap().files.insert(name.to_owned(), files);
        let elsewhere = listen(&state, None);
        let address = listen(&state, Some(elsewhere));
        Self { address, state }
    }

    /// Adds a file to a repository, or changes it.
    pub fn write(&self, name: &str, path: &str, content: &[u8]) {
        let mut state = self.state();
        let files = state.files.entry(name.to_owned()).or_default();
        files.insert(path.to_owned(), content.to_vec());
    }

    /// What it does from now on, and what it was asked.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What it was asked for with GET since the last time.
    pub fn gets(&self) -> Vec<Asked> {
        let asked = std::mem::take(&mut self.state().asked);
        asked.into_iter().filter(|asked| asked.method == "GET").collect()
    }
}

/// Listens on a port of its own; `elsewhere` is the host of the large files, or nothing if this is it.
fn listen(state: &Arc<Mutex<State>>, elsewhere: Option<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let state = Arc::clone(state);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (state, elsewhere) = (Arc::clone(&state), elsewhere.clone());
            // A client that goes away in the middle is no failure of the hub.
            thread::spawn(move || drop(serve(stream, &state, elsewhere.as_deref())));
        }
    });
    address
}

fn serve(mut stream: TcpStream, state: &Mutex<State>, elsewhere: Option<&str>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target
        .strip_prefix("http://")
        .map_or(target, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        match header.trim().split_once(':') {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.trim().to_owned()),
            None => break,
        };
    }
    let asked = Asked {
        elsewhere: elsewhere.is_none(),
        as_proxy: target.starts_with("http://"),
        method: method.to_owned(),
        path: path.to_owned(),
        range: headers.get("range").cloned(),
        authorization: headers.get("authorization").cloned(),
    };
    let answer = {
        let mut state = state.lock().unwrap();
        state.asked.push(asked.clone());
        state.answer(&asked, elsewhere)
    };
    let mut head = format!("HTTP/1.1 {} -\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    if method != "HEAD" {
        stream.write_all(&answer.body[..answer.sent.min(answer.body.len())])?;
    }
    stream.flush()
}

struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// How much of the body is sent before the line breaks.
    sent: usize,
}

impl Answer {
    fn new(status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Self {
        let sent = body.len();
        let mut answer = Self {
            status,
            headers,
            body,
            sent,
        };
        answer.headers.push(("content-length", sent.to_string()));
        answer
    }
}

impl State {
    fn answer(&mut self, asked: &Asked, elsewhere: Option<&str>) -> Answer {
        let parts: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
        if let ["large", owner, name, rest @ ..] = parts.as_slice() {
            return self.content(&format!("{owner}/{name}"), &rest.join("/"), asked);
        }
        if let Some((status, code)) = self.refuse {
            let headers = vec![("x-error-code", code.to_owned()), ("retry-after", "7".to_owned())];
            return Answer::new(status, headers, Vec::new());
        }
        let (repository, rest) = match parts.as_slice() {
            ["api", "models", owner, name, rest @ ..] | [owner, name, rest @ ..] => {
                (format!("{owner}/{name}"), rest)
            }
            _ => return Answer::new(404, Vec::new(), Vec::new()),
        };
        if let Some((old, new)) = self.renamed.filter(|(old, _)| *old == repository) {
            let location = asked.path.replacen(old, new, 1);
            return Answer::new(307, vec![("location", location)], Vec::new());
        }
        let Some(files) = self.files.get(&repository) else {
            return Answer::new(404, vec![("x-error-code", "RepoNotFound".to_owned())], Vec::new());
        };
        match rest {
            ["revision", "main" | COMMIT] => {
                let siblings: Vec<_> = files
                    .keys()
                    .map(|path| serde_json::json!({ "rfilename": path }))
                    .collect();
                let listing = serde_json::json!({ "id": repository, "sha": COMMIT, "siblings": siblings });
                Answer::new(200, Vec::new(), listing.to_string().into_bytes())
            }
            ["resolve", "main" | COMMIT, path @ ..] => {
                let path = path.join("/");
                let Some(content) = files.get(&path) else {
                    return Answer::new(
                        404,
                        vec![("x-error-code", "EntryNotFound".to_owned())],
                        Vec::new(),
                    );
                };
                let mut headers = vec![("x-repo-commit", COMMIT.to_owned())];
                if content.len() <= LARGE {
                    if !self.no_checksums {
                        headers.push(("etag", format!("\"{}\"", git_blob(content))));
                    }
                    return Answer::new(200, headers, content.clone());
                }
                let size = self.pretend_size.unwrap_or(content.len() as u64);
                headers.push(("x-linked-size", size.to_string()));
                if !self.no_checksums {
                    headers.push(("x-linked-etag", format!("\"{}\"", sha256(content))));
                }
                let host = elsewhere.filter(|_| !self.redirect_within).unwrap_or_default();
                headers.push(("location", format!("{host}/large/{repository}/{path}")));
                Answer::new(302, headers, Vec::new())
            }
            _ => Answer::new(
                404,
                vec![("x-error-code", "RevisionNotFound".to_owned())],
                Vec::new(),
            ),
        }
    }

    fn content(&mut self, repository: &str, path: &str, asked: &Asked) -> Answer {
        let mut content = self.files[repository][path].clone();
        if self.corrupt {
            content[100] ^= 1;
        }
        let from: usize = asked
            .range
            .as_deref()
            .filter(|_| !self.ignore_ranges)
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
            .unwrap_or(0);
        let length = content.len();
        let etag = ("etag", "\"of-the-other-host\"".to_owned());
        let mut answer = if from == 0 {
            Answer::new(200, vec![etag], content)
        } else if from >= length {
            Answer::new(416, Vec::new(), Vec::new())
        } else {
            let range = format!("bytes {from}-{}/{length}", length - 1);
            Answer::new(206, vec![etag, ("content-range", range)], content.split_off(from))
        };
        if let Some(after) = self
            .break_after
            .filter(|_| self.breaks > 0 && asked.method == "GET")
        {
            self.breaks -= 1;
            answer.sent = after;
        }
        answer
    }
}

/// The SHA-256 of a content.
pub fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn git_blob(content: &[u8]) -> String {
    let mut hasher = sha1_smol::Sha1::new();
    hasher.update(format!("blob {}\0", content.len()).as_bytes());
    hasher.update(content);
    hasher.digest().to_string()
}
