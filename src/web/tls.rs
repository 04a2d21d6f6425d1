//! Encryption: the certificate of this server, its own or one that is made once and kept, and what TLS is set to.
//!
//! A certificate that Gemba makes is no authority's: browsers warn, once, and the fingerprint that is printed at the start
//! tells whether it is this server. TLS 1.2 and 1.3, nothing older.

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

/// How long a certificate is valid that is made here: browsers take no longer one.
const VALID: Duration = Duration::from_secs(825 * 24 * 3_600);
/// It is made anew when it ends this soon.
const SOON: Duration = Duration::from_secs(30 * 24 * 3_600);
/// Clocks of other machines may be slow.
const SLOW_CLOCKS: Duration = Duration::from_secs(24 * 3_600);

/// Why the server cannot encrypt.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds something else.
    #[error("{key}: {} cannot be used: {reason}", path.display())]
    File {
        /// The key of the configuration.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Certificate and key are of two pairs.
    #[error("the certificate {} and the key {} do not belong together", certificate.display(), key.display())]
    Mismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// The certificate is not valid at this time.
    #[error("the certificate {} {what} {when}: put a valid one in its place", path.display())]
    Time {
        /// The certificate.
        path: PathBuf,
        /// Whether it has ended or not begun.
        what: &'static str,
        /// When that was or will be.
        when: String,
    },
    /// TLS refuses them.
    #[error("the certificate {} cannot be used: {source}", certificate.display())]
    Refused {
        /// The certificate.
        certificate: PathBuf,
        /// Why.
        source: rustls::Error,
    },
    /// None could be made.
    #[error("a certificate could not be made in {}: {reason}", folder.display())]
    Made {
        /// Where it is kept.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
}

/// How the server encrypts.
#[derive(Clone)]
pub struct Tls {
    /// What the server is started with.
    pub(super) config: ServerConfig,
    /// Whether the company made the certificate, so that browsers are to trust it.
    pub own: bool,
    /// SHA-256 of the certificate, as browsers show it.
    pub fingerprint: String,
    /// When it ends.
    pub ends: SystemTime,
    /// The names and addresses for which it is.
    names: Vec<String>,
}

impl Tls {
    /// With the company's own certificate.
    pub fn own(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let tls = read(certificate, key)?;
        Ok(Self { own: true, ..tls })
    }

    /// With the certificate that is kept in `folder`; it is made where there is none, and anew where it ends soon or does
    /// not say all that this machine is called by now: `names` and `addresses`.
    pub fn kept(folder: &Path, names: &[String], addresses: &[IpAddr]) -> Result<Self, TlsError> {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        if certificate.exists() && key.exists() {
            match read(&certificate, &key) {
                Ok(tls) if !tls.ends_soon() => match unsaid(&tls, names, addresses) {
                    missing if missing.is_empty() => return Ok(tls),
                    missing => tracing::warn!(
                        missing = missing.join(", "),
                        "this machine is called what its certificate does not say, so another one is made: its \
                         fingerprint is another one"
                    ),
                },
                Ok(_) | Err(TlsError::Time { .. } | TlsError::Mismatch { .. }) => {
                    tracing::warn!(
                        "the certificate ends soon, so another one is made: its fingerprint is another one"
                    );
                }
                Err(error) => return Err(error),
            }
        }
        make(folder, &certificate, &key, names, addresses)?;
        read(&certificate, &key)
    }

    /// The certificate of `folder` as it is, for somebody who only looks.
    pub fn look(folder: &Path) -> Option<Result<Self, TlsError>> {
        let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        certificate.exists().then(|| read(&certificate, &key))
    }

    /// Whether the certificate ends within a month.
    pub fn ends_soon(&self) -> bool {
        self.ends < SystemTime::now() + SOON
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
    let unusable = |name: &'static str, path: &Path, reason: &dyn std::fmt::Display| TlsError::File {
        key: name,
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    let of_certificate = |reason: &dyn std::fmt::Display| unusable("server.certificate", certificate, reason);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| of_certificate(&reason(&error)))?;
    let Some(first) = chain.first().cloned() else {
        return Err(of_certificate(&"it holds no certificate in PEM form"));
    };
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("server.key", key, &reason(&error)))?;
    let (ends, names) = looked_into(&first, certificate)?;
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, secret))
        .map_err(|source| match source {
            rustls::Error::InconsistentKeys(_) => TlsError::Mismatch {
                certificate: certificate.to_owned(),
                key: key.to_owned(),
            },
            source => TlsError::Refused {
                certificate: certificate.to_owned(),
                source,
            },
        })?;
    Ok(Tls {
        config,
        own: false,
        fingerprint: fingerprint(&first),
        ends,
        names,
    })
}

fn reason(error: &rustls::pki_types::pem::Error) -> String {
    match error {
        rustls::pki_types::pem::Error::NoItemsFound => "it holds nothing of that kind in PEM form".to_owned(),
        rustls::pki_types::pem::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

/// When a certificate that is valid ends, and for what names and addresses it is.
fn looked_into(der: &CertificateDer<'_>, path: &Path) -> Result<(SystemTime, Vec<String>), TlsError> {
    let (_, parsed) = x509_parser::parse_x509_certificate(der).map_err(|error| TlsError::File {
        key: "server.certificate",
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    let validity = parsed.validity();
    let time = |at: x509_parser::time::ASN1Time| {
        UNIX_EPOCH + Duration::from_secs(u64::try_from(at.timestamp()).unwrap_or(0))
    };
    let (begins, ends, now) = (
        time(validity.not_before),
        time(validity.not_after),
        SystemTime::now(),
    );
    let wrong = |what, when| {
        Err(TlsError::Time {
            path: path.to_owned(),
            what,
            when: day(when),
        })
    };
    if ends <= now {
        wrong("ended on", ends)
    } else if begins > now + SLOW_CLOCKS {
        wrong("is not valid before", begins)
    } else {
        Ok((ends, names(&parsed)))
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let said = certificate.subject_alternative_name().ok().flatten();
    let said = said.map(|said| said.value.general_names.as_slice());
    said.unwrap_or_default()
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => {
                let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
                let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
                address.ok().map(|address| address.to_string())
            }
            _ => None,
        })
        .collect()
}

/// What this machine is called and its certificate does not say. What it was called before may stay in it, and addresses of
/// IPv6 do not count: systems change those by themselves every day, and nobody types them.
fn unsaid(tls: &Tls, names: &[String], addresses: &[IpAddr]) -> Vec<String> {
    let lasting = addresses.iter().filter(|address| address.is_ipv4()).copied();
    let mut called = called(names, &lasting.collect::<Vec<_>>());
    called.retain(|name| !tls.names.contains(name));
    called
}

/// What a certificate made here says that this machine is called.
fn called(names: &[String], addresses: &[IpAddr]) -> Vec<String> {
    let mut called: Vec<String> = vec!["localhost".to_owned()];
    called.extend(names.iter().filter(|name| name.is_ascii()).cloned());
    called.extend(addresses.iter().map(ToString::to_string));
    called.dedup();
    called
}

/// A day as `2027-03-01`.
pub fn day(time: SystemTime) -> String {
    chrono::DateTime::<chrono::Utc>::from(time)
        .format("%Y-%m-%d")
        .to_string()
}

fn fingerprint(der: &CertificateDer<'_>) -> String {
    let pairs: Vec<String> = Sha256::digest(der.as_ref())
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

fn make(
    folder: &Path,
    certificate: &Path,
    key: &Path,
    names: &[String],
    addresses: &[IpAddr],
) -> Result<(), TlsError> {
    let failed = |reason: &dyn std::fmt::Display| TlsError::Made {
        folder: folder.to_owned(),
        reason: reason.to_string(),
    };
    let called = called(names, addresses);
    let mut params = CertificateParams::new(called).map_err(|error| failed(&error))?;
    params.distinguished_name.push(DnType::CommonName, "Gemba");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = SystemTime::now();
    params.not_before = (now - SLOW_CLOCKS).into();
    params.not_after = (now + VALID - SLOW_CLOCKS).into();
    let pair = KeyPair::generate().map_err(|error| failed(&error))?;
    let made = params.self_signed(&pair).map_err(|error| failed(&error))?;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .and_then(|()| write(key, &pair.serialize_pem()))
        .and_then(|()| write(certificate, &made.pem()))
        .map_err(|error| failed(&error))
}

/// Writes a file that only this account reads, whole or not at all.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let _ = fs::remove_file(&new);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_certificate_is_made_once_and_its_key_is_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let tls = folder.path().join("tls");
        let names = ["gemba.plant.example".to_owned()];
        let first = Tls::kept(&tls, &names, &[[192, 168, 1, 7].into()]).unwrap();
        let again = Tls::kept(&tls, &names, &[]).unwrap();
        assert_eq!(first.fingerprint, again.fingerprint);
        assert_eq!(first.fingerprint.len(), 95);
        assert!(!first.own && !first.ends_soon());
        let mode = fs::metadata(tls.join("key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let days = first.ends.duration_since(SystemTime::now()).unwrap().as_secs() / 86_400;
        assert!((822..825).contains(&days), "{days}");
    }

    #[test]
    fn a_certificate_is_made_anew_when_the_machine_is_called_what_it_does_not_say() {
        let folder = tempfile::tempdir().unwrap();
        let tls = folder.path().join("tls");
        let kept = |name: &str, addresses: &[&str]| {
            let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
            Tls::kept(&tls, &[name.to_owned()], &addresses)
                .unwrap()
                .fingerprint
        };
        let first = kept("gemba", &["192.168.1.7", "127.0.0.1", "::1"]);
        assert_eq!(first, kept("gemba", &["127.0.0.1"]), "an address that is gone");
        assert_eq!(
            first,
            kept("gemba", &["192.168.1.7", "2001:db8::17"]),
            "addresses of IPv6 come and go"
        );
        let moved = kept("gemba", &["192.168.1.8", "127.0.0.1"]);
        assert_ne!(first, moved);
        let renamed = kept("gemba.plant.example", &["192.168.1.8", "127.0.0.1"]);
        assert_ne!(moved, renamed);
        assert_eq!(renamed, kept("gemba.plant.example", &["192.168.1.8"]));
    }

    #[test]
    fn a_certificate_that_ends_soon_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = (SystemTime::now() + SOON / 2).into();
        let pair = KeyPair::generate().unwrap();
        write(&folder.path().join("key.pem"), &pair.serialize_pem()).unwrap();
        write(
            &folder.path().join("certificate.pem"),
            &params.self_signed(&pair).unwrap().pem(),
        )
        .unwrap();
        assert!(Tls::look(folder.path()).unwrap().unwrap().ends_soon());
        assert!(!Tls::kept(folder.path(), &[], &[]).unwrap().ends_soon());
    }
}
