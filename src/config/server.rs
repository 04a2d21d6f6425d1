//! Where the web server listens, whether it encrypts, and which proxies stand before it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where the web server listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port. Until there is an administrator it is the loopback interface in any case.
    pub address: SocketAddr,
    /// `auto`: encrypted with the certificate that is named, or beyond this machine with one that is made. `off`: never.
    pub tls: String,
    /// PEM file of the company's certificate for this server, with those that lead to its authority.
    pub certificate: PathBuf,
    /// PEM file of its private key.
    pub key: PathBuf,
    /// Other names of this server, divided by commas.
    pub names: String,
    /// Addresses of the proxies before this server, divided by commas.
    pub proxies: String,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8484)),
            tls: "auto".to_owned(),
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            names: String::new(),
            proxies: String::new(),
        }
    }
}

impl ServerConfig {
    /// The other names of this server, in lower case.
    pub fn names(&self) -> Vec<String> {
        parts(&self.names).map(str::to_lowercase).collect()
    }

    /// The proxies whose headers are believed.
    pub fn proxies(&self) -> Vec<IpAddr> {
        parts(&self.proxies)
            .filter_map(|part| part.parse().ok())
            .collect()
    }

    /// Whether the company's own certificate is named.
    pub fn has_own_certificate(&self) -> bool {
        !self.certificate.as_os_str().is_empty()
    }

    /// The first key that cannot be used, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        if !matches!(self.tls.as_str(), "auto" | "off") {
            return Some(("server.tls", "it must be auto or off".to_owned()));
        }
        if self.certificate.as_os_str().is_empty() != self.key.as_os_str().is_empty() {
            let reason =
                "a certificate is of use only with its key: name both server.certificate and server.key";
            return Some(("server.certificate", reason.to_owned()));
        }
        if let Some(wrong) = parts(&self.proxies).find(|part| part.parse::<IpAddr>().is_err()) {
            return Some(("server.proxies", format!("“{wrong}” is no IP address")));
        }
        let wrong = |name: &&str| name.contains(['/', ':', ' ', '*']);
        parts(&self.names).find(wrong).map(|wrong| {
            (
                "server.names",
                format!("“{wrong}” is no name of a machine: write gemba.example.com"),
            )
        })
    }
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}
