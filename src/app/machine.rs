//! What this machine is called in its network, and the certificate with which it is served there.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::config::Config;
use crate::store::DataPaths;
use crate::web::{Tls, TlsError};

/// The folder of the certificate that is made here.
pub(super) fn certificate_folder(config: &Config) -> PathBuf {
    DataPaths::of(&config.data).folder.join("tls")
}

/// Looks at the company's own certificate, where one is named, so that nothing begins with one that cannot be used.
pub fn check_certificate(config: &Config) -> Result<(), TlsError> {
    let server = &config.server;
    if server.tls == "auto" && server.has_own_certificate() {
        Tls::own(&server.certificate, &server.key)?;
    }
    Ok(())
}

/// What the server encrypts with at the address that is configured, if it does.
pub(super) fn tls(config: &Config) -> Result<Option<Tls>, TlsError> {
    let server = &config.server;
    if server.tls != "auto" {
        return Ok(None);
    }
    if server.has_own_certificate() {
        return Tls::own(&server.certificate, &server.key).map(Some);
    }
    if server.address.ip().is_loopback() {
        return Ok(None);
    }
    let mut addresses = addresses();
    addresses.extend([
        IpAddr::from([127, 0, 0, 1]),
        IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]),
    ]);
    Tls::kept(&certificate_folder(config), &names(config), &addresses).map(Some)
}

/// The names of this machine, in lower case: those that are configured first.
pub(super) fn names(config: &Config) -> Vec<String> {
    let mut names = config.server.names();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim().to_lowercase();
    if !host.is_empty() && host != "localhost" && host != "(none)" {
        if !host.contains('.') {
            names.push(format!("{host}.local"));
        }
        names.push(host);
    }
    names
}

/// The addresses under which other machines find this one.
pub(super) fn addresses() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "the addresses of this machine cannot be seen");
        Vec::new()
    });
    let mut addresses: Vec<IpAddr> = interfaces
        .into_iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(|interface| interface.ip())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}
