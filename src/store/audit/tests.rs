//! The audit log over a real store: nothing changes it, and only time takes rows away.

use tempfile::TempDir;

use super::*;
use crate::domain::Person;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

async fn store(questions: bool) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("gemba.sqlite")).await.unwrap();
    (folder, store.keeping_questions(questions))
}

fn asked(question: &str) -> NewEntry {
    let staff = Person::at_the_machine().staff();
    let shown = Shown {
        document: crate::domain::DocumentId(3),
        generation: Some(crate::domain::GenerationId(7)),
        path: "quality/量具.md".to_owned(),
        passages: vec![crate::domain::PassageId(11)],
    };
    NewEntry::of(&staff, Action::Asked, question)
        .with("answered")
        .showing(vec![shown])
}

async fn all(store: &Store) -> Vec<AuditEntry> {
    store
        .audit_page(&AuditQuery::default(), 0, 1_000)
        .await
        .unwrap()
        .0
}

/// A row as it would have been written `days` ago.
async fn written_ago(store: &Store, subject: &str, days: i64) {
    sqlx::query("INSERT INTO audit (at_ms, name, action, subject, detail, address, shown) VALUES (?1, '', 'asked', ?2, '', '', '[]')")
        .bind(now_ms() - days * DAY_MS)
        .bind(subject)
        .execute(&store.writer)
        .await
        .unwrap();
}

#[tokio::test]
async fn no_statement_changes_replaces_or_removes_a_row() {
    let (_folder, store) = store(true).await;
    store
        .record(&asked("How often are gauges calibrated?"))
        .await
        .unwrap();
    written_ago(&store, "long ago", 4_000).await;
    let before = all(&store).await;
    for statement in [
        "UPDATE audit SET subject = 'nothing'",
        "UPDATE audit SET at_ms = 0",
        "UPDATE OR REPLACE audit SET id = 1 WHERE id = 2",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
        "INSERT OR REPLACE INTO audit (id, at_ms, name, action, subject, detail, address, shown) \
         VALUES (1, 0, '', '', '', '', '', '[]')",
        "REPLACE INTO audit SELECT id, 0, person, name, action, '', detail, address, shown FROM audit",
        "INSERT INTO audit (id, at_ms, name, action, subject, detail, address, shown) \
         VALUES (1, 0, '', '', '', '', '', '[]') ON CONFLICT (id) DO UPDATE SET subject = ''",
        "UPDATE audit_horizon SET before_ms = unixepoch() * 1000",
        "INSERT INTO audit_horizon (before_ms) VALUES (unixepoch() * 1000)",
    ] {
        let refused = sqlx::query(statement).execute(&store.writer).await;
        assert!(refused.is_err(), "{statement}");
        assert_eq!(all(&store).await, before, "{statement}");
    }
    sqlx::query("DELETE FROM audit_horizon")
        .execute(&store.writer)
        .await
        .unwrap();
    let refused = sqlx::query("DELETE FROM audit").execute(&store.writer).await;
    assert!(refused.is_err(), "without a horizon everything is kept");
}

#[tokio::test]
async fn retention_removes_what_is_old_and_nothing_that_is_younger_than_a_day() {
    let (_folder, store) = store(true).await;
    written_ago(&store, "two years ago", 730).await;
    written_ago(&store, "a month ago", 30).await;
    store.record(&asked("today")).await.unwrap();
    assert_eq!(store.purge_audit(now_ms() - 365 * DAY_MS).await.unwrap(), 1);
    let left: Vec<String> = all(&store).await.into_iter().map(|row| row.subject).collect();
    assert_eq!(left, ["today", "a month ago"]);
    assert_eq!(store.purge_audit(i64::MAX).await.unwrap(), 1);
    assert_eq!(all(&store).await.len(), 1);
    let refused = sqlx::query("DELETE FROM audit").execute(&store.writer).await;
    assert!(refused.is_err(), "the horizon lies at nothing again");
}

#[tokio::test]
async fn without_questions_the_log_says_that_somebody_asked_and_what_was_shown() {
    let (_folder, store) = store(false).await;
    store.record(&asked("Is my wage being cut?")).await.unwrap();
    let row = all(&store).await.remove(0);
    assert_eq!((row.action.as_str(), row.subject.as_str()), ("asked", ""));
    assert_eq!(row.shown[0].path, "quality/量具.md");
    let found: i64 =
        sqlx::query("SELECT COUNT(*) FROM audit WHERE audit.subject || detail || shown LIKE '%wage%'")
            .fetch_one(&store.reader)
            .await
            .unwrap()
            .get(0);
    assert_eq!(found, 0);
}

#[tokio::test]
async fn rows_are_found_by_text_person_action_and_time_page_by_page() {
    let (_folder, store) = store(true).await;
    for number in 0..5 {
        store
            .record(&asked(&format!("question 10{number}%")))
            .await
            .unwrap();
    }
    let ana = NewEntry {
        name: "Ana".to_owned(),
        person: Some(PersonId(4)),
        ..NewEntry::of(&Person::at_the_machine().staff(), Action::Opened, "hr/leave.txt")
    };
    store.record(&ana).await.unwrap();
    let found = async |query: AuditQuery| store.audit_page(&query, 0, 10).await.unwrap().1;
    let text = |text: &str| AuditQuery {
        text: Some(text.to_owned()),
        ..AuditQuery::default()
    };
    assert_eq!(found(text("量具")).await, 5);
    assert_eq!(found(text("103%")).await, 1);
    assert_eq!(found(text("1_3")).await, 0, "no wildcards");
    let person = AuditQuery {
        person: Some("ana".to_owned()),
        ..AuditQuery::default()
    };
    assert_eq!(found(person).await, 1);
    let action = AuditQuery {
        action: Some(Action::Asked),
        from_ms: Some(now_ms() - DAY_MS),
        ..AuditQuery::default()
    };
    assert_eq!(found(action.clone()).await, 5);
    let before = AuditQuery {
        to_ms: Some(now_ms() - DAY_MS),
        ..action.clone()
    };
    assert_eq!(found(before).await, 0);
    let (page, total) = store.audit_page(&action, 2, 2).await.unwrap();
    let subjects: Vec<&str> = page.iter().map(|row| row.subject.as_str()).collect();
    assert_eq!((subjects, total), (vec!["question 102%", "question 101%"], 5));
    let older = store.audit_before(&action, Some(page[0].id), 10).await.unwrap();
    assert_eq!(older.len(), 2);
}

#[tokio::test]
async fn what_is_written_later_is_there_when_the_store_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gemba.sqlite");
    let store = Store::open(&path).await.unwrap();
    for _ in 0..50 {
        store.record_later(asked("later"));
    }
    store.close().await;
    assert_eq!(all(&Store::open(&path).await.unwrap()).await.len(), 50);
}

fn typed(words: &str) -> NewEntry {
    let staff = Person::at_the_machine().staff();
    NewEntry::of(&staff, Action::Searched, words)
}

#[tokio::test]
async fn what_is_being_typed_is_written_down_before_the_store_is_closed() {
    let (folder, store) = store(true).await;
    for words in ["ga", "gauge", "gau"] {
        store.record_once_settled(typed(words));
    }
    assert!(all(&store).await.is_empty());
    store.close().await;
    let again = Store::open(&folder.path().join("gemba.sqlite")).await.unwrap();
    let rows = all(&again).await;
    assert_eq!(
        rows.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(),
        ["gau"]
    );
}
