//! Who gets in, and what of the documents each person gets to see.

use crate::administration::join;
use crate::support::{Browser, Folders, Server};

/// A password that is long enough.
pub const PASSWORD: &str = "eleven bolts in a box";

/// A folder that many may read, and one that few may.
pub fn folders() -> Folders {
    let folders = Folders::new();
    folders.write(
        "quality/gauges.md",
        "# Gauges\n\nThe thread gauges are calibrated every six months by the quality office.",
    );
    folders.write(
        "payroll/secret.md",
        "# Bonus\n\nThe zirconium bonus of the calibrated crew is paid in every sixth month.",
    );
    folders
}

/// A server that has read them.
pub fn serve(folders: &Folders) -> Server {
    let server = folders.serve();
    server.wait_until_searchable("quality/gauges.md");
    server.wait_until_searchable("payroll/secret.md");
    server
}

#[test]
fn until_there_is_an_administrator_this_machine_may_do_everything_and_no_other_is_let_in() {
    let folders = folders();
    let server = folders.serve_at("0.0.0.0:0");
    assert!(
        server.address.starts_with("http://127.0.0.1:"),
        "{}",
        server.address
    );
    assert_eq!(server.get("/library").0, 200);
    server.set_up("root", PASSWORD);
    let moved = server.printed("ready at ");
    assert!(moved.starts_with("https://0.0.0.0:"), "{moved}");
}

#[test]
fn with_accounts_nobody_gets_in_without_signing_in() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    assert_eq!(root.get("/library").status, 200);
    let stranger = Browser::new(&server);
    for page in [
        "/",
        "/ask?q=gauges",
        "/search?q=gauges",
        "/documents/1",
        "/documents/1/original",
        "/library",
        "/answers/x",
        "/account",
    ] {
        let reply = stranger.get(page);
        assert_eq!(
            (reply.status, reply.location),
            (303, format!("/sign-in?back={}", encoded_address(page))),
            "{page}"
        );
    }
    for address in [
        "/api/ask?q=gauges",
        "/api/search?q=gauges",
        "/api/library",
        "/api/documents/1",
        "/api/ask/stream?q=x",
    ] {
        let reply = stranger.get(address);
        assert_eq!(reply.status, 401, "{address}");
        assert!(reply.body.contains("sign-in"), "{}", reply.body);
    }
    assert_eq!(
        stranger.json("/health").as_object().unwrap().len(),
        2,
        "no figures for strangers"
    );
    let back = stranger.get("/sign-in?back=%2Fsearch%3Fq%3Dgauges");
    assert!(back.body.contains("value=\"/search?q=gauges\""), "{}", back.body);
}

fn encoded_address(page: &str) -> String {
    page.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D")
}

#[test]
fn a_session_ends_with_sign_out_and_a_wrong_password_opens_nothing() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mut guessing = Browser::new(&server);
    let refused = guessing.post(
        "/sign-in",
        &[
            ("name", "root"),
            ("password", "a wrong password"),
            ("back", "/library"),
        ],
    );
    assert_eq!(refused.status, 401);
    assert!(
        refused.body.contains("The name or the password is wrong")
            && !refused.body.contains("a wrong password")
    );
    let mut second = server.sign_in("ROOT", PASSWORD);
    assert_ne!(root.cookie(), second.cookie());
    let account = root.get("/account").body;
    assert_eq!(
        account.matches("/account/sessions/").count(),
        1,
        "the other browser can be signed out: {account}"
    );
    assert_eq!(second.post("/sign-out", &[]).location, "/sign-in");
    assert_eq!(second.get("/").status, 303);
    let stolen = root.clone();
    root.post(
        "/account/password",
        &[("old", PASSWORD), ("new", "twelve nuts in a bag")],
    );
    assert_eq!(
        stolen.get("/").status,
        200,
        "the session in which it was changed goes on"
    );
    root.post("/sign-out", &[]);
    assert_eq!(
        stolen.get("/").status,
        303,
        "the server forgets the session, not only the browser"
    );
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let folders = folders();
    let server = serve(&folders);
    server.set_up("root", PASSWORD);
    let mut browser = Browser::new(&server);
    let reply = browser.post("/sign-in", &[("name", "root"), ("password", PASSWORD)]);
    let cookie = reply.cookies.concat();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    let forged = agent
        .post(format!("{}/sign-out", server.address))
        .header("cookie", browser.cookie())
        .header("origin", "http://evil.example")
        .send_empty()
        .unwrap();
    assert_eq!(forged.status(), 403);
    assert_eq!(browser.get("/").status, 200);
}

#[test]
fn who_put_a_session_into_somebodys_browser_is_not_signed_in_with_them() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mallory = join(&server, &mut root, "mallory", "staff");
    // One that was never opened, and one that is open already.
    for attacker in [Browser::signed_in(&server, &"a".repeat(64)), mallory] {
        let before = attacker.get("/account");
        let mut victim = attacker.clone();
        let reply = victim.post("/sign-in", &[("name", "root"), ("password", PASSWORD)]);
        assert_eq!((reply.status, reply.cookies.len()), (303, 1));
        assert_ne!(victim.cookie(), attacker.cookie());
        assert!(victim.get("/admin").status == 200 && attacker.get("/admin").status != 200);
        let after = attacker.get("/account");
        assert_eq!((after.status, after.location), (before.status, before.location));
    }
}

#[test]
fn a_person_ends_a_session_of_their_own_and_no_other() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mut ana = join(&server, &mut root, "ana", "staff");
    let ben = join(&server, &mut root, "ben", "staff");
    let there = |name: &str| server.sign_in(name, PASSWORD);
    let (forgotten, kept, bens) = (there("ana"), there("ana"), there("ben"));
    // The page has no button for the session in which it is looked at.
    let buttons = |browser: &Browser<'_>| -> Vec<String> {
        let page = browser.get("/account").body;
        let forms = page.split("action=\"").skip(1);
        let ends = forms.filter_map(|form| form.split('"').next());
        ends.filter(|end| end.starts_with("/account/sessions/"))
            .map(str::to_owned)
            .collect()
    };
    let [of_ben] = &buttons(&ben)[..] else {
        panic!("{:?}", buttons(&ben))
    };
    assert_eq!(ana.post(of_ben, &[]).location, "/account");
    assert_eq!((ben.get("/").status, bens.get("/").status), (200, 200));
    let noted = || root.json("/api/admin/audit?action=sessions-ended")["total"].clone();
    assert_eq!(noted(), 0, "what did not happen");
    let of_kept = buttons(&kept);
    let both = buttons(&ana);
    assert_eq!((of_kept.len(), both.len()), (2, 2));
    let of_forgotten = both.iter().find(|end| of_kept.contains(end)).unwrap();
    assert_eq!(ana.post(of_forgotten, &[]).location, "/account");
    assert_eq!(forgotten.get("/").status, 303);
    for browser in [&ana, &kept, &ben, &bens, &root] {
        assert_eq!(browser.get("/").status, 200);
    }
    assert_eq!(noted(), 1);
}

#[test]
fn a_session_ends_after_the_hours_that_are_set_without_use_and_in_any_case() {
    let folders = folders();
    let hours = [
        ("GEMBA_ACCOUNTS_IDLE_HOURS", "2"),
        ("GEMBA_ACCOUNTS_SESSION_HOURS", "5"),
    ];
    let server = folders.serve_with(&hours);
    server.set_up("root", PASSWORD);
    let path = gemba::store::DataPaths::of(folders.data.path()).store;
    let address = format!("sqlite:{}", path.display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (used, began, status) in [(1, 1, 200), (3, 3, 303), (1, 4, 200), (0, 6, 303)] {
        let browser = server.sign_in("root", PASSWORD);
        runtime.block_on(async {
            let store = sqlx::SqlitePool::connect(&address).await.unwrap();
            let moved = sqlx::query(
                "UPDATE sessions SET seen_ms = seen_ms - ?1 * 3600000, created_ms = created_ms - ?2 * 3600000 \
                 WHERE id = (SELECT MAX(id) FROM sessions)",
            );
            moved.bind(used).bind(began).execute(&store).await.unwrap();
            store.close().await;
        });
        let found = browser.get("/").status;
        assert_eq!(found, status, "used {used} hours ago, begun {began} hours ago");
    }
}

#[test]
fn only_an_administrator_retries_a_file() {
    let folders = folders();
    folders.write("quality/broken.pdf", "no PDF at all");
    let server = serve(&folders);
    server.wait_until_state("quality/broken.pdf", "failed");
    let id = server.document_id("quality/broken.pdf");
    let mut root = server.set_up("root", PASSWORD);
    let password = folders
        .run("people", &["add", "ines", "--role", "inspector"])
        .output
        .trim()
        .to_owned();
    folders.run("groups", &["grant", "Everyone", "--all"]);
    let mut ines = server.sign_in("ines", &password);
    let retry = format!("/library/{id}/retry");
    assert!(!ines.get("/library").body.contains(&retry) && root.get("/library").body.contains(&retry));
    assert_eq!(ines.post(&retry, &[]).status, 403);
    assert_eq!(root.post(&retry, &[("back", "/library")]).status, 303);
}

#[test]
fn where_the_documents_lie_on_the_machine_is_said_to_administrators_alone() {
    let folders = Folders::new();
    let server = folders.serve();
    let root = server.set_up("root", PASSWORD);
    let password = folders.run("people", &["add", "ana"]).output.trim().to_owned();
    let ana = server.sign_in("ana", &password);
    let folder = folders.documents.path().to_str().unwrap();
    for address in ["/", "/library"] {
        let (told, other) = (root.get(address).body, ana.get(address).body);
        assert!(told.contains(folder), "{address}: {told}");
        assert!(!other.contains(folder), "{address}: {other}");
        assert!(
            other.contains("As soon as there are documents"),
            "{address}: {other}"
        );
    }
}
