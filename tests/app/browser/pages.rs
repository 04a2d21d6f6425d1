//! The pages that are looked at one by one, each on a line.

use std::sync::OnceLock;

use super::{Server, busy_server, encoded, settled_server};
use crate::administration::{between, invite};
use crate::support::{Browser, FLANGE, writing_server};

/// A page, and how its address is found on a server with the demo documents, or on another one.
pub struct Page {
    /// Its name in messages and of its pictures.
    pub name: &'static str,
    /// Its path and parameters; with `http://` in front where it is one of another server.
    pub path: fn(&Server) -> String,
}

const fn page(name: &'static str, path: fn(&Server) -> String) -> Page {
    Page { name, path }
}

/// Answered by the staff FAQ of the demo documents.
pub const ANSWERED: &str = "How many days of annual leave do I have?";
/// Answered by a table.
pub const ANSWERED_BY_TABLE: &str = "What does error code E-4021 mean?";
/// Not answered by the demo documents.
pub const REFUSED: &str = "Who won the football championship in 1987?";

/// Answered on [`busy_server`] by a page that is shown as a picture.
const MOTOR: &str = "How fast does the main motor of the press turn?";
/// A revision there,
const OLD: &str = "archive/SOP-QA-030 rev 2.md";
/// and the one that superseded it.
const NEW: &str = "procedures/SOP-QA-030 rev 3.md";

/// Every page.
pub const PAGES: &[Page] = &[
    page("ask", |_| "/".to_owned()),
    page("answer", |_| asked(ANSWERED)),
    page("answer-of-a-table", |_| asked(ANSWERED_BY_TABLE)),
    page("answer-refused", |_| asked(REFUSED)),
    page("answer-kept", |server| kept(server, ANSWERED)),
    page("question-refused", |_| "/ask?q=+".to_owned()),
    page("search", |_| "/search".to_owned()),
    page("search-results", |_| "/search?q=torque".to_owned()),
    page("search-nothing", |_| {
        "/search?q=torque&kind=pptx&collection=hr".to_owned()
    }),
    page("document", |server| {
        document(server, "machines/bh-320-honing-machine-manual.pdf")
    }),
    page("document-manual-pages", |server| {
        document(server, "machines/bh-320-honing-machine-manual.pdf") + "?view=pages"
    }),
    page("document-cited", |server| cited(server, ANSWERED_BY_TABLE)),
    page("document-sheet", |server| {
        document(server, "quality/torque-and-tolerance-tables.xlsx")
    }),
    page("document-chinese", |server| {
        document(server, "hr/员工手册-考勤与休假.md")
    }),
    page("library", |_| "/library".to_owned()),
    page("library-upload", |_| "/library?upload=open".to_owned()),
    page("library-nothing", |_| "/library?state=failed".to_owned()),
    page("passed", |_| "/library/passed".to_owned()),
    page("history", |_| "/history".to_owned()),
    page("kiosks", |_| "/kiosks".to_owned()),
    page("kiosk-sign", kiosk_sign),
    page("inbox", |_| "/review/inbox".to_owned()),
    page("inbox-group", concern),
    page("verify", |server| {
        let answer = kept(server, ANSWERED).replace("/answers/", "");
        format!("/review/verified/new?answer={answer}")
    }),
    page("verified", |_| "/review/verified".to_owned()),
    page("missing", |_| "/review/missing".to_owned()),
    page("account", |_| "/account".to_owned()),
    page("admin", |_| "/admin".to_owned()),
    page("admin-people", |_| "/admin/people".to_owned()),
    page("admin-groups", |_| "/admin/groups".to_owned()),
    page("admin-audit", |_| "/admin/audit".to_owned()),
    page("admin-jobs", |_| "/admin/jobs".to_owned()),
    page("admin-models", |_| "/admin/models".to_owned()),
    page("admin-settings", |_| "/admin/settings".to_owned()),
    page("admin-log", |_| "/admin/log".to_owned()),
    page("answer-written", |_| written()),
    page("answer-verified", |_| busy(&asked(FLANGE))),
    page("answer-of-a-page", |_| busy(&asked(MOTOR))),
    page("document-pages", |_| {
        busy(&document(busy_server(), "machines/press.pdf"))
    }),
    page("document-text", |_| {
        busy(&(document(busy_server(), "machines/press.pdf") + "?view=text"))
    }),
    page("document-superseded", |_| busy(&document(busy_server(), OLD))),
    page("document-revisions", |_| {
        busy(&(document(busy_server(), NEW) + "/revisions"))
    }),
    page("documents-compared", |_| {
        let (old, new) = (busy_server().document_id(OLD), busy_server().document_id(NEW));
        busy(&format!("/documents/{old}/compare/{new}"))
    }),
    page("coverage", |_| {
        busy(&(document(busy_server(), "machines/broken.pdf") + "/coverage"))
    }),
    page("coverage-password", |_| {
        busy(&(document(busy_server(), "machines/locked.pdf") + "/coverage"))
    }),
    page("library-of-all", |_| busy("/library")),
    page("verified-some", |_| busy("/review/verified")),
    page("verified-one", |_| busy("/review/verified/1")),
    page("verified-withdrawn", |_| busy("/review/verified/2")),
    page("missing-noted", |_| busy("/review/missing")),
    page("admin-person", person),
    page("set-up", set_up),
    page("sign-in", |_| format!("{}/sign-in", settled_server().address)),
    page("invitation", invitation),
    page("forbidden", |_| "/set-up".to_owned()),
    page("error", |_| "/no-such-page".to_owned()),
];

/// A page of the server that has something of everything.
fn busy(path: &str) -> String {
    format!("{}{path}", busy_server().address)
}

/// An answer that a model wrote, with words that are set apart.
fn written() -> String {
    static ANSWER: OnceLock<String> = OnceLock::new();
    let server = writing_server();
    let answer = ANSWER.get_or_init(|| {
        let answer = kept(server, "What stops the press at once?");
        let page = server.get(&answer).1;
        assert!(page.contains("<strong>red button</strong>"), "{page}");
        answer
    });
    format!("{}{answer}", server.address)
}

/// Somebody who was invited there.
fn person(_: &Server) -> String {
    static PERSON: OnceLock<String> = OnceLock::new();
    let person = PERSON.get_or_init(|| {
        let mut browser = Browser::new(busy_server());
        invite(&mut browser, "ines", "inspector");
        between(&browser.get("/admin/people").body, "href=\"/admin/people/", "\"").to_owned()
    });
    busy(&format!("/admin/people/{person}"))
}

/// Where a question is answered.
pub fn asked(question: &str) -> String {
    format!("/ask?q={}", encoded(question))
}

fn kept(server: &Server, question: &str) -> String {
    format!("/answers/{}", server.ask(question)["id"].as_str().unwrap())
}

/// The link that the server printed when it started.
fn set_up(server: &Server) -> String {
    static LINK: OnceLock<String> = OnceLock::new();
    let link = LINK.get_or_init(|| server.printed("Make the first administrator: "));
    format!("/set-up?{}", link.split_once('?').unwrap().1)
}

/// A link by which a colleague chooses a password.
fn invitation(server: &Server) -> String {
    static KEY: OnceLock<String> = OnceLock::new();
    let key = KEY.get_or_init(|| invite(&mut Browser::new(server), "ana", "staff"));
    format!("/invitation?key={key}")
}

/// The sign on a machine.
fn kiosk_sign(server: &Server) -> String {
    static SIGN: OnceLock<String> = OnceLock::new();
    let sign = SIGN.get_or_init(|| {
        let mut browser = Browser::new(server);
        browser.post(
            "/kiosks",
            &[("name", "Honing machine 320"), ("folder", "machines")],
        );
        let listed = browser.get("/kiosks").body;
        format!("/kiosks/{}", between(&listed, "href=\"/kiosks/", "\""))
    });
    sign.clone()
}

/// Questions of the inbox that are much the same.
fn concern(server: &Server) -> String {
    server.ask(REFUSED);
    let inbox = server.json("/api/review/inbox");
    format!("/review/inbox/{}", inbox["groups"][0]["id"])
}

fn document(server: &Server, path: &str) -> String {
    format!("/documents/{}", server.document_id(path))
}

fn cited(server: &Server, question: &str) -> String {
    let answer = server.ask(question);
    let citation = &answer["quotes"][0]["citation"];
    format!(
        "/documents/{}?passage={}&from={}&to={}#cited",
        citation["document"], citation["passage"], citation["span"]["start"], citation["span"]["end"]
    )
}
