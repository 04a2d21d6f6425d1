//! Who is at the other end of a connection: the address, the name that was asked for, whether the way is encrypted.
//!
//! A proxy in between says so in headers. They are believed of the proxies that are configured, and of nobody else.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpMessage;
use actix_web::http::header::{HOST, HeaderMap};

use super::Later;

/// How the server listens.
#[derive(Debug, Clone, Default)]
pub struct Listening {
    /// On the loopback interface only, so that a `Host` that is not loopback is a page of another site whose name was
    /// pointed at this machine (DNS rebinding).
    pub loopback: bool,
    /// Whether connections are encrypted.
    pub encrypted: bool,
    /// Whether browsers are to trust the certificate from now on.
    pub trusted: bool,
    /// Proxies whose headers are believed.
    pub proxies: Vec<IpAddr>,
    /// Whether those who did not sign in are let in.
    pub open: bool,
    /// What this machine is called, in lower case.
    pub names: Vec<String>,
    /// The first of these that was configured.
    pub known_as: Option<String>,
    /// Where it is going to listen encrypted once there is an administrator.
    pub later: Option<Later>,
}

impl Listening {
    /// Whether a browser that asks for `host` means this machine: an address, or one of its names. Any other name may be
    /// somebody else's that was pointed here.
    pub fn is_called(&self, host: &str) -> bool {
        let name = without_port(host).to_lowercase();
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok() || name == "localhost" || self.names.contains(&name)
    }
}

/// `host` without the port.
pub fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|character| character.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The address; that of whoever asked the proxy, where one is in between.
    pub address: IpAddr,
    /// Whether nobody on the way can listen, so that cookies may insist on it.
    pub secure: bool,
    /// The name and port that the browser asked for.
    pub host: Option<String>,
    /// Whether somebody is in between, believed or not.
    pub forwarded: bool,
    /// Whether a proxy that is believed is in between.
    pub proxied: bool,
}

const FORWARDED: [&str; 5] = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "forwarded",
];

impl Client {
    /// Reads it from a connection and its headers.
    pub fn new(peer: Option<IpAddr>, headers: &HeaderMap, listening: &Listening) -> Self {
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.to_canonical());
        let forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        let proxied = forwarded && listening.proxies.contains(&peer);
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        if !proxied {
            return Self {
                address: peer,
                secure: listening.encrypted,
                host: host.map(str::to_owned),
                forwarded,
                proxied,
            };
        }
        Self {
            address: hop(peer, &list(headers, "x-forwarded-for"), &listening.proxies),
            // A proxy that adds to what a browser sent adds at the end.
            secure: list(headers, "x-forwarded-proto")
                .last()
                .is_some_and(|way| way == "https"),
            host: list(headers, "x-forwarded-host")
                .pop()
                .or_else(|| host.map(str::to_owned)),
            forwarded,
            proxied,
        }
    }

    /// The address of this server, as the browser wrote it, without a path.
    pub fn here(&self) -> Option<String> {
        let scheme = if self.secure { "https" } else { "http" };
        self.host.as_ref().map(|host| format!("{scheme}://{host}"))
    }

    /// The address at which other machines find this server: as the browser wrote it, or with the name that is configured
    /// where each machine means itself by what the browser wrote. Nothing where only that is known.
    pub fn beyond(&self, listening: &Listening) -> Option<String> {
        let here = self.here()?;
        let name = without_port(self.host.as_ref()?);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let own = |address: IpAddr| address.is_loopback() || address.is_unspecified();
        if !name.eq_ignore_ascii_case("localhost") && !bare.parse().is_ok_and(own) {
            return Some(here);
        }
        let known_as = listening.known_as.as_ref().filter(|_| !listening.loopback)?;
        let (scheme, rest) = here.split_once("://")?;
        let port = rest.strip_prefix(name)?;
        Some(format!("{scheme}://{known_as}{port}"))
    }

    /// Who sent a request, as `guard.rs` found out.
    pub fn of(request: &impl HttpMessage) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

/// The nearest hop that is no proxy of ours: what is left of it, anybody may have written.
fn hop(peer: IpAddr, hops: &[String], proxies: &[IpAddr]) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Some(address) = address(hop) else { break };
        nearest = address;
        if !proxies.contains(&address) {
            break;
        }
    }
    nearest
}

/// An address with or without a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.parse().ok();
    let with_port = || {
        text.parse::<std::net::SocketAddr>()
            .ok()
            .map(|address| address.ip())
    };
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain
        .or_else(with_port)
        .or_else(in_brackets)
        .map(|address: IpAddr| address.to_canonical())
}

/// The entries of a header that is a list, over all its lines.
fn list(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers
        .get_all(name)
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|entry| entry.trim().to_owned())
        .filter(|entry| !entry.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn client(peer: &str, pairs: &[(&'static str, &'static str)]) -> Client {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let listening = Listening {
            proxies: vec!["127.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()],
            ..Listening::default()
        };
        Client::new(Some(peer.parse().unwrap()), &headers, &listening)
    }

    #[test]
    fn the_nearest_hop_that_is_no_proxy_of_ours_is_who_asks() {
        for (hops, asks) in [
            ("192.168.1.7", "192.168.1.7"),
            ("1.2.3.4, 192.168.1.7", "192.168.1.7"),
            ("1.2.3.4, 192.168.1.7, 10.0.0.2", "192.168.1.7"),
            ("127.0.0.1, 192.168.1.7:5000", "192.168.1.7"),
            ("1.2.3.4, nonsense", "127.0.0.1"),
            ("[2001:db8::1]", "2001:db8::1"),
        ] {
            let found = client("127.0.0.1", &[("x-forwarded-for", hops)]).address;
            assert_eq!(found, asks.parse::<IpAddr>().unwrap(), "{hops}");
        }
    }

    #[test]
    fn a_machine_is_called_by_its_addresses_and_names_alone() {
        let listening = Listening {
            names: vec!["gemba".to_owned(), "gemba.plant.example".to_owned()],
            ..Listening::default()
        };
        for host in [
            "192.168.1.7:8484",
            "[fe80::1]:8484",
            "GEMBA:8484",
            "gemba.plant.example",
            "localhost:1",
        ] {
            assert!(listening.is_called(host), "{host}");
        }
        for host in [
            "evil.example",
            "gemba.evil.example:8484",
            "192.168.1.7.evil.example",
            "",
            ":8484",
        ] {
            assert!(!listening.is_called(host), "{host}");
        }
    }

    #[test]
    fn other_machines_find_this_one_by_what_does_not_mean_themselves() {
        let configured = Some("gemba.plant.example".to_owned());
        let everywhere = Listening {
            known_as: configured.clone(),
            ..Listening::default()
        };
        let nameless = Listening::default();
        let here_only = Listening {
            loopback: true,
            known_as: configured,
            ..Listening::default()
        };
        for (listening, host, beyond) in [
            (&everywhere, "10.0.0.7:8484", Some("http://10.0.0.7:8484")),
            (&everywhere, "gemba:8484", Some("http://gemba:8484")),
            (
                &everywhere,
                "localhost:8484",
                Some("http://gemba.plant.example:8484"),
            ),
            (
                &everywhere,
                "127.0.0.1:8484",
                Some("http://gemba.plant.example:8484"),
            ),
            (&everywhere, "[::1]", Some("http://gemba.plant.example")),
            (&nameless, "[2001:db8::1]:8484", Some("http://[2001:db8::1]:8484")),
            (&nameless, "0.0.0.0:8484", None),
            (&nameless, "LOCALHOST", None),
            (&here_only, "127.0.0.1:8484", None),
        ] {
            let client = client("127.0.0.1", &[("host", host)]);
            assert_eq!(client.beyond(listening).as_deref(), beyond, "{host}");
        }
    }

    #[test]
    fn nobody_else_is_believed() {
        let found = client(
            "192.168.1.9",
            &[
                ("host", "gemba:8484"),
                ("x-forwarded-for", "127.0.0.1"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "evil.example"),
            ],
        );
        assert_eq!(found.address, "192.168.1.9".parse::<IpAddr>().unwrap());
        assert_eq!(found.host.as_deref(), Some("gemba:8484"));
        assert!(!found.secure && found.forwarded && !found.proxied);
    }

    #[test]
    fn what_a_browser_wrote_before_the_proxy_did_is_not_believed() {
        let found = client(
            "127.0.0.1",
            &[
                ("x-forwarded-proto", "https"),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-host", "evil.example, gemba.plant.example"),
            ],
        );
        assert!(!found.secure && found.proxied);
        assert_eq!(found.host.as_deref(), Some("gemba.plant.example"));
    }
}
