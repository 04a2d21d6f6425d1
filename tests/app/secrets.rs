//! Secrets cannot be guessed from one another, and stay out of what the program writes.

use std::collections::BTreeSet;

use crate::administration::{PASSWORD, between, folders, invite, serve};
use crate::support::{Browser, Folders, Server};
use crate::{directory, provider};

/// How many of each kind are drawn.
const DRAWN: usize = 12;

/// Fails unless these are as long as they should be, of hexadecimal digits, and unlike one another: two that were drawn at
/// random agree in one place of sixteen, two that were counted up in most.
#[track_caller]
fn unlike_one_another(secrets: &[String], digits: usize) {
    assert_eq!(secrets.len(), DRAWN);
    for secret in secrets {
        let hexadecimal = secret.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(secret.len() == digits && hexadecimal, "{secret}");
    }
    for (position, one) in secrets.iter().enumerate() {
        for other in &secrets[..position] {
            let same = one.bytes().zip(other.bytes()).filter(|(one, other)| one == other);
            assert!(same.count() < digits / 2, "{one} {other}");
        }
    }
    // In no place do they all agree, and in each they differ from one to the next in no regular way.
    for place in 0..digits {
        let there: BTreeSet<&str> = secrets.iter().map(|secret| &secret[place..=place]).collect();
        assert!(there.len() > 2, "place {place}: {secrets:?}");
    }
}

#[test]
fn sessions_signs_invitations_and_keys_cannot_be_counted_up() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let (mut sessions, mut signs, mut invitations, mut keys) = (vec![], vec![], vec![], vec![]);
    for number in 0..DRAWN {
        let signed_in = server.sign_in("root", PASSWORD).cookie();
        sessions.push(signed_in.trim_start_matches("gemba_session=").to_owned());
        let name = format!("Press {number}");
        root.post("/kiosks", &[("name", &name), ("folder", "quality")]);
        let sign = root.get(&format!("/kiosks/{}", number + 1)).body;
        let (_, key) = sign.split_once("/kiosk/").unwrap();
        signs.push(key.split('<').next().unwrap().to_owned());
        invitations.push(invite(&mut root, &format!("person {number}"), "staff"));
        let made = root.post(
            "/account/keys",
            &[("name", &name), ("days", "30"), ("scope", "ask")],
        );
        keys.push(between(&made.body, "gemba_", "<").to_owned());
    }
    unlike_one_another(&sessions, 64);
    unlike_one_another(&signs, 32);
    unlike_one_another(&invitations, 64);
    unlike_one_another(&keys, 64);
}

/// Fails where a secret stands in the log, in what an administrator sees of it, or among the settings.
#[track_caller]
fn is_nowhere(server: &Server, secret: &str) {
    assert!(!server.log_contains(secret), "in the log");
    let root = server.sign_in("root", PASSWORD);
    for page in ["/admin/log", "/admin/settings", "/api/admin/audit"] {
        let shown = root.get(page);
        assert!(
            shown.status == 200 && !shown.body.contains(secret),
            "{page}: {}",
            shown.body
        );
    }
}

#[test]
fn the_password_for_the_directory_is_not_in_the_log_however_much_that_says() {
    let Some(mut slapd) = directory::directory() else {
        return;
    };
    let folders = Folders::new();
    let server = directory::serve(&folders, &slapd, &[("GEMBA_LOG", "trace")]);
    directory::attempt(&server, "berta", directory::OTHER);
    directory::attempt(&server, "berta", "a wrong password");
    slapd.stop();
    directory::attempt(&server, "berta", directory::OTHER);
    assert!(server.log_contains("ldap"), "the log says much");
    for secret in [
        crate::support::slapd::MANAGER.1,
        directory::OTHER,
        "a wrong password",
    ] {
        is_nowhere(&server, secret);
    }
}

#[test]
fn the_secret_for_the_provider_is_not_in_the_log_however_much_that_says() {
    let folders = Folders::new();
    let Some((provider, server)) = provider::both_with(&folders, &[("GEMBA_LOG", "trace")]) else {
        return;
    };
    let mut berta = Browser::new(&server);
    let back = provider::returned(&provider, &mut berta, "u-1", "");
    assert_eq!(berta.follow(&back).status, 303);
    let again = Browser::new(&server).follow(&back);
    assert_ne!(again.status, 303, "a code is good once");
    assert!(
        server.log_contains("oidc") || server.log_contains("openid"),
        "the log says much"
    );
    is_nowhere(&server, crate::support::provider::SECRET);
    is_nowhere(&server, &berta.cookie().replace("gemba_session=", ""));
}
