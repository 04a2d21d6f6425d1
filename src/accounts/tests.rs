//! Accounts over a real store.

use std::collections::BTreeSet;

use tempfile::TempDir;

use super::*;
use crate::config::Config;
use crate::domain::{Administrator, Collection, Readable};

const PASSWORD: &str = "eleven bolts in a box";

async fn accounts() -> (TempDir, Accounts) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("gemba.sqlite")).await.unwrap();
    (folder, Accounts::new(store, &Config::default().accounts).unwrap())
}

fn origin() -> Origin {
    Origin {
        address: [192, 168, 1, 7].into(),
        agent: "a test".to_owned(),
    }
}

/// Accounts with a first administrator, who is signed in.
async fn set_up() -> (TempDir, Accounts, Administrator) {
    let (folder, accounts) = accounts().await;
    let link = accounts.invite_first().unwrap();
    let session = accounts
        .set_up(link.reveal(), "Root", PASSWORD, false, &origin())
        .await
        .unwrap();
    let visit = accounts.identify(session.reveal()).await.unwrap().unwrap();
    let administrator = visit.staff.administrator().unwrap();
    (folder, accounts, administrator)
}

async fn staff(accounts: &Accounts, name: &str) -> Staff {
    let session = accounts.sign_in(name, PASSWORD, &origin()).await.unwrap();
    accounts.identify(session.reveal()).await.unwrap().unwrap().staff
}

#[tokio::test]
async fn the_set_up_link_makes_one_administrator_and_no_second_one() {
    let (_folder, accounts) = accounts().await;
    assert!(accounts.is_new().await.unwrap());
    assert!(accounts.at_the_machine().await.unwrap().is_some());
    let old = accounts.invite_first().unwrap();
    let link = accounts.invite_first().unwrap();
    for wrong in [old.reveal(), "", "guessed"] {
        let refused = accounts.set_up(wrong, "eve", PASSWORD, true, &origin()).await;
        assert!(matches!(refused, Err(AccountsError::SetUpLink)), "{wrong}");
    }
    let weak = accounts
        .set_up(link.reveal(), "root", "short", true, &origin())
        .await;
    assert!(matches!(weak, Err(AccountsError::Password)));
    accounts
        .set_up(link.reveal(), "root", PASSWORD, false, &origin())
        .await
        .unwrap();
    assert!(!accounts.is_new().await.unwrap());
    assert!(accounts.at_the_machine().await.unwrap().is_none());
    let again = accounts
        .set_up(link.reveal(), "eve", PASSWORD, true, &origin())
        .await;
    assert!(matches!(again, Err(AccountsError::SetUpLink)));
}

#[tokio::test]
async fn whoever_guesses_learns_nothing_and_has_to_wait() {
    let (_folder, accounts, _) = set_up().await;
    for _ in 0..5 {
        for name in ["root", "nobody"] {
            let refused = accounts.sign_in(name, "wrong password", &origin()).await;
            assert!(matches!(refused, Err(AccountsError::Wrong)), "{name}");
        }
    }
    let refused = accounts.sign_in("ROOT", PASSWORD, &origin()).await;
    assert!(matches!(refused, Err(AccountsError::Throttled(_))));
}

/// Signs in that often at once, as names and with passwords that `of` gives; returns what came of each.
async fn at_once(
    accounts: &Accounts,
    number: usize,
    of: impl Fn(usize) -> (String, &'static str),
) -> Vec<Result<Secret, AccountsError>> {
    let attempts = (0..number).map(|attempt| {
        let (name, password) = of(attempt);
        async move { accounts.sign_in(&name, password, &origin()).await }
    });
    futures::future::join_all(attempts).await
}

fn wrong(outcomes: &[Result<Secret, AccountsError>]) -> usize {
    let wrong = |outcome: &&Result<Secret, AccountsError>| matches!(outcome, Err(AccountsError::Wrong));
    outcomes.iter().filter(wrong).count()
}

#[tokio::test]
async fn whoever_guesses_many_times_at_once_tries_no_more_than_one_after_the_other() {
    let (_folder, accounts, _) = set_up().await;
    let one_account = at_once(&accounts, 100, |_| ("root".to_owned(), "a wrong password")).await;
    assert_eq!(wrong(&one_account), 5);
    let throttled = |outcome: &Result<Secret, AccountsError>| {
        matches!(outcome, Err(AccountsError::Wrong | AccountsError::Throttled(_)))
    };
    assert!(one_account.iter().all(throttled), "{one_account:?}");
    let names = at_once(&accounts, 100, |attempt| {
        (format!("person {attempt}"), "a wrong password")
    })
    .await;
    assert_eq!(
        wrong(&names),
        15,
        "twenty from one address, five of which were root's"
    );
}

#[tokio::test]
async fn many_behind_one_address_sign_in_at_once_and_so_does_one_in_many_browsers() {
    let (_folder, accounts, administrator) = set_up().await;
    for number in 0..40 {
        accounts
            .add_person(&administrator, &format!("person {number}"), PASSWORD, Role::Staff)
            .await
            .unwrap();
    }
    let people = at_once(&accounts, 40, |number| (format!("person {number}"), PASSWORD)).await;
    assert!(people.iter().all(Result::is_ok), "{people:?}");
    let browsers = at_once(&accounts, 12, |_| ("person 1".to_owned(), PASSWORD)).await;
    assert!(browsers.iter().all(Result::is_ok), "{browsers:?}");
    // A slip among them costs one attempt of the twenty.
    let slips = at_once(&accounts, 30, |number| {
        let password = if number % 3 == 0 {
            "a wrong password"
        } else {
            PASSWORD
        };
        (format!("person {number}"), password)
    })
    .await;
    assert_eq!(wrong(&slips), 10);
    assert_eq!(slips.iter().filter(|outcome| outcome.is_ok()).count(), 20);
}

#[tokio::test]
async fn another_password_is_not_found_by_guessing_the_old_one_many_times_at_once() {
    let (_folder, accounts, _) = set_up().await;
    let session = accounts.sign_in("root", PASSWORD, &origin()).await.unwrap();
    let visit = accounts.identify(session.reveal()).await.unwrap().unwrap();
    let from = origin();
    let guesses =
        (0..50).map(|_| accounts.change_password(&visit, "a wrong password", "twelve nuts in a bag", &from));
    let outcomes = futures::future::join_all(guesses).await;
    let wrong = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(AccountsError::Wrong)));
    assert_eq!(wrong.count(), 5, "{outcomes:?}");
}

#[tokio::test]
async fn what_a_person_may_do_and_read_follows_from_groups_at_once() {
    let (_folder, accounts, administrator) = set_up().await;
    let id = accounts
        .add_person(&administrator, "ana", PASSWORD, Role::Staff)
        .await
        .unwrap();
    let ana = staff(&accounts, "Ana").await;
    assert_eq!(
        (ana.role, ana.readable.clone()),
        (Role::Staff, Readable::Only(BTreeSet::new()))
    );
    let group = accounts
        .add_group(&administrator, "Quality", Some(Role::Inspector), None)
        .await
        .unwrap();
    let quality = Collection("quality".to_owned());
    accounts
        .set_grant(&administrator, group, Some(&quality), true)
        .await
        .unwrap();
    accounts
        .set_grant(&administrator, GroupId::EVERYONE, Some(&Collection::top()), true)
        .await
        .unwrap();
    accounts
        .set_member(&administrator, group, id, true)
        .await
        .unwrap();
    let ana = staff(&accounts, "ana").await;
    assert_eq!(ana.role, Role::Inspector);
    assert_eq!(ana.readable, Readable::Only([quality, Collection::top()].into()));
    accounts.remove_group(&administrator, group).await.unwrap();
    let ana = staff(&accounts, "ana").await;
    assert_eq!(
        (ana.role, ana.readable.clone()),
        (Role::Staff, Readable::Only([Collection::top()].into()))
    );
}

#[tokio::test]
async fn an_account_that_is_kept_out_is_out_at_once() {
    let (_folder, accounts, administrator) = set_up().await;
    let id = accounts
        .add_person(&administrator, "ana", PASSWORD, Role::Staff)
        .await
        .unwrap();
    let session = accounts.sign_in("ana", PASSWORD, &origin()).await.unwrap();
    accounts
        .set_standing(&administrator, id, Role::Staff, true)
        .await
        .unwrap();
    assert!(accounts.identify(session.reveal()).await.unwrap().is_none());
    let refused = accounts.sign_in("ana", PASSWORD, &origin()).await;
    assert!(matches!(refused, Err(AccountsError::Wrong)));
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let (_folder, accounts, administrator) = set_up().await;
    let root = administrator.id.unwrap();
    for (role, disabled) in [(Role::Staff, false), (Role::Administrator, true)] {
        let refused = accounts.set_standing(&administrator, root, role, disabled).await;
        assert!(matches!(refused, Err(AccountsError::LastAdministrator)));
    }
    accounts
        .add_person(&administrator, "second", PASSWORD, Role::Administrator)
        .await
        .unwrap();
    accounts
        .set_standing(&administrator, root, Role::Staff, false)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let (_folder, accounts, _) = set_up().await;
    let other = accounts.sign_in("root", PASSWORD, &origin()).await.unwrap();
    let own = accounts.sign_in("root", PASSWORD, &origin()).await.unwrap();
    let visit = accounts.identify(own.reveal()).await.unwrap().unwrap();
    let wrong = accounts
        .change_password(&visit, "not this one", "twelve nuts in a bag", &origin())
        .await;
    assert!(matches!(wrong, Err(AccountsError::Wrong)));
    accounts
        .change_password(&visit, PASSWORD, "twelve nuts in a bag", &origin())
        .await
        .unwrap();
    assert!(accounts.identify(other.reveal()).await.unwrap().is_none());
    assert!(accounts.identify(own.reveal()).await.unwrap().is_some());
    assert!(accounts.sign_in("root", PASSWORD, &origin()).await.is_err());
    accounts.sign_out(&visit).await.unwrap();
    assert!(accounts.identify(own.reveal()).await.unwrap().is_none());
}

#[test]
fn a_session_ends_when_it_is_not_used_and_in_any_case() {
    let limits = Limits {
        idle: Duration::from_secs(10),
        whole: Duration::from_secs(100),
    };
    let session = |created_ms, seen_ms| Session {
        id: SessionId(1),
        person: PersonId(1),
        created_ms,
        seen_ms,
        address: String::new(),
        agent: String::new(),
    };
    assert!(limits.alive(&session(0, 95_000), 99_999));
    assert!(!limits.alive(&session(0, 95_000), 105_000));
    assert!(!limits.alive(&session(0, 99_000), 100_000));
}

fn new_key(scopes: &[KeyScope]) -> NewKey<'static> {
    NewKey {
        name: "a script",
        scopes: scopes.iter().copied().collect(),
        days: 30,
    }
}

#[tokio::test]
async fn a_key_ends_by_itself_and_is_kept_as_a_hash() {
    let (folder, accounts, root) = set_up().await;
    let key = accounts
        .make_key(&root, &new_key(&[KeyScope::Ask]))
        .await
        .unwrap();
    let found = accounts.identify_key(key.reveal()).await.unwrap().unwrap();
    assert_eq!(found.visit.staff.role, Role::Staff, "no more than the key is for");
    assert_eq!(found.scopes, [KeyScope::Ask].into());
    assert!(accounts.keys(&root).await.unwrap()[0].seen_ms.is_some());
    let hash = Secret::given("gemba_of long ago").hash();
    let id = root.id.unwrap();
    accounts
        .store
        .add_key(&hash, id, "old", "ask", now_ms() - 1)
        .await
        .unwrap();
    assert!(
        accounts
            .identify_key("gemba_of long ago")
            .await
            .unwrap()
            .is_none()
    );
    accounts.tidy().await.unwrap();
    assert_eq!(
        accounts.keys(&root).await.unwrap().len(),
        2,
        "it is listed for a while"
    );
    accounts.store.close().await;
    let bytes = std::fs::read(folder.path().join("gemba.sqlite")).unwrap();
    let secret = key.reveal().as_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}

#[tokio::test]
async fn a_link_ends_after_its_time_and_another_takes_its_place() {
    let (_folder, accounts, root) = set_up().await;
    let (id, first) = accounts.invite_person(&root, "ana", Role::Staff).await.unwrap();
    let second = accounts.make_link(&root, id).await.unwrap();
    assert!(accounts.holder_of_link(first.reveal()).await.is_err());
    assert_eq!(
        accounts.holder_of_link(second.reveal()).await.unwrap().name,
        "ana"
    );
    accounts
        .store
        .set_link(id, &second.hash(), now_ms() - 1)
        .await
        .unwrap();
    for refused in [
        accounts.use_link(second.reveal(), PASSWORD, &origin()).await,
        accounts.use_link("", PASSWORD, &origin()).await,
    ] {
        assert!(matches!(refused, Err(AccountsError::Link)));
    }
    assert!(accounts.sign_in("ana", PASSWORD, &origin()).await.is_err());
}
