//! Sign-in with the accounts of Active Directory: a real domain controller, and the configuration that the README names.

use crate::directory::{attempt, settled};
use crate::support::samba::{BASE, PASSWORD, Samba};
use crate::support::{Folders, Server};

/// What the README gives for Active Directory, and the groups in which groups are.
fn settings(samba: &Samba, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = [
        ("GEMBA_LDAP_URL", samba.url()),
        ("GEMBA_LDAP_CA", samba.authority().display().to_string()),
        ("GEMBA_LDAP_BIND_DN", samba.person("gemba")),
        ("GEMBA_LDAP_BIND_PASSWORD", PASSWORD.to_owned()),
        ("GEMBA_LDAP_BASE", BASE.to_owned()),
        (
            "GEMBA_LDAP_USER_FILTER",
            "(&(objectClass=user)(sAMAccountName={name})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
                .to_owned(),
        ),
        ("GEMBA_LDAP_NAME_ATTRIBUTE", "sAMAccountName".to_owned()),
        ("GEMBA_LDAP_SUBJECT_ATTRIBUTE", "objectGUID".to_owned()),
        ("GEMBA_LDAP_RECHECK_SECONDS", "1".to_owned()),
    ];
    let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
    own.into_iter()
        .chain(more)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A server on a folder for those whose work is quality and one for those who look after gauges.
fn serve(folders: &Folders, samba: &Samba, more: &[(&str, &str)]) -> Server {
    folders.write(
        "quality/audits.md",
        "# Audits\n\nAn audit takes place every second year.",
    );
    folders.write(
        "gauges/threads.md",
        "# Threads\n\nThe thread gauges are calibrated every six months.",
    );
    let server = settled(folders, &settings(samba, more));
    for (group, outside) in [
        ("Quality", format!("CN=Quality,CN=Users,{BASE}")),
        ("Gauges", "gauges".to_owned()),
    ] {
        folders.run("groups", &["add", group, "--external", &outside]);
        folders.run("groups", &["grant", group, &group.to_lowercase()]);
    }
    server
}

#[test]
fn people_of_a_domain_sign_in_follow_their_groups_and_are_out_once_it_closes_them() {
    let Some(samba) = Samba::start() else { return };
    for name in ["gemba", "berta", "carl", "dora"] {
        samba.tool(&["user", "create", name, PASSWORD]);
    }
    samba.tool(&["user", "disable", "carl"]);
    samba.tool(&["group", "add", "Gauges"]);
    samba.tool(&["group", "add", "Quality"]);
    samba.tool(&["group", "addmembers", "Gauges", "berta"]);
    // All who look after gauges belong to quality.
    samba.tool(&["group", "addmembers", "Quality", "Gauges"]);

    let folders = Folders::new();
    let server = serve(&folders, &samba, &[]);
    let doctor = folders
        .command("doctor")
        .envs(settings(&samba, &[]))
        .output()
        .unwrap();
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.contains("ok     directory: ldaps"), "{doctor}");
    let berta = server.sign_in("BERTA", PASSWORD);
    assert!(berta.get("/account").body.contains("berta"));
    let listed = berta.json("/api/library");
    assert_eq!(
        listed["total"], 1,
        "the groups that the person is a member of: {listed}"
    );
    assert_eq!(listed["documents"][0]["path"], "gauges/threads.md");
    for (name, password) in [
        ("berta", "a wrong password"),
        ("carl", PASSWORD),
        ("nobody", PASSWORD),
        ("*", PASSWORD),
        ("berta)(sAMAccountName=*", PASSWORD),
    ] {
        assert_eq!(attempt(&server, name, password).0, 401, "{name}");
    }
    let dora = server.sign_in("dora", PASSWORD);
    assert_eq!(dora.json("/api/library")["total"], 0);

    samba.tool(&["group", "addmembers", "Gauges", "dora"]);
    server.wait_until("what dora reads follows her groups", |_| {
        dora.json("/api/library")["total"] == 1
    });
    samba.tool(&["user", "rename", "dora", "--samaccountname=dora.m"]);
    samba.tool(&["user", "disable", "berta"]);
    server.wait_until("berta is out", |_| berta.get("/library").status == 303);
    assert_eq!(
        dora.get("/library").status,
        200,
        "who has another name is who they were"
    );
    assert_eq!(attempt(&server, "berta", PASSWORD).0, 401);
    drop(server);

    // Active Directory says of groups that are in groups only if it is asked in its own way.
    let folders = Folders::new();
    let nested = [
        ("GEMBA_LDAP_GROUP_ATTRIBUTE", ""),
        (
            "GEMBA_LDAP_GROUP_FILTER",
            "(member:1.2.840.113556.1.4.1941:={dn})",
        ),
    ];
    let server = serve(&folders, &samba, &nested);
    let dora = server.sign_in("dora.m", PASSWORD);
    assert_eq!(dora.json("/api/library")["total"], 2);
}
