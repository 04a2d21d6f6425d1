//! Verified answers that are not in force any more: for whom they wait.

use gemba::domain::{PersonId, Readable, VerifiedId};
use gemba::store::{DataPaths, NewVerified, Store};
use serde_json::Value;

use crate::administration::{PASSWORD, join};
use crate::review::{LEAVE, QUESTION, ask, folders, serve, state, verify};
use crate::support::{Browser, Folders};

fn waiting(browser: &Browser<'_>) -> usize {
    let inbox = browser.json("/api/review/inbox");
    inbox["waiting"].as_array().unwrap().len()
}

#[test]
fn a_verified_answer_whose_owner_cannot_be_told_waits_for_every_inspector_who_may_read_what_it_rests_on() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    folders.run("groups", &["grant", "Everyone", "press"]);
    folders.run("groups", &["add", "Office"]);
    folders.run("groups", &["grant", "Office", "hr"]);
    let mut ines = join(&server, &mut root, "ines", "inspector");
    let ivan = join(&server, &mut root, "ivan", "inspector");
    folders.run("groups", &["join", "Office", "ines"]);
    verify(&mut ines, QUESTION, "");
    folders.write("hr/leave.md", LEAVE.replace("27", "28"));
    server.wait_until("its owner is told", |_| waiting(&ines) == 1);
    assert_eq!((waiting(&root), waiting(&ivan)), (0, 0), "nobody else is");
    let role = |role: &str| {
        let set = folders.run("people", &["role", "ines", role]);
        assert_eq!(set.code, Some(0), "{set:?}");
    };
    role("staff");
    assert_eq!(
        (waiting(&root), waiting(&ivan)),
        (1, 0),
        "not who may not read it"
    );
    folders.run("groups", &["join", "Office", "ivan"]);
    assert_eq!((waiting(&root), waiting(&ivan)), (1, 1));
    assert!(ivan.get("/review/inbox").body.contains(QUESTION));
    role("inspector");
    assert_eq!((waiting(&root), waiting(&ivan), waiting(&ines)), (0, 0, 1));
    folders.run("groups", &["leave", "Office", "ines"]);
    assert_eq!((waiting(&root), waiting(&ivan), waiting(&ines)), (1, 1, 0));
    folders.run("groups", &["join", "Office", "ines"]);
    assert_eq!((waiting(&root), waiting(&ivan), waiting(&ines)), (0, 0, 1));
    folders.run("people", &["disable", "ines"]);
    assert_eq!((waiting(&root), waiting(&ivan)), (1, 1));
}

/// Lets the time of a verified answer be over since yesterday.
fn let_expire(folders: &Folders, id: i64, owner: i64) -> i64 {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&DataPaths::of(folders.data.path()).store)
            .await
            .unwrap();
        let id = VerifiedId(id);
        let found = store.verified(id, &Readable::Everything).await.unwrap().unwrap();
        assert_eq!(found.owner, Some(PersonId(owner)));
        let yesterday = found.answer.verified_ms - DAY;
        let expired = NewVerified {
            questions: &found.answer.questions,
            statements: &found.answer.statements,
            owner: found.owner,
            owner_name: &found.answer.owner,
            expires_ms: yesterday,
        };
        store.keep_verified(Some(id), &expired).await.unwrap();
        store.close().await;
        yesterday
    })
}

#[test]
fn a_verified_answer_whose_time_is_over_is_not_shown_and_waits_for_its_owner() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    folders.run("groups", &["grant", "Everyone", "--all"]);
    let mut ines = join(&server, &mut root, "ines", "inspector");
    let ana = join(&server, &mut root, "ana", "staff");
    let id = verify(&mut ines, QUESTION, "");
    assert_eq!(ask(&ana, QUESTION)["verified"]["owner"], "ines");
    let yesterday = let_expire(&folders, id, 2);
    assert_eq!(state(&ines, id), "expired");
    let given = ask(&ana, QUESTION);
    assert_eq!(given["verified"], Value::Null);
    assert_eq!(given["verdict"], "answered", "the documents answer as they did");
    let page = ana
        .get(&format!("/ask?q={}", crate::support::encoded(QUESTION)))
        .body;
    assert!(!page.contains("Verified by"), "{page}");
    assert!(!ana.get("/ask/suggestions?q=paid").body.contains("true"));
    assert_eq!((waiting(&ines), waiting(&root)), (1, 0));
    let date = chrono::DateTime::from_timestamp_millis(yesterday).unwrap();
    let date = date.with_timezone(&chrono::Local).format("%-d %b %Y").to_string();
    let page = ines.get("/review/inbox").body;
    assert!(page.contains(&format!("Its time was over on {date}.")), "{page}");
    let form = ines.get(&format!("/review/verified/{id}")).body;
    assert!(
        form.contains("is not shown") && form.contains("Its time was over"),
        "{form}"
    );
}
