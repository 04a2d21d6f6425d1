//! A browser that keeps its cookies and says which site a form came from.

use std::collections::BTreeMap;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::server::wait;
use super::{Server, encoded};

/// A browser at a server.
#[derive(Clone)]
pub struct Browser<'server> {
    server: &'server Server,
    cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Where it leads to.
    pub location: String,
    /// The cookies that it sets, with their attributes.
    pub cookies: Vec<String>,
    /// The text.
    pub body: String,
}

impl<'server> Browser<'server> {
    /// A browser that nobody has used.
    pub fn new(server: &'server Server) -> Self {
        Self {
            server,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser that holds the secret of a session.
    pub fn signed_in(server: &'server Server, secret: &str) -> Self {
        Self {
            server,
            cookies: [("gemba_session".to_owned(), secret.to_owned())].into(),
        }
    }

    /// Opens a page.
    pub fn get(&self, path: &str) -> Reply {
        let request = self.server.agent.get(format!("{}{path}", self.server.address));
        let request = request
            .config()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .header("cookie", self.cookie());
        reply(request.header("sec-fetch-mode", "navigate").call().unwrap())
    }

    /// Opens a page, and keeps the cookies that come back.
    pub fn follow(&mut self, path: &str) -> Reply {
        let reply = self.get(path);
        self.keep(&reply);
        reply
    }

    /// A JSON answer.
    pub fn json(&self, path: &str) -> Value {
        let reply = self.get(path);
        serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{path}: {error}: {reply:?}"))
    }

    /// Opens an address again and again until `condition` holds of what comes back.
    #[track_caller]
    pub fn wait_until(&self, path: &str, condition: impl Fn(&str) -> bool) {
        let mut last = String::new();
        let waited = wait(|| {
            last = self.get(path).body;
            condition(&last)
        });
        assert!(waited, "waited in vain for {path}: {last}");
    }

    /// Begins to read a stream, and hangs up after its first event.
    pub fn begin_and_hang_up(&self, path: &str) {
        let mut any = false;
        self.read_stream(path, |_, _| {
            any = true;
            false
        });
        assert!(any, "{path}");
    }

    /// Reads a stream, each event by its name and data as it comes; hangs up once `more` says that it is enough.
    pub fn read_stream(&self, path: &str, mut more: impl FnMut(&str, &str) -> bool) {
        let host = self.server.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        let cookie = self.cookie();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let (mut name, mut data) = (String::new(), Vec::new());
        for line in BufReader::new(stream).lines().map(Result::unwrap) {
            if let Some(event) = line.strip_prefix("event: ") {
                event.clone_into(&mut name);
            } else if let Some(line) = line.strip_prefix("data: ") {
                data.push(line.to_owned());
            } else if line.is_empty() && !name.is_empty() {
                let whole = data.join("\n");
                data.clear();
                if !more(&std::mem::take(&mut name), &whole) {
                    return;
                }
            }
        }
    }

    /// Sends a form as a page of another site does in this browser.
    pub fn post_from_elsewhere(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(path, fields, "cross-site", &[])
    }

    /// Sends a form, and keeps the cookies that come back.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_with(path, fields, &[])
    }

    /// The same with more headers.
    pub fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Reply {
        let reply = self.send(path, fields, "same-origin", headers);
        self.keep(&reply);
        reply
    }

    fn send(&self, path: &str, fields: &[(&str, &str)], site: &str, headers: &[(&str, &str)]) -> Reply {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let request = self.server.agent.post(format!("{}{path}", self.server.address));
        let mut request = request
            .config()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .header("cookie", self.cookie())
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(request.send(form.join("&")).unwrap())
    }

    /// Keeps the cookies that came back.
    pub fn keep(&mut self, reply: &Reply) {
        for cookie in &reply.cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The cookies, as they are sent.
    pub fn cookie(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Sends bytes as a script of a page does, or one of the page of another site.
    pub fn send_bytes(&self, method: &str, path: &str, kind: &str, site: &str, body: &[u8]) -> Reply {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.server.address))
            .header("cookie", self.cookie())
            .header("accept", "application/json")
            .header("sec-fetch-site", site)
            .header("sec-fetch-mode", "cors")
            .header("content-type", kind);
        reply(self.server.agent.run(request.body(body).unwrap()).unwrap())
    }

    /// Begins to send a body of `announced` bytes, and hangs up after `sent`.
    pub fn send_and_hang_up(&self, path: &str, announced: usize, sent: &[u8]) {
        let host = self.server.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        let cookie = self.cookie();
        write!(
            stream,
            "PUT {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nContent-Length: {announced}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(sent).unwrap();
    }

    /// Sends JSON.
    pub fn post_json(&self, path: &str, body: &Value) -> Reply {
        let request = self.server.agent.post(format!("{}{path}", self.server.address));
        let request = request
            .header("cookie", self.cookie())
            .header("content-type", "application/json");
        reply(request.send(body.to_string()).unwrap())
    }
}

fn reply(mut response: ureq::http::Response<ureq::Body>) -> Reply {
    let text = |name: &str| -> Vec<String> {
        response
            .headers()
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    };
    let (cookies, location) = (text("set-cookie"), text("location").concat());
    Reply {
        status: response.status().as_u16(),
        location,
        cookies,
        body: response.body_mut().read_to_string().unwrap_or_default(),
    }
}
