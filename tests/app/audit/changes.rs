//! What administrators change is written down, and for how long rows are kept.

use super::row;
use crate::administration::{PASSWORD, folders, join, serve};
use crate::support::Browser;

/// Where a form is sent, its fields, and the action and the subject of the row that it makes.
type Change<'form> = (
    &'form str,
    &'form [(&'form str, &'form str)],
    &'form str,
    &'form str,
);

#[test]
fn everything_that_administrators_change_is_in_the_log_with_what_it_was_done_to() {
    let folders = folders();
    folders.write("quality/broken.pdf", "no PDF at all");
    let server = serve(&folders);
    server.wait_until_state("quality/broken.pdf", "failed");
    let retry = format!("/library/{}/retry", server.document_id("quality/broken.pdf"));
    let mut root = server.set_up("root", PASSWORD);
    join(&server, &mut root, "ana", "staff");
    let service = [("name", "line 4"), ("role", "staff"), ("kind", "service")];
    let key = [("name", "terminal"), ("days", "30"), ("scope", "ask")];
    let (granted, none) = (
        [("collection", "quality"), ("listed", "2"), ("group", "2")],
        [("listed", "2")],
    );
    let standing = [("role", "inspector"), ("let_in", "yes")];
    let changes: [Change<'_>; 17] = [
        ("/admin/people", &service, "account-added", "line 4"),
        ("/admin/groups", &[("name", "Wages")], "group-added", "Wages"),
        ("/admin/grants", &granted, "granted", "Wages"),
        ("/admin/grants", &granted[..2], "revoked", "Wages"),
        (
            "/admin/groups/2/members",
            &[("listed", "2"), ("person", "2")],
            "member-added",
            "Wages",
        ),
        ("/admin/people/2/groups", &none, "member-removed", "Wages"),
        ("/admin/groups/2/remove", &[], "group-removed", "Wages"),
        ("/admin/people/2/standing", &standing, "account-changed", "ana"),
        ("/admin/people/2/link", &[], "link-made", "ana"),
        ("/admin/people/2/sign-out", &[], "sessions-ended", "ana"),
        ("/admin/people/3/keys", &key, "key-made", "line 4"),
        ("/admin/people/3/keys/1/revoke", &[], "key-revoked", "line 4"),
        (
            "/kiosks",
            &[("name", "Press 7"), ("folder", "presses")],
            "kiosk-added",
            "Press 7",
        ),
        ("/kiosks/1/remove", &[], "kiosk-removed", "Press 7"),
        ("/admin/models", &[("model", "")], "model-chosen", "none"),
        ("/admin/indexes/order", &[], "indexes-ordered", ""),
        (&retry, &[], "retried", "quality/broken.pdf"),
    ];
    for (address, fields, action, subject) in changes {
        let before = count(&root, action);
        let reply = root.post(address, fields);
        assert!(matches!(reply.status, 200 | 303), "{address}: {}", reply.body);
        root.wait_until("/api/admin/audit", |_| count(&root, action) == before + 1);
        let row = row(&root, action);
        assert_eq!(
            (&row["name"], &row["subject"], &row["address"]),
            (&"root".into(), &subject.into(), &"127.0.0.1".into()),
            "{address}: {row}"
        );
    }
}

/// How many rows of this action there are.
fn count(root: &Browser<'_>, action: &str) -> u64 {
    let log = root.json(&format!("/api/admin/audit?action={action}"));
    log["total"].as_u64().unwrap()
}

#[test]
fn a_server_that_starts_forgets_the_rows_that_are_older_than_it_is_told_to_keep() {
    let folders = folders();
    folders.serve().set_up("root", PASSWORD);
    let path = gemba::store::DataPaths::of(folders.data.path()).store;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let address = format!("sqlite:{}", path.display());
        let store = sqlx::SqlitePool::connect(&address).await.unwrap();
        for days in [40, 20] {
            let row = sqlx::query(
                "INSERT INTO audit (at_ms, name, action, subject, detail, address, shown) \
                 VALUES ((unixepoch() - ?1 * 86400) * 1000, 'ana', 'searched', ?1 || ' days ago', '', '', '[]')",
            );
            row.bind(days).execute(&store).await.unwrap();
        }
        store.close().await;
    });
    let server = folders.serve_with(&[("GEMBA_AUDIT_RETENTION_DAYS", "30")]);
    let root = server.sign_in("root", PASSWORD);
    root.wait_until("/api/admin/audit", |log| !log.contains("40 days ago"));
    let log = root.get("/api/admin/audit").body;
    assert!(log.contains("20 days ago") && log.contains("\"set-up\""), "{log}");
}

/// The newest rows of whoever did something, as action and subject, the oldest first.
pub fn trail(root: &Browser<'_>, person: &str) -> Vec<(String, String)> {
    let log = root.json(&format!("/api/admin/audit?person={person}"));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let rows = log["entries"].as_array().unwrap().iter().rev();
    rows.map(|row| (text(&row["action"]), text(&row["subject"])))
        .collect()
}
