//! What an administrator does in the browser and by scripts: people, groups, grants, settings, the log.

use std::collections::BTreeSet;

/// What the tests of access stand on, these and those that build on them stand on too.
pub use crate::access::{PASSWORD, folders, serve};
use crate::support::{Browser, Server, encoded};

/// What stands in `text` between `start` and `end`.
#[track_caller]
pub fn between<'text>(text: &'text str, start: &str, end: &str) -> &'text str {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("{start}: {text}"));
    rest.split_once(end).unwrap().0
}

/// Invites somebody and returns the secret of the link.
#[track_caller]
pub fn invite(root: &mut Browser<'_>, name: &str, role: &str) -> String {
    let made = root.post(
        "/admin/people",
        &[("name", name), ("role", role), ("kind", "person")],
    );
    assert_eq!(made.status, 200, "{}", made.body);
    between(&made.body, "/invitation?key=", "<").to_owned()
}

/// Invites somebody, who chooses the password and is signed in.
pub fn join<'server>(
    server: &'server Server,
    root: &mut Browser<'_>,
    name: &str,
    role: &str,
) -> Browser<'server> {
    let key = invite(root, name, role);
    let mut browser = Browser::new(server);
    let chosen = browser.post("/invitation", &[("key", &key), ("password", PASSWORD)]);
    assert_eq!(chosen.status, 303, "{}", chosen.body);
    browser
}

const PAGES: [&str; 11] = [
    "/admin",
    "/admin/people",
    "/admin/people/1",
    "/admin/groups",
    "/admin/audit",
    "/admin/audit.csv",
    "/admin/jobs",
    "/admin/models",
    "/admin/models/status",
    "/admin/settings",
    "/admin/log",
];
const TWINS: [&str; 6] = [
    "/api/admin/people",
    "/api/admin/groups",
    "/api/admin/audit",
    "/api/admin/audit.csv",
    "/api/admin/machine",
    "/api/admin/models",
];

#[test]
fn only_administrators_see_the_administration_and_change_anything_there() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mut ines = join(&server, &mut root, "ines", "inspector");
    let stranger = Browser::new(&server);
    for page in PAGES {
        assert_eq!(root.get(page).status, 200, "{page}");
        assert_eq!(ines.get(page).status, 403, "{page}");
        assert_eq!(stranger.get(page).status, 303, "{page}");
    }
    for twin in TWINS {
        assert_eq!(root.get(twin).status, 200, "{twin}");
        assert_eq!(ines.get(twin).status, 403, "{twin}");
        assert_eq!(stranger.get(twin).status, 401, "{twin}");
    }
    for change in [
        "/admin/people",
        "/admin/people/1/standing",
        "/admin/people/1/groups",
        "/admin/people/1/link",
        "/admin/people/1/sign-out",
        "/admin/people/1/keys",
        "/admin/people/1/keys/1/revoke",
        "/admin/groups",
        "/admin/groups/1/remove",
        "/admin/groups/1/members",
        "/admin/grants",
        "/admin/models",
        "/admin/indexes/order",
    ] {
        let refused = ines.post(
            change,
            &[
                ("name", "x"),
                ("role", "staff"),
                ("kind", "person"),
                ("collection", "/"),
            ],
        );
        assert_eq!(refused.status, 403, "{change}");
        let refused = root.post_from_elsewhere(change, &[("name", "x"), ("role", "staff")]);
        assert_eq!(refused.status, 403, "{change}, sent by a page of another site");
    }
    let tab = "href=\"/admin\"";
    assert!(root.get("/").body.contains(tab) && !ines.get("/").body.contains(tab));
}

/// The addresses that a page leads to with one click, without what stands behind `#`.
fn links(html: &str) -> BTreeSet<String> {
    let addresses = html.split("<a ").skip(1).filter_map(|link| {
        let (opening, _) = link.split_once('>')?;
        let (_, rest) = opening.split_once("href=\"")?;
        let address = rest.split(['"', '#']).next()?;
        Some(address.replace("&amp;", "&").replace("&#38;", "&"))
    });
    addresses.filter(|address| address.starts_with('/')).collect()
}

#[test]
fn what_an_administrator_does_every_day_is_two_clicks_from_the_first_page_at_most() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let first = links(&root.get("/").body);
    let mut reached = first.clone();
    for page in &first {
        reached.extend(links(&root.get(page).body));
    }
    for daily in [
        "/library",
        "/admin",
        "/admin/people",
        "/admin/groups",
        "/kiosks",
        "/admin/audit",
        "/admin/jobs",
        "/admin/models",
        "/admin/settings",
        "/admin/log",
        "/review/inbox",
        "/review/verified",
        "/review/missing",
    ] {
        assert!(reached.contains(daily), "{daily}: {reached:?}");
        assert_eq!(root.get(daily).status, 200, "{daily}");
    }
    // One click to the library, and one that opens the part with the form.
    assert!(first.contains("/library"), "{first:?}");
    let library = root.get("/library").body;
    let upload = between(&library, "<details class=\"upload\"", "</details>");
    assert!(
        upload.contains("<summary") && upload.contains("action=\"/library/uploads/form\""),
        "{upload}"
    );
}

#[test]
fn whoever_is_invited_chooses_a_password_once_and_an_old_link_opens_nothing() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let first = invite(&mut root, "ana", "staff");
    let again = root.post("/admin/people/2/link", &[]);
    let key = between(&again.body, "/invitation?key=", "<").to_owned();
    let mut ana = Browser::new(&server);
    assert_eq!(
        ana.get(&format!("/invitation?key={first}")).status,
        403,
        "replaced"
    );
    assert!(
        ana.get(&format!("/invitation?key={key}"))
            .body
            .contains("Your account is ana")
    );
    let mut guess = Browser::new(&server);
    assert_eq!(
        guess
            .post("/sign-in", &[("name", "ana"), ("password", "")])
            .status,
        401,
        "there is no password yet"
    );
    let weak = ana.post("/invitation", &[("key", &key), ("password", "short")]);
    assert_eq!(weak.status, 422);
    assert!(weak.body.contains("at least 10 characters"), "{}", weak.body);
    assert_eq!(
        ana.post("/invitation", &[("key", &key), ("password", PASSWORD)])
            .status,
        303
    );
    assert_eq!(ana.get("/library").status, 200);
    let mut second = Browser::new(&server);
    let used = second.post("/invitation", &[("key", &key), ("password", "another long one")]);
    assert_eq!(used.status, 403);
    server.sign_in("ana", PASSWORD);
    let taken = root.post(
        "/admin/people",
        &[("name", "ANA"), ("role", "staff"), ("kind", "person")],
    );
    assert_eq!(taken.status, 409);
    assert!(taken.body.contains("exists already"), "{}", taken.body);
}

#[test]
fn roles_standing_and_sessions_are_changed_on_the_page_and_the_last_administrator_stays() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let ana = join(&server, &mut root, "ana", "staff");
    root.post(
        "/admin/people/2/standing",
        &[("role", "administrator"), ("let_in", "yes")],
    );
    assert_eq!(ana.get("/admin").status, 200);
    root.post("/admin/people/2/sign-out", &[]);
    assert_eq!(ana.get("/").status, 303);
    root.post("/admin/people/2/standing", &[("role", "staff")]);
    let mut out = Browser::new(&server);
    assert_eq!(
        out.post("/sign-in", &[("name", "ana"), ("password", PASSWORD)])
            .status,
        401
    );
    assert_eq!(
        root.post("/admin/people/2/link", &[]).status,
        409,
        "she is kept out"
    );
    // An invited administrator cannot sign in yet, and is none who could stay behind.
    invite(&mut root, "bea", "administrator");
    let refused = root.post(
        "/admin/people/1/standing",
        &[("role", "staff"), ("let_in", "yes")],
    );
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("The last administrator"),
        "{}",
        refused.body
    );
    assert_eq!(
        root.post("/admin/people/77/standing", &[("role", "staff")])
            .status,
        404
    );
    assert_eq!(
        root.post("/admin/people/1/standing", &[("role", "king")]).status,
        400
    );
}

#[test]
fn a_row_of_grants_is_saved_and_no_other() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let ana = join(&server, &mut root, "ana", "staff");
    assert_eq!(root.post("/admin/groups", &[("name", "Wages")]).status, 303);
    let row = |root: &mut Browser<'_>, collection: &str, ticked: &[&str]| {
        let mut fields = vec![("collection", collection), ("listed", "1"), ("listed", "2")];
        fields.extend(ticked.iter().map(|group| ("group", *group)));
        assert_eq!(root.post("/admin/grants", &fields).status, 303);
    };
    row(&mut root, "quality", &["1"]);
    row(&mut root, "payroll", &["2"]);
    let total = |browser: &Browser<'_>| browser.json("/api/library")["total"].as_u64().unwrap();
    assert_eq!(total(&ana), 1);
    root.post("/admin/groups/2/members", &[("listed", "2"), ("person", "2")]);
    assert_eq!(total(&ana), 2);
    root.post("/admin/people/2/groups", &[("listed", "2")]);
    assert_eq!(total(&ana), 1);
    row(&mut root, "quality", &[]);
    assert_eq!(total(&ana), 0);
    row(&mut root, "/", &["1"]);
    assert_eq!(total(&ana), 2);
    assert_eq!(
        root.post("/admin/groups/1/remove", &[]).status,
        409,
        "everybody stays"
    );
    assert_eq!(root.post("/admin/groups/2/remove", &[]).status, 303);
    assert_eq!(root.post("/admin/groups/2/remove", &[]).status, 404);
}

#[test]
fn a_name_is_never_a_script() {
    let folders = folders();
    // A folder cannot have a slash in its name, so the element is never closed.
    let file = "<script>alert(1)/a.md";
    folders.write(file, "# A\n\nThe gauges of this folder are few.");
    let server = serve(&folders);
    server.wait_until_searchable(file);
    let mut root = server.set_up("root", PASSWORD);
    let name = "<script>alert(2)</script>";
    invite(&mut root, name, "staff");
    root.post(
        "/admin/groups",
        &[("name", name), ("external", "\"><script>alert(3)</script>")],
    );
    root.post(
        "/admin/grants",
        &[("collection", "<script>"), ("listed", "2"), ("group", "2")],
    );
    let mut guess = Browser::new(&server);
    guess.post(
        "/sign-in",
        &[("name", "<script>alert(4)</script>"), ("password", "x")],
    );
    root.get(&format!("/ask?q={}", encoded("<script>alert(5)</script> gauges")));
    root.wait_until("/api/admin/audit", |audit| audit.contains("alert(5)"));
    for page in PAGES
        .iter()
        .filter(|page| !page.ends_with(".csv"))
        .chain(&["/admin/people/2", "/account"])
    {
        let body = root.get(page).body;
        assert!(!body.contains("<script>alert"), "{page}: {body}");
    }
    let audit = root.get("/admin/audit").body;
    assert!(
        audit.contains("&#60;script&#62;alert(4)") || audit.contains("&lt;script&gt;alert(4)"),
        "{audit}"
    );
}

#[test]
fn the_log_and_the_settings_show_what_they_should_and_no_question() {
    let folders = folders();
    let server = folders.serve_with(&[("GEMBA_MODELS_HUB", "http://ana:s3cret@hub.lan")]);
    server.wait_until_searchable("quality/gauges.md");
    let root = server.set_up("root", PASSWORD);
    root.get(&format!(
        "/ask?q={}",
        encoded("How often is the marmalade gauge calibrated?")
    ));
    root.get("/search?q=marmalade");
    root.wait_until("/api/admin/audit", |audit| audit.contains("\"searched\""));
    Browser::new(&server).post("/sign-in", &[("name", "mallory"), ("password", "turnip soup")]);
    let log = root.get("/admin/log").body;
    assert!(
        log.contains("a sign-in failed") && log.contains("mallory"),
        "{log}"
    );
    assert!(!log.contains("turnip") && !log.contains("marmalade"), "{log}");
    assert!(!server.log_contains("marmalade"));
    let settings = root.get("/admin/settings").body;
    assert!(
        settings.contains("environment GEMBA_MODELS_HUB") && settings.contains("@hub.lan"),
        "{settings}"
    );
    assert!(!settings.contains("s3cret"));
    let overview = root.get("/admin").body;
    assert!(
        overview.contains("Nothing at the moment") || overview.contains("left"),
        "{overview}"
    );
    let machine = root.json("/api/admin/machine");
    assert!(machine["sizes"][0]["bytes"].as_u64().unwrap() > 0, "{machine}");
    assert!(root.get("/admin/jobs").body.contains("Folder looked through"));
    root.wait_until("/admin", |overview| {
        between(overview, "Store and indexes", "</dl>").contains("agree (")
    });
    root.wait_until("/health", |health| {
        health.contains("\"indexes\":{\"differing\":0,")
    });
}
