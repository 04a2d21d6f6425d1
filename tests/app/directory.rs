//! Sign-in with the accounts of a directory: a real OpenLDAP.

use std::collections::HashSet;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use ldap3::Mod;

use crate::support::slapd::{self, BASE, MANAGER, Slapd};
use crate::support::{Browser, Folders, Server, files_below};

const PASSWORD: &str = "eleven bolts in a box";
pub const OTHER: &str = "seven washers on a hook";

/// A directory with people and groups.
pub fn directory() -> Option<Slapd> {
    let slapd = Slapd::start()?;
    slapd.add_person("berta", OTHER, "quality");
    slapd.add_person("carl", OTHER, "left");
    slapd.add_person("root", OTHER, "quality");
    slapd.add_group("gauges", "groupOfNames", "member", &["berta"]);
    Some(slapd)
}

fn settings(slapd: &Slapd, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut settings: Vec<(String, String)> = [
        ("GEMBA_LDAP_URL", slapd.plain()),
        ("GEMBA_LDAP_BIND_DN", MANAGER.0.to_owned()),
        ("GEMBA_LDAP_BIND_PASSWORD", MANAGER.1.to_owned()),
        ("GEMBA_LDAP_BASE", BASE.to_owned()),
        (
            "GEMBA_LDAP_USER_FILTER",
            "(&(uid={name})(!(departmentNumber=left)))".to_owned(),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    for (name, value) in more {
        settings.retain(|(known, _)| known != name);
        settings.push(((*name).to_owned(), (*value).to_owned()));
    }
    settings
}

pub fn serve(folders: &Folders, slapd: &Slapd, more: &[(&str, &str)]) -> Server {
    settled(folders, &settings(slapd, more))
}

/// A server with these settings that has read its documents and has an administrator.
pub fn settled(folders: &Folders, settings: &[(String, String)]) -> Server {
    let settings: Vec<(&str, &str)> = settings
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let server = folders.serve_with(&settings);
    for path in files_below(folders.documents.path()) {
        server.wait_until_searchable(&path);
    }
    server.set_up("root", PASSWORD);
    server
}

/// Status and text of an attempt.
pub fn attempt(server: &Server, name: &str, password: &str) -> (u16, String) {
    let reply = Browser::new(server).post("/sign-in", &[("name", name), ("password", password)]);
    (reply.status, reply.body)
}

fn quality() -> Folders {
    let folders = Folders::new();
    folders.write(
        "quality/gauges.md",
        "# Gauges\n\nThe thread gauges are calibrated every six months.",
    );
    folders
}

#[test]
fn people_of_the_directory_sign_in_and_read_what_their_groups_of_today_may() {
    let Some(slapd) = directory() else { return };
    let folders = quality();
    let server = serve(&folders, &slapd, &[]);
    let outside = slapd::group("gauges");
    folders.run(
        "groups",
        &["add", "Gauges", "--external", &outside, "--role", "inspector"],
    );
    folders.run("groups", &["grant", "Gauges", "quality"]);
    let berta = server.sign_in("BERTA", OTHER);
    assert_eq!(berta.json("/api/library")["total"], 1);
    assert!(berta.get("/account").body.contains("Inspector"));
    let wrong = attempt(&server, "berta", "a wrong password");
    assert_eq!(wrong.0, 401);
    assert!(
        wrong.1.contains("The name or the password is wrong"),
        "{}",
        wrong.1
    );

    slapd.add_group("press", "groupOfNames", "member", &["berta"]);
    slapd.add_person("placeholder", OTHER, "left");
    let placeholder = slapd::person("placeholder");
    let member = Mod::Replace("member", HashSet::from([placeholder.as_str()]));
    slapd.modify(&outside, vec![member]);
    assert_eq!(berta.json("/api/library")["total"], 1, "until the next sign-in");
    let again = server.sign_in("berta", OTHER);
    assert_eq!(again.json("/api/library")["total"], 0);
    folders.run("groups", &["add", "Press", "--external", "press"]);
    folders.run("groups", &["grant", "Press", "quality"]);
    let again = server.sign_in("berta", OTHER);
    assert_eq!(
        again.json("/api/library")["total"],
        1,
        "by the name of the group alone"
    );
    assert_eq!(
        folders
            .run("people", &["list", "--json"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn whoever_is_not_in_the_directory_or_kept_out_does_not_come_in() {
    let Some(slapd) = directory() else { return };
    let folders = Folders::new();
    let server = serve(&folders, &slapd, &[]);
    for (name, password) in [
        ("berta", ""),
        ("carl", OTHER),
        ("nobody", OTHER),
        ("*", OTHER),
        ("berta)(uid=*", OTHER),
        ("*)(uid=berta", OTHER),
        ("ber\\2a", OTHER),
        ("berta\\", OTHER),
        ("berta\0", OTHER),
        ("", OTHER),
    ] {
        let (status, body) = attempt(&server, name, password);
        assert_eq!(status, 401, "{name:?}: {body}");
    }
    server.sign_in("berta", OTHER);
    folders.run("people", &["disable", "berta"]);
    assert_eq!(attempt(&server, "berta", OTHER).0, 401);
    // Somebody who left and somebody new of the same name are two people.
    folders.run("people", &["enable", "berta"]);
    slapd.remove(&slapd::person("berta"));
    slapd.add_person("berta", OTHER, "quality");
    let (status, body) = attempt(&server, "berta", OTHER);
    assert_eq!(status, 409, "{body}");
    assert!(body.contains("belongs to somebody else"), "{body}");
}

#[test]
fn an_account_that_is_kept_here_is_not_taken_over_and_works_without_the_directory() {
    let Some(mut slapd) = directory() else { return };
    let folders = Folders::new();
    let server = serve(&folders, &slapd, &[]);
    assert_eq!(
        attempt(&server, "root", OTHER).0,
        401,
        "the directory's password of the same name"
    );
    let berta = server.sign_in("berta", OTHER);
    slapd.stop();
    let began = Instant::now();
    let (status, body) = attempt(&server, "berta", OTHER);
    assert_eq!(status, 503);
    assert!(
        body.contains("directory could not be asked") && !body.contains("localhost"),
        "{body}"
    );
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(berta.get("/").status, 200, "who is in stays in");
    let root = server.sign_in("root", PASSWORD);
    let failed = &root.json("/api/admin/audit?action=sign-in-failed")["entries"];
    assert_eq!(failed[0]["name"], "berta", "{failed}");
    assert!(
        failed[0]["subject"].as_str().unwrap().contains("cannot be asked"),
        "{failed}"
    );
    assert_eq!(failed[1]["name"], "root", "a wrong password: {failed}");
    let doctor = folders
        .command("doctor")
        .envs(settings(&slapd, &[]))
        .output()
        .unwrap();
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(
        doctor.contains("WRONG  directory: the directory ldap://localhost"),
        "{doctor}"
    );
    assert!(!doctor.contains(MANAGER.1), "{doctor}");
}

#[test]
fn a_directory_that_says_nothing_keeps_nobody_waiting_for_long() {
    let Some(slapd) = directory() else { return };
    let folders = Folders::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ldap://{}", silent.local_addr().unwrap());
    let server = serve(
        &folders,
        &slapd,
        &[("GEMBA_LDAP_URL", &url), ("GEMBA_LDAP_TIMEOUT_SECONDS", "1")],
    );
    let began = Instant::now();
    assert_eq!(attempt(&server, "berta", OTHER).0, 503);
    assert!(began.elapsed() < Duration::from_secs(20));
    server.sign_in("root", PASSWORD);
}

#[test]
fn a_directory_is_asked_only_under_a_certificate_that_is_trusted() {
    let Some(slapd) = directory() else { return };
    let stranger = tempfile::tempdir().unwrap();
    slapd::certificates(stranger.path(), &["localhost"]);
    let wrong = stranger.path().join("ca.pem");
    for (url, start_tls) in [(slapd.plain(), "true"), (slapd.encrypted(), "false")] {
        for (authority, status) in [(slapd.authority(), 303), (wrong.clone(), 503)] {
            let folders = Folders::new();
            let more = [
                ("GEMBA_LDAP_URL", url.as_str()),
                ("GEMBA_LDAP_START_TLS", start_tls),
                ("GEMBA_LDAP_CA", authority.to_str().unwrap()),
            ];
            let server = serve(&folders, &slapd, &more);
            assert_eq!(attempt(&server, "berta", OTHER).0, status, "{url} {authority:?}");
            let doctor = folders
                .command("doctor")
                .envs(settings(&slapd, &more))
                .output()
                .unwrap();
            let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
            assert_eq!(
                doctor.contains("ok     directory: ldap"),
                status == 303,
                "{doctor}"
            );
        }
    }
}

#[test]
fn groups_are_found_by_a_search_where_people_do_not_list_them() {
    let Some(slapd) = directory() else { return };
    slapd.add_group("tool (a*b)", "groupOfUniqueNames", "uniqueMember", &["berta"]);
    let folders = quality();
    let password = folders.data.path().join("password");
    std::fs::write(&password, format!("{}\n", MANAGER.1)).unwrap();
    let server = serve(
        &folders,
        &slapd,
        &[
            ("GEMBA_LDAP_GROUP_ATTRIBUTE", ""),
            ("GEMBA_LDAP_GROUP_FILTER", "(|(member={dn})(uniqueMember={dn}))"),
            ("GEMBA_LDAP_BIND_PASSWORD", ""),
            ("GEMBA_LDAP_BIND_PASSWORD_FILE", password.to_str().unwrap()),
        ],
    );
    for outside in ["gauges", "tool (a*b)"] {
        folders.run("groups", &["add", outside, "--external", outside]);
    }
    server.sign_in("berta", OTHER);
    let groups = folders.run("groups", &["list", "--json"]).json();
    let members: Vec<usize> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["members"].as_array().unwrap().len())
        .collect();
    assert_eq!(members, [0, 1, 1], "{groups}");
}

#[test]
fn whoever_is_in_follows_the_directory_and_is_out_once_it_closes_them() {
    let Some(mut slapd) = directory() else { return };
    slapd.add_person("dora", OTHER, "quality");
    slapd.add_person("emil", OTHER, "quality");
    slapd.add_person("placeholder", OTHER, "left");
    let folders = quality();
    let server = serve(&folders, &slapd, &[("GEMBA_LDAP_RECHECK_SECONDS", "1")]);
    folders.run("groups", &["add", "Gauges", "--external", "gauges"]);
    folders.run("groups", &["grant", "Gauges", "quality"]);
    let mut berta = server.sign_in("berta", OTHER);
    let dora = server.sign_in("dora", OTHER);
    let emil = server.sign_in("emil", OTHER);
    let made = berta.post(
        "/account/keys",
        &[("name", "script"), ("days", "30"), ("scope", "library")],
    );
    let (_, key) = made.body.split_once("Bearer gemba_").unwrap();
    let bearer = format!("Bearer gemba_{}", key.split('<').next().unwrap());
    let by_key = |server: &Server| server.get_with("/api/library", &[("authorization", &bearer)]).0;
    assert_eq!(berta.json("/api/library")["total"], 1);
    let placeholder = slapd::person("placeholder");
    let member = Mod::Replace("member", HashSet::from([placeholder.as_str()]));
    slapd.modify(&slapd::group("gauges"), vec![member]);
    server.wait_until("what berta reads follows her groups", |_| {
        berta.json("/api/library")["total"] == 0
    });
    assert_eq!(by_key(&server), 200);
    let left = Mod::Replace("departmentNumber", HashSet::from(["left"]));
    slapd.modify(&slapd::person("berta"), vec![left]);
    slapd.remove(&slapd::person("dora"));
    server.wait_until("both are out", |_| {
        berta.get("/library").status == 303 && dora.get("/library").status == 303
    });
    assert_eq!(by_key(&server), 401, "her key went with her");
    assert_eq!(emil.get("/library").status, 200);
    let root = server.sign_in("root", PASSWORD);
    let ended = root.json("/api/admin/audit?action=sessions-ended");
    assert_eq!(ended["total"], 2, "{ended}");
    assert_eq!(ended["entries"][0]["detail"], "closed in the directory");
    slapd.stop();
    server.wait_until("the directory could not be asked", |server| {
        server.log_contains("it could not be seen who of the directory may still come in")
    });
    assert_eq!(emil.get("/library").status, 200, "who is in stays in meanwhile");
}

#[test]
fn guessing_at_the_directory_is_slowed_down_as_well() {
    let Some(slapd) = directory() else { return };
    let folders = Folders::new();
    let server = serve(&folders, &slapd, &[]);
    let statuses: Vec<u16> = (0..7).map(|_| attempt(&server, "berta", "a guess").0).collect();
    assert_eq!(statuses[..5], [401; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    // Of many at once no more are tried than of one after the other.
    let outcomes: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..20)
            .map(|_| scope.spawn(|| attempt(&server, "carl", "a guess").0))
            .collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let tried = outcomes.iter().filter(|status| **status == 401).count();
    // On a busy machine one may come when the first second of waiting is over.
    assert!(
        (5..=7).contains(&tried) && outcomes.contains(&429),
        "{outcomes:?}"
    );
}

#[test]
fn whoever_comes_while_the_directory_does_not_answer_has_guessed_nothing() {
    let Some(mut slapd) = directory() else { return };
    let folders = Folders::new();
    let server = serve(&folders, &slapd, &[]);
    slapd.stop();
    for _ in 0..8 {
        assert_eq!(attempt(&server, "berta", OTHER).0, 503);
    }
}

#[test]
fn a_directory_that_cannot_be_used_is_refused_at_the_start_with_the_reason() {
    let folders = Folders::new();
    for (name, value, said) in [
        (
            "GEMBA_LDAP_CA",
            "/nowhere/ca.pem",
            "ldap.ca: /nowhere/ca.pem cannot be used",
        ),
        (
            "GEMBA_LDAP_USER_FILTER",
            "(uid={name}",
            "ldap.user_filter is no filter",
        ),
        (
            "GEMBA_LDAP_BIND_DN",
            "cn=reader",
            "ldap.bind_dn cannot be used: it needs bind_password",
        ),
        (
            "GEMBA_LDAP_URL",
            "directory.example",
            "must begin with ldap:// or ldaps://",
        ),
    ] {
        let output = folders
            .command("serve")
            .env("GEMBA_LDAP_URL", "ldaps://localhost")
            .env("GEMBA_LDAP_BASE", BASE)
            .env(name, value)
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && errors.contains(said),
            "{name}: {errors}"
        );
    }
}
