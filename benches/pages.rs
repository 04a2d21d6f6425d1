//! How long the server takes for each page, with the people, answers and documents of a factory.
//!
//! `cargo bench --profile dev --bench pages -- [--times 200] [--people 200]`. One request after the other over a connection
//! that stays open, on this machine: what is printed is the server's time, with that of the loopback and of reading the
//! reply in it. Pages are asked for by different people in turn, those of the administration by an administrator.

#[allow(dead_code, reason = "the figures of a load are of no interest here")]
#[path = "load/factory.rs"]
mod factory;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use factory::{Server, copy, questions, sign_in};
use gemba::domain::{Action, NewEntry, Person, PersonId};
use gemba::store::{DataPaths, GroupId, Store};

/// What a page may take, 95 of 100 times.
const TARGET: Duration = Duration::from_millis(20);
/// Documents beside those of the demonstration.
const DOCUMENTS: usize = 300;
/// Questions that were asked before.
const ASKED: usize = 300;
/// Rows of the audit log beside those.
const NOTED: usize = 20_000;
/// Groups, of each of which everybody is a member or not.
const GROUPS: usize = 20;
/// Whoever signs in; the password is made at the start.
const NAME: &str = "somebody";

/// Pages without retrieval, and whether they are an administrator's.
const PAGES: [(&str, bool); 22] = [
    ("/", false),
    ("/ask/suggestions?q=how", false),
    ("/answers/ANSWER", false),
    ("/history", false),
    ("/library", false),
    ("/library?state=searchable&page=3", false),
    ("/library/status", false),
    ("/documents/1", false),
    ("/documents/30", false),
    ("/account", false),
    ("/review/inbox", true),
    ("/review/verified", true),
    ("/admin", true),
    ("/admin/people", true),
    ("/admin/people/2", true),
    ("/admin/groups", true),
    ("/admin/audit", true),
    ("/admin/audit?q=torque&page=2", true),
    ("/admin/jobs", true),
    ("/admin/models", true),
    ("/admin/settings", true),
    ("/admin/log", true),
];

fn main() -> anyhow::Result<()> {
    let times = option("--times", 200)?;
    let people = option("--people", 200)?;
    tokio::runtime::Runtime::new()?.block_on(run(times, people))
}

fn option(name: &str, default: usize) -> anyhow::Result<usize> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    match (arguments.next(), arguments.next()) {
        (Some(_), Some(value)) => value
            .parse()
            .with_context(|| format!("{name} {value} is no number")),
        (Some(_), None) => bail!("{name} needs a number"),
        (None, _) => Ok(default),
    }
}

async fn run(times: usize, people: usize) -> anyhow::Result<()> {
    let (documents, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("appliance/demo"), documents.path())?;
    more_documents(documents.path())?;
    let sessions = sign_in(data.path(), people).await?;
    settle_in(data.path(), people).await?;
    let password = somebody(data.path())?;
    let server = Server::start(documents.path(), data.path())?;
    server.until_ready(&sessions[0]).await?;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let asking = Asking {
        client,
        server: &server,
        sessions: &sessions,
    };
    let answer = asking
        .ask(&questions(&root.join("tests/cases/demo-questions.jsonl"))?)
        .await?;

    println!(
        "{people} people, {DOCUMENTS} documents and those of the demonstration, {ASKED} answers, {times} times each"
    );
    println!(
        "{:36} {:>8} {:>8} {:>8} {:>8}",
        "ms", "p50", "p95", "p99", "worst"
    );
    let mut slow = Vec::new();
    for (path, administers) in PAGES {
        let path = path.replace("ANSWER", &answer);
        let mut taken = Vec::with_capacity(times);
        for number in 0..times {
            let person = if administers {
                0
            } else {
                number * 13 % sessions.len()
            };
            taken.push(asking.get(&path, person).await?);
        }
        let shown = if path.starts_with("/answers/") {
            "/answers/…"
        } else {
            &path
        };
        if print(shown, taken) > TARGET {
            slow.push(shown.to_owned());
        }
    }
    let form = [("name", NAME), ("password", password.as_str())];
    let mut taken = Vec::new();
    for _ in 0..times.min(50) {
        let began = Instant::now();
        let request = asking.client.post(format!("{}/sign-in", server.address));
        let reply = request.form(&form).send().await?;
        if reply.status() != 303 {
            bail!("POST /sign-in answers {}", reply.status());
        }
        reply.bytes().await?;
        taken.push(began.elapsed());
    }
    print("POST /sign-in (argon2id, on purpose)", taken);
    if slow.is_empty() {
        println!(
            "no page takes more than {} ms 95 of 100 times",
            TARGET.as_millis()
        );
    } else {
        println!(
            "slower than {} ms 95 of 100 times: {}",
            TARGET.as_millis(),
            slow.join(", ")
        );
    }
    Ok(())
}

/// Prints a row, and gives the time that 95 of 100 do not exceed.
fn print(what: &str, mut taken: Vec<Duration>) -> Duration {
    taken.sort();
    let at = |share: f64| taken[((taken.len() as f64 * share) as usize).min(taken.len() - 1)];
    let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    println!(
        "{what:36} {:8.1} {:8.1} {:8.1} {:8.1}",
        ms(at(0.5)),
        ms(at(0.95)),
        ms(at(0.99)),
        ms(at(1.0))
    );
    at(0.95)
}

struct Asking<'all> {
    client: reqwest::Client,
    server: &'all Server,
    sessions: &'all [String],
}

impl Asking<'_> {
    async fn get(&self, path: &str, person: usize) -> anyhow::Result<Duration> {
        let began = Instant::now();
        let request = self.client.get(format!("{}{path}", self.server.address));
        let reply = request.header("cookie", &self.sessions[person]).send().await?;
        let status = reply.status();
        reply.bytes().await?;
        if status != 200 {
            bail!("{path} answers {status}");
        }
        Ok(began.elapsed())
    }

    /// Asks what was asked before; the name of the last answer.
    async fn ask(&self, questions: &[String]) -> anyhow::Result<String> {
        let mut answer = String::new();
        for number in 0..ASKED {
            let request = self
                .client
                .get(format!("{}/api/ask", self.server.address))
                .query(&[("q", questions[number % questions.len()].as_str())])
                // A few people ask most of it.
                .header("cookie", &self.sessions[number % 12 % self.sessions.len()]);
            let given: serde_json::Value = serde_json::from_str(&request.send().await?.text().await?)?;
            answer = given["id"].as_str().context("an answer has a name")?.to_owned();
        }
        Ok(answer)
    }
}

fn more_documents(folder: &Path) -> anyhow::Result<()> {
    for number in 0..DOCUMENTS {
        let folder = folder.join(format!("line-{}", number % 12));
        fs::create_dir_all(&folder)?;
        let text = format!(
            "# Sheet {number}\n\nBolt {number} of line {} is tightened to {} Nm.\n",
            number % 12,
            number % 90
        );
        fs::write(folder.join(format!("sheet-{number}.md")), text)?;
    }
    Ok(())
}

/// Groups with grants and members, and a year of the audit log.
async fn settle_in(data: &Path, people: usize) -> anyhow::Result<()> {
    let store = Store::open(&DataPaths::of(data).store).await?;
    for number in 0..GROUPS {
        let group = store.add_group(&format!("group {number}"), None, None).await?;
        let group: GroupId = group.context("the name is free")?;
        for person in (1..=people as i64).filter(|person| person % (number as i64 + 1) == 0) {
            store.set_member(group, PersonId(person), true).await?;
        }
    }
    let staff = Person::at_the_machine().staff();
    for number in 0..NOTED {
        let entry = NewEntry::of(&staff, Action::Searched, format!("torque of bolt {number}"));
        store.record(&entry).await?;
    }
    store.close().await;
    Ok(())
}

/// Makes an account with a password, which the program prints.
fn somebody(data: &Path) -> anyhow::Result<String> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(["people", "add", NAME, "--data"])
        .arg(data)
        .output()?;
    let password = String::from_utf8(output.stdout)?.trim().to_owned();
    if password.is_empty() {
        bail!(
            "no password was made: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(password)
}
