//! A directory on this machine: a real OpenLDAP with its own folder, ports and certificate.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ldap3::{LdapConnAsync, Mod};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;

use super::skipped;

/// The entry above all others.
pub const BASE: &str = "dc=plant,dc=example";
/// The entry that may do everything, and its password.
pub const MANAGER: (&str, &str) = ("cn=manager,dc=plant,dc=example", "the manager's own");

const PATIENCE: Duration = Duration::from_secs(60);

/// A running directory; ended when dropped.
pub struct Slapd {
    child: Option<Child>,
    folder: TempDir,
    plain: u16,
    encrypted: u16,
}

/// An authority, and a certificate of this machine that it signed, in PEM files below `folder`.
pub fn certificates(folder: &Path, names: &[&str]) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "An authority of tests");
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
}

/// A port that nobody has at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn program() -> Option<PathBuf> {
    let places = [
        "/usr/sbin/slapd",
        "/usr/libexec/slapd",
        "/usr/local/libexec/slapd",
    ];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        skipped("slapd is not installed; appliance/test installs it");
    }
    found
}

impl Slapd {
    /// Starts one with nothing but its highest entry and a place for people and one for groups; nothing where it is not
    /// installed.
    pub fn start() -> Option<Self> {
        let program = program()?;
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path(), &["localhost", "127.0.0.1"]);
        let at = |name: &str| folder.path().join(name).display().to_string();
        fs::create_dir(folder.path().join("entries")).unwrap();
        let (root, password) = MANAGER;
        let config = format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\n\
             modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload memberof\n\
             pidfile {}\nargsfile {}\n\
             TLSCACertificateFile {}\nTLSCertificateFile {}\nTLSCertificateKeyFile {}\n\
             database mdb\nsuffix \"{BASE}\"\nrootdn \"{root}\"\nrootpw \"{password}\"\ndirectory {}\n\
             overlay memberof\n\
             access to attrs=userPassword by anonymous auth by * none\n\
             access to * by users read by * none\n",
            at("pid"),
            at("arguments"),
            at("ca.pem"),
            at("certificate.pem"),
            at("key.pem"),
            at("entries"),
        );
        fs::write(folder.path().join("slapd.conf"), config).unwrap();
        let mut slapd = Self {
            child: None,
            plain: free_port(),
            encrypted: free_port(),
            folder,
        };
        slapd.run(&program);
        slapd.add(
            BASE,
            &[
                ("objectClass", &["dcObject", "organization"]),
                ("dc", &["plant"]),
                ("o", &["Plant"]),
            ],
        );
        for place in ["people", "groups"] {
            let entry = format!("ou={place},{BASE}");
            slapd.add(
                &entry,
                &[("objectClass", &["organizationalUnit"]), ("ou", &[place])],
            );
        }
        Some(slapd)
    }

    fn run(&mut self, program: &Path) {
        let child = Command::new(program)
            .args(["-d", "0", "-f"])
            .arg(self.folder.path().join("slapd.conf"))
            .args(["-h", &format!("{} {}", self.plain(), self.encrypted())])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.plain)).is_err() {
            assert!(began.elapsed() < PATIENCE, "slapd does not listen");
            thread::yield_now();
        }
    }

    /// `ldap://localhost:PORT`.
    pub fn plain(&self) -> String {
        format!("ldap://localhost:{}", self.plain)
    }

    /// `ldaps://localhost:PORT`.
    pub fn encrypted(&self) -> String {
        format!("ldaps://localhost:{}", self.encrypted)
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Ends it.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Adds an entry.
    pub fn add(&self, dn: &str, attributes: &[(&str, &[&str])]) {
        let entry = attributes
            .iter()
            .map(|(name, values)| (*name, values.iter().copied().collect()))
            .collect();
        let work = async |ldap: &mut ldap3::Ldap| ldap.add(dn, entry).await.unwrap().success().unwrap();
        self.as_manager(work);
    }

    /// Adds a person with a password, of a department.
    pub fn add_person(&self, name: &str, password: &str, department: &str) {
        let classes: &[&str] = &["inetOrgPerson"];
        self.add(
            &person(name),
            &[
                ("objectClass", classes),
                ("uid", &[name]),
                ("cn", &[name]),
                ("sn", &[name]),
                ("departmentNumber", &[department]),
                ("userPassword", &[password]),
            ],
        );
    }

    /// Adds a group with members.
    pub fn add_group(&self, name: &str, class: &str, attribute: &str, members: &[&str]) {
        let members: Vec<String> = members.iter().map(|name| person(name)).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let attributes: [(&str, &[&str]); 3] =
            [("objectClass", &[class]), ("cn", &[name]), (attribute, &members)];
        self.add(&group(name), &attributes);
    }

    /// Changes an entry.
    pub fn modify(&self, dn: &str, changes: Vec<Mod<&str>>) {
        self.as_manager(async |ldap: &mut ldap3::Ldap| {
            ldap.modify(dn, changes).await.unwrap().success().unwrap()
        });
    }

    /// Removes an entry.
    pub fn remove(&self, dn: &str) {
        self.as_manager(async |ldap: &mut ldap3::Ldap| ldap.delete(dn).await.unwrap().success().unwrap());
    }

    fn as_manager<T>(&self, work: impl AsyncFnOnce(&mut ldap3::Ldap) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (connection, mut ldap) = LdapConnAsync::new(&self.plain()).await.unwrap();
            let driving = tokio::spawn(async move { connection.drive().await });
            ldap.simple_bind(MANAGER.0, MANAGER.1)
                .await
                .unwrap()
                .success()
                .unwrap();
            let result = work(&mut ldap).await;
            driving.abort();
            result
        })
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The entry of a person.
pub fn person(name: &str) -> String {
    format!("uid={name},ou=people,{BASE}")
}

/// The entry of a group.
pub fn group(name: &str) -> String {
    format!("cn={name},ou=groups,{BASE}")
}
