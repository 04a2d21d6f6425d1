//! A provider over OpenID Connect on this machine: npm's `oidc-provider`, and somebody who uses its pages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::Value;
use tempfile::TempDir;

use super::skipped;
use super::slapd::certificates;

/// The secret with which Gemba shows that it is Gemba.
pub const SECRET: &str = "a secret of the tests";

/// A running provider; ended when dropped.
pub struct Provider {
    child: Child,
    /// `https://localhost:PORT`.
    pub issuer: String,
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
}

/// Somebody's cookies at the provider.
pub type Jar = BTreeMap<String, String>;

/// Where set-up put the provider's program, if it did and Node can run it.
fn modules() -> Option<PathBuf> {
    let folder = std::env::var_os("GEMBA_TEST_PROVIDER").map_or_else(
        || {
            std::env::home_dir()
                .unwrap_or_default()
                .join(".cache/gemba/test-provider")
        },
        PathBuf::from,
    );
    let modules = folder.join("node_modules");
    let node = Command::new("node").arg("--version").output();
    if modules.join("oidc-provider").exists() && node.is_ok_and(|node| node.status.success()) {
        return Some(modules);
    }
    skipped(&format!(
        "no provider in {}; appliance/test fetches it where Node 20 is",
        folder.display()
    ));
    None
}

impl Provider {
    /// Starts one that sends browsers back to `redirect`; nothing where it is not installed.
    pub fn start(redirect: &str) -> Option<Self> {
        let modules = modules()?;
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path(), &["localhost", "127.0.0.1"]);
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/provider/provider.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .arg(modules)
            .arg(folder.path().join("certificate.pem"))
            .arg(folder.path().join("key.pem"))
            .arg(redirect)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let issuer = lines.find_map(|line| Some(line.split_once("provider ready at ")?.1.trim().to_owned()));
        // Nobody reads the rest, but the provider ends if nobody could.
        thread::spawn(move || lines.for_each(drop));
        let authority = std::fs::read(folder.path().join("ca.pem")).unwrap();
        let http = reqwest::Client::builder()
            .use_rustls_tls()
            .add_root_certificate(reqwest::Certificate::from_pem(&authority).unwrap())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Some(Self {
            child,
            issuer: issuer.expect("the provider says where it is"),
            folder,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            http,
        })
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// What it is to do from now on.
    pub fn order(&self, orders: &Value) {
        let request = self
            .http
            .post(format!("{}/control", self.issuer))
            .body(orders.to_string());
        self.runtime.block_on(async { request.send().await.unwrap() });
    }

    /// Goes through its pages from `address` on, signing in as `login` and agreeing, until it sends the browser back;
    /// says where to.
    pub fn sign_in(&self, address: &str, login: &str, jar: &mut Jar) -> String {
        self.go_through(address, jar, |page| {
            let action = between(page, "action=\"", "\"").expect(page);
            let prompt = between(page, "name=\"prompt\" value=\"", "\"").expect(page);
            (
                action,
                Some(format!("prompt={prompt}&login={login}&password=any")),
            )
        })
    }

    /// The same, but not agreeing.
    pub fn give_up(&self, address: &str, jar: &mut Jar) -> String {
        self.go_through(address, jar, |page| {
            let links = page
                .split("href=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            let abort = links.filter(|link| link.ends_with("/abort")).last().expect(page);
            (abort.to_owned(), None)
        })
    }

    fn go_through(
        &self,
        address: &str,
        jar: &mut Jar,
        mut answer: impl FnMut(&str) -> (String, Option<String>),
    ) -> String {
        let mut next = (address.to_owned(), None);
        for _ in 0..20 {
            let (location, page) = self.request(&next.0, next.1, jar);
            next = match location {
                Some(location) if !location.starts_with(&self.issuer) && location.starts_with("http") => {
                    return location;
                }
                Some(location) => (location, None),
                None => answer(&page),
            };
            if next.0.starts_with('/') {
                next.0 = format!("{}{}", self.issuer, next.0);
            }
        }
        panic!("the provider never sends the browser back");
    }

    fn request(&self, address: &str, form: Option<String>, jar: &mut Jar) -> (Option<String>, String) {
        let cookies: Vec<String> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = match form {
            None => self.http.get(address),
            Some(form) => self
                .http
                .post(address)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form),
        };
        self.runtime.block_on(async {
            let response = request.header(COOKIE, cookies.join("; ")).send().await.unwrap();
            for cookie in response.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                jar.insert(name.to_owned(), value.to_owned());
            }
            let location = response
                .headers()
                .get(LOCATION)
                .map(|to| to.to_str().unwrap().to_owned());
            (location, response.text().await.unwrap())
        })
    }

    /// Ends it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0.to_owned())
}
