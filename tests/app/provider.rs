//! Sign-in at the company's provider: a real one over OpenID Connect, through its own pages.

use serde_json::json;

use crate::support::provider::{Jar, Provider, SECRET};
use crate::support::slapd::free_port;
use crate::support::{Browser, Folders, Server};

const PASSWORD: &str = "eleven bolts in a box";

/// A provider, and Gemba that knows it.
fn both(folders: &Folders) -> Option<(Provider, Server)> {
    both_with(folders, &[])
}

/// The same with more variables in Gemba's environment.
pub fn both_with(folders: &Folders, more: &[(&str, &str)]) -> Option<(Provider, Server)> {
    let address = format!("127.0.0.1:{}", free_port());
    let provider = Provider::start(&format!("http://{address}/sign-in/provider/return"))?;
    provider.order(&json!({ "people": {
        "u-1": { "preferred_username": "berta", "groups": ["gauges"] },
        "u-2": { "preferred_username": "root" },
        "u-3": {},
    } }));
    let authority = provider.authority();
    let known = [
        ("GEMBA_OIDC_ISSUER", provider.issuer.as_str()),
        ("GEMBA_OIDC_CLIENT_ID", "gemba"),
        ("GEMBA_OIDC_CLIENT_SECRET", SECRET),
        ("GEMBA_OIDC_SCOPES", "profile groups"),
        ("GEMBA_OIDC_CA", authority.to_str().unwrap()),
        ("GEMBA_OIDC_LABEL", "Plant SSO"),
    ];
    let server = folders.serve_at_with(&address, &[&known, more].concat());
    server.set_up("root", PASSWORD);
    Some((provider, server))
}

/// What the browser is given back by the provider's pages, as a path here.
pub fn returned(provider: &Provider, browser: &mut Browser<'_>, login: &str, back: &str) -> String {
    let left = browser.follow(&format!("/sign-in/provider?back={back}"));
    assert_eq!(left.status, 303, "{}", left.body);
    assert!(left.location.starts_with(&provider.issuer), "{}", left.location);
    for part in [
        "code_challenge_method=S256",
        "state=",
        "nonce=",
        "response_type=code",
    ] {
        assert!(left.location.contains(part), "{}", left.location);
    }
    path(&provider.sign_in(&left.location, login, &mut Jar::new()))
}

fn path(address: &str) -> String {
    let at = address.find("/sign-in/provider/return").expect(address);
    address[at..].to_owned()
}

#[test]
fn people_of_the_provider_sign_in_with_the_groups_that_it_names() {
    let folders = Folders::new();
    folders.write(
        "quality/gauges.md",
        "# Gauges\n\nThe gauges are calibrated every six months.",
    );
    let Some((provider, server)) = both(&folders) else {
        return;
    };
    folders.run(
        "groups",
        &["add", "Gauges", "--external", "gauges", "--role", "inspector"],
    );
    folders.run("groups", &["grant", "Gauges", "quality"]);
    server
        .sign_in("root", PASSWORD)
        .wait_until("/api/library?state=searchable", |listed| {
            listed.contains("quality/gauges.md")
        });
    let mut berta = Browser::new(&server);
    let page = berta.get("/sign-in?back=%2Flibrary%3Fpage%3D1").body;
    assert!(page.contains("Sign in with Plant SSO"), "{page}");
    assert!(
        page.contains("/sign-in/provider?back=%2Flibrary%3Fpage%3D1"),
        "{page}"
    );
    let back = returned(&provider, &mut berta, "u-1", "%2Flibrary%3Fpage%3D1");
    let arrived = berta.follow(&back);
    assert_eq!(
        (arrived.status, arrived.location.as_str()),
        (303, "/library?page=1"),
        "{}",
        arrived.body
    );
    let session = arrived.cookies.concat();
    assert!(
        session.contains("gemba_session=") && session.contains("HttpOnly"),
        "{session}"
    );
    let account = berta.get("/account").body;
    assert!(
        account.contains("berta") && account.contains("Inspector"),
        "{account}"
    );
    let readable = |browser: &Browser<'_>| browser.json("/api/library")["counts"]["documents"].clone();
    assert_eq!(readable(&berta), 1, "what is granted to the group");

    provider
        .order(&json!({ "people": { "u-1": { "preferred_username": "berta.new", "groups": "others" } } }));
    let back = returned(&provider, &mut berta, "u-1", "%2F%2Fevil.example");
    let arrived = berta.follow(&back);
    assert_eq!(
        (arrived.status, arrived.location.as_str()),
        (303, "/"),
        "{}",
        arrived.body
    );
    let account = berta.get("/account").body;
    assert!(
        account.contains("berta.new") && account.contains("Staff"),
        "{account}"
    );
    assert_eq!(readable(&berta), 0, "the group is not named any more");
    let people = folders.run("people", &["list", "--json"]).json();
    assert_eq!(
        people.as_array().unwrap().len(),
        2,
        "one person, whatever the name: {people}"
    );
    assert_eq!(berta.post("/sign-out", &[]).status, 303);
    assert_eq!(berta.get("/library").status, 303);
    folders.run("people", &["disable", "berta.new"]);
    let back = returned(&provider, &mut berta, "u-1", "");
    assert_eq!(berta.follow(&back).status, 403);
}

#[test]
fn what_a_browser_brings_back_is_good_once_and_for_that_browser() {
    let folders = Folders::new();
    let Some((provider, server)) = both(&folders) else {
        return;
    };
    let mut berta = Browser::new(&server);
    let back = returned(&provider, &mut berta, "u-1", "");
    let mut thief = Browser::new(&server);
    let stolen = thief.follow(&back);
    assert_eq!(stolen.status, 400, "{}", stolen.body);
    assert!(stolen.body.contains("This sign-in has ended"), "{}", stolen.body);
    assert_eq!(berta.follow(&back).status, 400, "whoever was robbed begins again");

    let back = returned(&provider, &mut berta, "u-1", "");
    assert_eq!(berta.follow(&back).status, 303);
    assert_eq!(berta.follow(&back).status, 400, "brought back twice");
    for forged in [
        "?state=x&code=y",
        "?code=y",
        "",
        "?state=&error=%3Cb%3Eha%3C%2Fb%3E",
    ] {
        let refused = berta.follow(&format!("/sign-in/provider/return{forged}"));
        assert_eq!(refused.status, 400, "{forged}");
        assert!(
            !refused.body.contains("<b>ha") && !refused.body.contains("&lt;b"),
            "{}",
            refused.body
        );
    }
    // The code of one sign-in brought back in another.
    let first = returned(&provider, &mut berta, "u-1", "");
    let second = returned(&provider, &mut thief, "u-1", "");
    let part = |address: &str, name: &str| {
        let (_, rest) = address.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    let mixed = format!(
        "/sign-in/provider/return?state={}&code={}",
        part(&second, "state"),
        part(&first, "code")
    );
    assert_eq!(thief.follow(&mixed).status, 502);
    server.wait_until("the provider refuses the code", |server| {
        server.log_contains("invalid_grant")
    });
}

#[test]
fn a_token_that_is_not_true_lets_nobody_in() {
    let folders = Folders::new();
    let Some((provider, server)) = both(&folders) else {
        return;
    };
    let mut berta = Browser::new(&server);
    for (falsify, said) in [
        ("nonce", "Invalid nonce"),
        ("replayed", "Invalid nonce"),
        ("expired", "Expired"),
        ("audience", "Invalid audiences"),
        ("issuer", "Invalid issuer"),
        ("signature", "Signature verification failed"),
        ("unsigned", "No signature found"),
    ] {
        provider.order(&json!({ "falsify": falsify }));
        let back = returned(&provider, &mut berta, "u-1", "");
        let refused = berta.follow(&back);
        assert_eq!(refused.status, 502, "{falsify}: {}", refused.body);
        assert!(
            refused.body.contains("could not be verified"),
            "{falsify}: {}",
            refused.body
        );
        server.wait_until(falsify, |server| server.log_contains(said));
        assert_eq!(berta.get("/library").status, 303, "{falsify}");
    }
    provider.order(&json!({ "falsify": null }));
    let back = returned(&provider, &mut berta, "u-1", "");
    assert_eq!(berta.follow(&back).status, 303);
}

#[test]
fn a_provider_that_says_no_or_nothing_is_told_of_plainly() {
    let folders = Folders::new();
    let Some((mut provider, server)) = both(&folders) else {
        return;
    };
    let mut browser = Browser::new(&server);
    let left = browser.follow("/sign-in/provider");
    let back = path(&provider.give_up(&left.location, &mut Jar::new()));
    let refused = browser.follow(&back);
    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("page says: ") && refused.body.contains("aborted"),
        "{}",
        refused.body
    );

    let root = server.sign_in("root", PASSWORD);
    let failed = || root.json("/api/admin/audit?action=sign-in-failed");
    let row = &failed()["entries"][0];
    assert!(row["subject"].as_str().unwrap().contains("aborted"), "{row}");
    assert_eq!(row["address"], "127.0.0.1");

    let back = returned(&provider, &mut browser, "u-2", "");
    let taken = browser.follow(&back);
    assert_eq!(taken.status, 409);
    assert!(
        taken
            .body
            .contains("account root here already that belongs to somebody else"),
        "{}",
        taken.body
    );
    let row = &failed()["entries"][0];
    assert_eq!(row["name"], "root");
    assert!(
        row["subject"]
            .as_str()
            .unwrap()
            .contains("belongs to somebody else"),
        "{row}"
    );
    let back = returned(&provider, &mut browser, "u-3", "");
    assert_eq!(browser.follow(&back).status, 502, "somebody without a name");

    let back = returned(&provider, &mut browser, "u-1", "");
    let doctor = |provider: &Provider| {
        let output = folders
            .command("doctor")
            .env("GEMBA_OIDC_ISSUER", &provider.issuer)
            .env("GEMBA_OIDC_CLIENT_ID", "gemba")
            .env("GEMBA_OIDC_CLIENT_SECRET", SECRET)
            .env("GEMBA_OIDC_CA", provider.authority())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let good = doctor(&provider);
    assert!(
        good.contains("ok     provider: https://localhost") && !good.contains(SECRET),
        "{good}"
    );
    provider.stop();
    let down = browser.follow(&back);
    assert_eq!(down.status, 503, "{}", down.body);
    assert!(
        down.body.contains("sign-in page could not be reached"),
        "{}",
        down.body
    );
    assert!(doctor(&provider).contains("WRONG  provider: "));
    server.sign_in("root", PASSWORD);
}

#[test]
fn a_provider_that_nobody_has_named_has_no_page() {
    let folders = Folders::new();
    let server = folders.serve();
    server.set_up("root", PASSWORD);
    let mut browser = Browser::new(&server);
    assert!(!browser.get("/sign-in").body.contains("/sign-in/provider"));
    assert_eq!(browser.follow("/sign-in/provider").status, 404);
    assert_eq!(
        browser.follow("/sign-in/provider/return?state=a&code=b").status,
        404
    );
}
