//! A factory to measure: the real server on the demo documents in temporary folders, with people who are signed in.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use gemba::domain::Role;
use gemba::store::{DataPaths, GroupId, NewAccount, Store, Vouching};

/// The program; killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
}

impl Server {
    /// Starts it on these folders.
    pub fn start(documents: &Path, data: &Path) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        drop(listener);
        let child = Command::new(env!("CARGO_BIN_EXE_gemba"))
            .args(["serve", "--address", &address.to_string()])
            .arg("--documents")
            .arg(documents)
            .arg("--data")
            .arg(data)
            .env("GEMBA_LOG", "error")
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self {
            child,
            address: format!("http://{address}"),
        })
    }

    /// Waits until the demo documents answer.
    pub async fn until_ready(&self, session: &str) -> anyhow::Result<()> {
        let client = reqwest::Client::new();
        for _ in 0..1_200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let Ok(reply) = client
                .get(format!("{}/health", self.address))
                .header("cookie", session)
                .send()
                .await
            else {
                continue;
            };
            let health: serde_json::Value = serde_json::from_str(&reply.text().await?)?;
            let counts = &health["library"];
            if counts["searchable"].as_u64() >= Some(20) && counts["pending"] == 0 {
                return Ok(());
            }
        }
        bail!("the demo documents were not taken in within two minutes")
    }

    /// Megabytes of its memory at present, by the name of their line in what the kernel says of a process.
    pub fn megabytes(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
            .unwrap_or(0)
            / 1_024
    }

    /// Processor time that the server has used so far.
    pub fn busy_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |field: usize| {
            fields
                .get(field)
                .and_then(|text| text.parse::<f64>().ok())
                .unwrap_or(0.0)
        };
        // Fields 14 and 15 of the whole line, in hundredths of a second.
        (ticks(11) + ticks(12)) / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Accounts with a session each, the first one an administrator; everybody may read everything. Returns the cookies.
pub async fn sign_in(data: &Path, people: usize) -> anyhow::Result<Vec<String>> {
    let paths = DataPaths::of(data);
    fs::create_dir_all(&paths.folder)?;
    let store = Store::open(&paths.store).await?;
    store.set_grant(GroupId::EVERYONE, None, true).await?;
    let mut cookies = Vec::with_capacity(people);
    for number in 0..people.max(1) {
        let new = NewAccount {
            name: &format!("person {number}"),
            role: if number == 0 {
                Role::Administrator
            } else {
                Role::Staff
            },
            password: None,
            source: Vouching::Local,
            subject: None,
        };
        let person = store.add_account(&new).await?.context("the name is free")?;
        let secret = format!("{number:064x}");
        let hash = blake3::hash(secret.as_bytes());
        store
            .add_session(hash.as_bytes(), person, "127.0.0.1", "load")
            .await?;
        cookies.push(format!("gemba_session={secret}"));
    }
    store.close().await;
    Ok(cookies)
}

/// The questions of a file of cases.
pub fn questions(file: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    text.lines()
        .map(|line| {
            let asked: serde_json::Value = serde_json::from_str(line)?;
            Ok(asked["question"].as_str().context("a question")?.to_owned())
        })
        .collect()
}

/// Copies a folder with all that is below.
pub fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
