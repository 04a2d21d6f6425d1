//! API keys: what they open, what they do not, and when they end.

use serde_json::json;

use crate::administration::{PASSWORD, between, folders, join, serve};
use crate::support::{Browser, Folders, Server, encoded, files_below};

/// Makes a key for whoever is signed in.
#[track_caller]
fn make(browser: &mut Browser<'_>, scopes: &[&str]) -> String {
    let mut fields = vec![("name", "a script"), ("days", "30")];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    let made = browser.post("/account/keys", &fields);
    assert_eq!(made.status, 200, "{}", made.body);
    format!("gemba_{}", between(&made.body, "gemba_", "<"))
}

fn status(server: &Server, path: &str, key: &str) -> u16 {
    let bearer = format!("Bearer {key}");
    // Not as somebody who opens a page, who would be led to the sign-in.
    server
        .get_with(path, &[("authorization", &bearer), ("sec-fetch-mode", "cors")])
        .0
}

/// Whether any file of the data folder holds these bytes.
fn is_kept(folders: &Folders, secret: &str) -> bool {
    files_below(folders.data.path()).iter().any(|file| {
        let bytes = std::fs::read(folders.data.path().join(file)).unwrap_or_default();
        bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    })
}

const ADDRESSES: [(&str, &str); 9] = [
    ("ask", "/api/ask?q=gauges"),
    ("ask", "/api/ask/stream?q=gauges"),
    ("search", "/api/search?q=gauges"),
    ("library", "/api/library"),
    ("library", "/api/documents/1"),
    ("upload", "/api/library/passed"),
    ("review", "/api/review/inbox"),
    ("review", "/api/review/verified"),
    ("administration", "/api/admin/people"),
];

#[test]
fn a_key_opens_what_it_is_for_and_nothing_else() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    for scope in ["ask", "search", "library", "upload", "review", "administration"] {
        let key = make(&mut root, &[scope]);
        for (needed, address) in ADDRESSES {
            // Whoever uploads looks what became of it.
            let listed = scope == "upload" && address == "/api/library";
            let expected = if needed == scope || listed { 200 } else { 403 };
            assert_eq!(status(&server, address, &key), expected, "{scope}: {address}");
        }
        for page in [
            "/",
            "/library",
            "/admin",
            "/account",
            "/documents/1/original",
            "/ask/stream?q=x",
        ] {
            assert_ne!(status(&server, page, &key), 200, "{scope}: {page}");
        }
        assert!(!is_kept(&folders, &key) && !server.log_contains(&key));
        assert!(!root.get("/account").body.contains(&key), "it is shown once");
        assert!(!root.get("/admin/log").body.contains(&key));
    }
    // Without the scope a key of an administrator does what staff do.
    let library = make(&mut root, &["library", "ask"]);
    assert_eq!(
        server
            .call("POST", "/api/library/1/retry", &library, &json!(null))
            .0,
        403
    );
    let wrong = server.get_with("/api/library", &[("authorization", "Bearer gemba_0123")]);
    assert_eq!(wrong.0, 401);
    let basic = [
        ("authorization", "Basic cm9vdDpyb290"),
        ("cookie", &root.cookie()),
    ];
    assert_eq!(
        server.get_with("/api/library", &basic).0,
        401,
        "a cookie does not stand in for a wrong key"
    );
}

#[test]
fn a_script_that_uploads_needs_no_key_with_which_accounts_can_be_made() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let (reading, key) = (make(&mut root, &["library"]), make(&mut root, &["upload"]));
    let content = "# Oven 2\n\nThe tempering oven is cleaned with vinegar on Fridays.\n";
    let about = json!({
        "folder": "quality", "name": "oven.md", "size": content.len(),
        "hash": blake3::hash(content.as_bytes()).to_hex().as_str(),
    });
    let uploads = "/api/library/uploads";
    assert_eq!(server.call("POST", uploads, &reading, &about).0, 403);
    assert_eq!(server.call("POST", uploads, &key, &about).0, 200);
    let field = |name: &str| encoded(about[name].as_str().unwrap());
    let piece = format!(
        "{}{uploads}/piece?folder=quality&name=oven.md&size={}&hash={}&offset=0",
        server.address,
        about["size"],
        field("hash")
    );
    let sent = ureq::put(piece)
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", "application/octet-stream")
        .send(content);
    assert_eq!(sent.unwrap().status(), 200);
    let (status, ended) = server.call("POST", &format!("{uploads}/end"), &key, &about);
    assert_eq!(status, 200, "{ended}");
    let state = "/api/library/uploads/state?path=quality/oven.md&hash=";
    let state = format!("{state}{}", field("hash"));
    let bearer = format!("Bearer {key}");
    server.wait_until("the file is searchable", |server| {
        let (_, body) = server.get_with(&state, &[("authorization", &bearer)]);
        body.contains("\"searchable\"")
    });
    let mut ana = join(&server, &mut root, "ana", "staff");
    let fields = [("name", "x"), ("days", "30"), ("scope", "upload")];
    assert_eq!(ana.post("/account/keys", &fields).status, 422);
}

#[test]
fn a_key_reads_what_its_holder_reads_and_ends_with_its_holder() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let mut ana = join(&server, &mut root, "ana", "staff");
    root.post(
        "/admin/grants",
        &[("collection", "quality"), ("listed", "1"), ("group", "1")],
    );
    let key = make(&mut ana, &["search", "library"]);
    let bearer = format!("Bearer {key}");
    let listed = |server: &Server| server.get_with("/api/library", &[("authorization", &bearer)]).1;
    let shown = listed(&server);
    assert!(
        shown.contains("gauges.md") && !shown.contains("payroll"),
        "{shown}"
    );
    let refused = ana.post(
        "/account/keys",
        &[("name", "x"), ("days", "30"), ("scope", "administration")],
    );
    assert_eq!(refused.status, 422, "staff make no keys for administration");
    let refused = ana.post(
        "/account/keys",
        &[("name", "x"), ("days", "30"), ("scope", "review")],
    );
    assert_eq!(refused.status, 422, "nor for reviews");
    let mut ines = join(&server, &mut root, "ines", "inspector");
    let reviewing = make(&mut ines, &["review"]);
    assert_eq!(status(&server, "/api/review/inbox", &reviewing), 200);
    assert_eq!(
        status(&server, "/api/review/missing", &reviewing),
        403,
        "no administrator"
    );
    for wrong in [("days", "0"), ("days", "400"), ("name", "")] {
        let mut fields = vec![("name", "x"), ("days", "30"), ("scope", "ask")];
        fields.retain(|(name, _)| *name != wrong.0);
        fields.push(wrong);
        assert_eq!(ana.post("/account/keys", &fields).status, 422, "{wrong:?}");
    }
    assert_eq!(
        ana.post("/account/keys", &[("name", "x"), ("days", "30")]).status,
        422
    );
    assert!(
        !root.get("/admin/people/2").body.contains("last used: never"),
        "its last use is listed"
    );
    root.post("/admin/people/2/standing", &[("role", "staff")]);
    assert_eq!(status(&server, "/api/library", &key), 401, "she is kept out");
    root.post(
        "/admin/people/2/standing",
        &[("role", "staff"), ("let_in", "yes")],
    );
    assert_eq!(status(&server, "/api/library", &key), 200);
    let mut other = join(&server, &mut root, "eve", "staff");
    assert_eq!(
        other.post("/account/keys/1/revoke", &[]).status,
        404,
        "nobody revokes the key of another"
    );
    root.post("/admin/people/2/keys/1/revoke", &[]);
    assert_eq!(status(&server, "/api/library", &key), 401, "revoked at once");
}

#[test]
fn a_program_has_an_account_with_which_nobody_signs_in() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let made = root.post(
        "/admin/people",
        &[("name", "line 4"), ("role", "staff"), ("kind", "service")],
    );
    assert_eq!(made.location, "/admin/people/2");
    root.post(
        "/admin/grants",
        &[("collection", "quality"), ("listed", "1"), ("group", "1")],
    );
    let fields = [("name", "terminal"), ("days", "365"), ("scope", "ask")];
    let page = root.post("/admin/people/2/keys", &fields).body;
    let key = format!("gemba_{}", between(&page, "gemba_", "<"));
    assert_eq!(status(&server, "/api/ask?q=gauges", &key), 200);
    root.wait_until("/api/admin/audit?action=asked", |body| {
        body.contains("line 4 (key terminal)")
    });
    let mut guess = Browser::new(&server);
    assert_eq!(
        guess
            .post("/sign-in", &[("name", "line 4"), ("password", "")])
            .status,
        401
    );
    assert_eq!(
        root.post("/admin/people/2/link", &[]).status,
        409,
        "it chooses no password"
    );
    assert_eq!(
        root.post("/admin/people/1/keys", &fields).status,
        404,
        "people make their own keys"
    );
}

#[test]
fn scripts_look_after_people_groups_and_grants() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let fields = [
        ("name", "provisioning"),
        ("scope", "administration"),
        ("days", "30"),
    ];
    let key = between(&root.post("/account/keys", &fields).body, "gemba_", "<").to_owned();
    let key = format!("gemba_{key}");
    let call = |method: &str, path: &str, body: serde_json::Value| server.call(method, path, &key, &body);
    let (status, made) = call("POST", "/api/admin/people", json!({ "name": "ana" }));
    assert_eq!(status, 201, "{made}");
    assert!(
        made["link"].as_str().unwrap().contains("/invitation?key="),
        "{made}"
    );
    let (status, group) = call("POST", "/api/admin/groups", json!({ "name": "Quality" }));
    assert_eq!((status, &group["id"]), (201, &json!(2)));
    for (method, path, body, expected) in [
        ("PUT", "/api/admin/groups/2/members/2", json!(null), 204),
        (
            "POST",
            "/api/admin/groups/2/grants",
            json!({ "collection": "quality", "granted": true }),
            204,
        ),
        (
            "POST",
            "/api/admin/groups/2/grants",
            json!({ "granted": true }),
            400,
        ),
        (
            "POST",
            "/api/admin/groups/9/grants",
            json!({ "collection": "quality", "granted": true }),
            404,
        ),
        (
            "PATCH",
            "/api/admin/people/2",
            json!({ "role": "inspector" }),
            204,
        ),
        ("PATCH", "/api/admin/people/1", json!({ "disabled": true }), 409),
        (
            "PATCH",
            "/api/admin/people/2",
            json!({ "rolle": "inspector" }),
            400,
        ),
        ("POST", "/api/admin/people", json!({ "name": "ana" }), 409),
        ("POST", "/api/admin/people/2/link", json!(null), 201),
    ] {
        let (status, answer) = call(method, path, body);
        assert_eq!(status, expected, "{method} {path}: {answer}");
    }
    let people = root.json("/api/admin/people");
    assert_eq!(people["people"][0]["name"], "ana");
    assert_eq!(people["people"][0]["effective"], "inspector");
    assert_eq!(people["people"][0]["readable"], json!(["quality"]));
    assert_eq!(people["people"][0].get("password"), None);
    assert_eq!(root.json("/api/admin/groups")["groups"][1]["members"], json!([2]));
    assert_eq!(
        call("DELETE", "/api/admin/groups/2/members/2", json!(null)).0,
        204
    );
    assert_eq!(call("DELETE", "/api/admin/groups/2", json!(null)).0, 204);
    let audit = root.json(&format!(
        "/api/admin/audit?person={}",
        encoded("(key provisioning)")
    ));
    assert!(audit["total"].as_u64().unwrap() >= 8, "{audit}");
    assert_eq!(root.get("/api/admin/audit?action=nonsense").status, 400);
}
