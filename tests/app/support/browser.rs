//! A browser that keeps the cookie of a session and says which site a form came from.

use serde_json::Value;

use super::{Server, encoded};

/// A browser at a server.
#[derive(Clone)]
pub struct Browser<'server> {
    server: &'server Server,
    cookie: String,
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
            cookie: String::new(),
        }
    }

    /// A browser that holds the secret of a session.
    pub fn signed_in(server: &'server Server, secret: &str) -> Self {
        Self {
            server,
            cookie: format!("gemba_session={secret}"),
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
            .header("cookie", &self.cookie);
        reply(request.header("sec-fetch-mode", "navigate").call().unwrap())
    }

    /// A JSON answer.
    pub fn json(&self, path: &str) -> Value {
        let reply = self.get(path);
        serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{path}: {error}: {reply:?}"))
    }

    /// Sends a form, and keeps the cookie that comes back.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let request = self.server.agent.post(format!("{}{path}", self.server.address));
        let request = request
            .config()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .header("cookie", &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        let reply = reply(request.send(form.join("&")).unwrap());
        if reply
            .cookies
            .iter()
            .any(|cookie| cookie.starts_with("gemba_session="))
        {
            self.keep(&reply);
        }
        reply
    }

    /// Keeps the first cookie that came back.
    pub fn keep(&mut self, reply: &Reply) {
        let cookie = reply.cookies.first().unwrap();
        self.cookie = cookie.split(';').next().unwrap().to_owned();
    }

    /// Sends JSON.
    pub fn post_json(&self, path: &str, body: &Value) -> Reply {
        let request = self.server.agent.post(format!("{}{path}", self.server.address));
        let request = request
            .header("cookie", &self.cookie)
            .header("content-type", "application/json");
        reply(request.send(body.to_string()).unwrap())
    }

    /// The cookie of the session, as it is sent.
    pub fn cookie(&self) -> &str {
        &self.cookie
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
