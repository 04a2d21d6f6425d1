//! Whoever scans a sign reads what lies below its folder and nothing else, whatever lies beside it.

use super::lying::{COLLECTIONS, Kind, Lying, Numbers, name, served};
use super::{BEHIND, PASSWORD, QUESTION, ask_by_name, leave};
use crate::signs::phone;
use crate::support::encoded;

#[test]
fn a_sign_shows_what_lies_below_its_folder_and_nothing_else() {
    let mut numbers = Numbers::seeded();
    let (_folders, server, lying) = served(&mut numbers);
    let mut root = server.set_up("root", PASSWORD);
    let left = leave(&mut root, &lying, &mut numbers);
    let shelves =
        (0..COLLECTIONS).flat_map(|at| ["shelf", "shelf/box"].map(|shelf| format!("{}/{shelf}", name(at))));
    let holds = |folder: &str, file: &Lying| file.path.starts_with(&format!("{folder}/"));
    let shelves: Vec<String> = shelves
        .filter(|folder| lying.iter().any(|file| holds(folder, file)))
        .collect();
    assert!(shelves.len() > 2, "{shelves:?}");
    for (number, folder) in (1..).zip(&shelves) {
        let phone = phone(&mut root, &server, number, folder);
        let may = |file: &Lying| holds(folder, file);
        let own = lying.iter().filter(|file| may(file)).count();
        let listed = phone.json("/api/library");
        assert_eq!(
            (&listed["total"], &listed["counts"]["documents"]),
            (&own.into(), &own.into())
        );
        let question = encoded(QUESTION);
        let found = phone.json(&format!("/api/search?q={question}"));
        let answers = lying.iter().any(|file| may(file) && file.kind != Kind::Broken);
        assert_eq!(found["found"].as_u64().unwrap() > 0, answers, "{folder}: {found}");
        let mut shown = [found.to_string(), listed.to_string()].concat();
        for address in [
            "/",
            &format!("/ask?q={question}"),
            &format!("/ask/stream?q={question}"),
            &format!("/ask?q={question}&follows={}", left.answer),
            &format!("/api/ask?q={question}"),
            &format!("/search?q={question}"),
            &format!("/search?q={question}&revisions=all"),
            "/library",
            "/library?state=failed&sort=size",
            "/library?q=pump",
            "/library/coverage.csv",
            "/library/status",
            "/health",
        ] {
            shown += &phone.get(address).body;
        }
        for file in &lying {
            assert!(
                may(file) || !shown.contains(&file.path),
                "{} in {folder}: {shown}",
                file.path
            );
        }
        assert_eq!(phone.get(&format!("/answers/{}", left.answer)).status, 404);
        for (_, asked, rests_on) in &left.verified {
            let sheet = |at: &usize| {
                let mut sheets = lying.iter().filter(|file| file.kind == Kind::Pdf);
                sheets.any(|file| file.collection == *at && may(file))
            };
            let suggested = phone.get(&format!("/ask/suggestions?q={}", encoded(asked))).body;
            assert_eq!(
                suggested.contains("true"),
                rests_on.iter().all(sheet),
                "{asked} in {folder}: {suggested}"
            );
        }
        let everything: Vec<&Lying> = lying.iter().collect();
        for behind in BEHIND {
            ask_by_name(&phone, behind, &everything, may);
        }
        let missing = phone.get("/api/documents/99999").body;
        for hidden in lying.iter().filter(|file| !may(file)) {
            let reply = phone.get(&format!("/api/documents/{}", hidden.id));
            assert_eq!((reply.status, &reply.body), (404, &missing));
        }
    }
}
