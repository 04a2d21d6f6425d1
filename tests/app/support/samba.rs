//! A domain of Active Directory on this machine: a real Samba domain controller with its own folder, address and certificate.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::skipped;
use super::slapd::certificates;

/// The domain.
const REALM: &str = "plant.example";
/// The entry above all others.
pub const BASE: &str = "DC=plant,DC=example";
/// The administrator's password, and that of everybody else: such a domain takes no plainer ones.
pub const PASSWORD: &str = "Eleven bolts, 1 box";

const PATIENCE: Duration = Duration::from_secs(120);
const TOOL: &str = "samba-tool";
const PROGRAM: &str = "/usr/sbin/samba";
/// What a new domain is made from; a package of its own.
const TEMPLATES: &str = "/usr/share/samba/setup";

/// A running domain controller; ended when dropped.
pub struct Samba {
    child: Child,
    folder: TempDir,
    address: String,
}

impl Samba {
    /// Makes a domain and starts its controller; nothing, with a word on it, where that cannot be done here.
    pub fn start() -> Option<Self> {
        if ![PROGRAM, TEMPLATES].iter().all(|path| Path::new(path).exists()) {
            skipped("there is no domain controller; appliance/test installs one (Debian: samba-ad-dc)");
            return None;
        }
        // Its ports are always the same, and such that only root may have them.
        if !fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            skipped("only root may start a domain controller");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // An address of its own on the loopback, so that it is in nobody's way.
        let own = std::process::id();
        let address = format!("127.83.{}.{}", own / 250 % 250, own % 250 + 1);
        certificates(folder.path(), &[&address]);
        // It reads no key that others can read.
        let key = folder.path().join("key.pem");
        fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
        let samba = Self::provisioned(folder, address);
        let began = Instant::now();
        while TcpStream::connect((samba.address.as_str(), 636)).is_err() {
            assert!(
                began.elapsed() < PATIENCE,
                "the domain controller does not listen"
            );
            thread::yield_now();
        }
        Some(samba)
    }

    fn provisioned(folder: TempDir, address: String) -> Self {
        let at = |name: &str| folder.path().join(name).display().to_string();
        let options = [
            format!("interfaces = {address}/8"),
            "bind interfaces only = yes".to_owned(),
            "server services = ldap".to_owned(),
            format!("log file = {}", at("log")),
            "tls enabled = yes".to_owned(),
            format!("tls cafile = {}", at("ca.pem")),
            format!("tls certfile = {}", at("certificate.pem")),
            format!("tls keyfile = {}", at("key.pem")),
        ];
        let made = Command::new(TOOL)
            .args(["domain", "provision", "--server-role=dc", "--dns-backend=NONE"])
            .arg(format!("--realm={REALM}"))
            .args([
                "--domain=PLANT",
                "--host-name=dc",
                &format!("--host-ip={address}"),
            ])
            .arg(format!("--adminpass={PASSWORD}"))
            .arg(format!("--targetdir={}", folder.path().display()))
            .args(options.iter().map(|option| format!("--option={option}")))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "no domain could be made: {told}");
        let child = Command::new(PROGRAM)
            .args(["--foreground", "--no-process-group", "--model=single"])
            .arg(format!("--configfile={}", at("etc/smb.conf")))
            // It ends when nobody holds the other end.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            child,
            folder,
            address,
        }
    }

    /// Runs the tool that manages the domain.
    #[track_caller]
    pub fn tool(&self, arguments: &[&str]) {
        let done = Command::new(TOOL)
            .args(arguments)
            .arg(format!(
                "--URL={}",
                self.folder.path().join("private/sam.ldb").display()
            ))
            .arg(format!(
                "--configfile={}",
                self.folder.path().join("etc/smb.conf").display()
            ))
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {told}");
    }

    /// `ldaps://ADDRESS`.
    pub fn url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The entry of a person.
    pub fn person(&self, name: &str) -> String {
        format!("CN={name},CN=Users,{BASE}")
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
