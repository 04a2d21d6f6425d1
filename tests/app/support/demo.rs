//! Servers for every test that only looks: one with the demo documents, which are ingested once, one that is empty and has
//! an administrator, and one with something of all that pages can show.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::files::pdf;
use super::{Browser, Folders, Server, demo, files_below};
use crate::review::{state, verify};

/// What the administrator of [`settled_server`], root, signs in with.
pub const ROOT_PASSWORD: &str = "eleven bolts in a box";

/// The server, started by the first test that asks for it. Tests that change what it shows start one of their own.
pub fn demo_server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = Server::start(&mut ends_with_the_tests(Some(demo())));
        let files = files_below(&demo()).len();
        server.wait_until("the demo documents are read", |server| {
            let documents = server.documents();
            documents.len() == files && documents.iter().all(|(_, state, _)| state == "searchable")
        });
        server
    })
}

/// A server that was set up, so that whoever comes has to sign in; started like the other one.
pub fn settled_server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = Server::start(&mut ends_with_the_tests(None));
        server.set_up("root", ROOT_PASSWORD);
        server
    })
}

/// A server with something of all that pages can show, started like the others: two revisions of a procedure, a manual of
/// which the page is shown, files that failed and that ask for a password, a verified answer and one that was withdrawn, a
/// document that is missing, a person.
pub fn busy_server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let folder = TempDir::new().unwrap().keep();
        let write = |path: &str, content: &[u8]| {
            std::fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
            std::fs::write(folder.join(path), content).unwrap();
        };
        let procedure = |torque: u32| {
            format!("# Flange assembly\n\nThe flange bolt is tightened to {torque} Nm in two steps.\n\n## Record\n\nThe value is written on the card.\n")
        };
        let locked = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/locked/aes-256.pdf");
        write("archive/SOP-QA-030 rev 2.md", procedure(25).as_bytes());
        write("procedures/SOP-QA-030 rev 3.md", procedure(28).as_bytes());
        write("machines/press.pdf", &pdf(&["The main motor of the press turns at 1450 rpm."]));
        write("machines/locked.pdf", &std::fs::read(locked).unwrap());
        write("machines/broken.pdf", b"%PDF-1.7 cut off");
        write("canteen.md", b"# Canteen\n\nThe canteen opens at 11:30 and closes at 13:30.\n");
        let server = Server::start(&mut ends_with_the_tests(Some(folder.clone())));
        server.wait_until("every file came to its end", |server| {
            let documents = server.documents();
            documents.len() == 6 && documents.iter().all(|(_, state, _)| state != "pending")
        });
        let mut browser = Browser::new(&server);
        verify(&mut browser, FLANGE, "");
        let canteen = verify(&mut browser, "When does the canteen open?", "");
        write("canteen.md", b"# Canteen\n\nThe canteen opens at noon.\n");
        server.wait_until("it is withdrawn", |server| {
            state(&Browser::new(server), canteen) == "withdrawn"
        });
        let refused = server.ask("Which dog may come into the bonus office?")["id"].clone();
        assert!(refused.is_string());
        let group = server.json("/api/review/inbox")["groups"][0]["id"].clone();
        let noted = [("missing", "The rules for dogs in offices")];
        let answer = browser.post(&format!("/review/inbox/{group}/missing"), &noted);
        assert_eq!(answer.status, 303);
        server
    })
}

/// A question that [`busy_server`] has a verified answer to.
pub const FLANGE: &str = "To how many Nm is the flange bolt tightened?";

/// A server on which the demonstration model writes, started like the others.
pub fn writing_server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let folders = Folders::new();
        // The model copies a sentence as it stands there, with the signs that set words apart.
        let sentence = "The **red button** stops the press *at once*, and code `E-77` is shown until it is pulled out.\n";
        folders.write("press.txt", sentence);
        let model = concat!(env!("CARGO_MANIFEST_DIR"), "/appliance/models/copier/model");
        for arguments in [&["import", model, "--id", "copier"][..], &["use", "copier"]] {
            let done = folders.run("models", arguments);
            assert_eq!(done.code, Some(0), "{done:?}");
        }
        let Folders { documents, data } = folders;
        let server = Server::start(&mut ends_with_the_tests_on(data, Some(documents.keep())));
        server.wait_until_searchable("press.txt");
        server.wait_until("the model writes", |server| {
            server.json("/health")["language_model"]["state"] == "ready"
        });
        server
    })
}

/// What is static is never dropped: a shell ends the server once its own input is closed, which the system does when the
/// tests are over, however they end. It removes the data folder, and is gone itself where the server fails. Without a folder
/// of documents it gets an empty one.
fn ends_with_the_tests(documents: Option<PathBuf>) -> Command {
    ends_with_the_tests_on(TempDir::new().unwrap(), documents)
}

/// The same on this data folder.
fn ends_with_the_tests_on(data: TempDir, documents: Option<PathBuf>) -> Command {
    const WATCH: &str = r#"trap '' INT
        "$@" &
        server=$!
        exec 3<&0
        { cat <&3; kill "$server"; } >/dev/null 2>&1 &
        wait "$server"
        rm -rf "$GEMBA_DATA""#;
    let folders = Folders::new();
    let serve = folders.command("serve");
    let mut command = Command::new("sh");
    command
        .args(["-c", WATCH, "sh"])
        .arg(serve.get_program())
        .args(serve.get_args())
        .args(["--address", "127.0.0.1:0"])
        .stdin(Stdio::piped());
    for (name, value) in serve.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let data = TempDir::keep(data);
    std::fs::create_dir(data.join("documents")).unwrap();
    command
        .env(
            "GEMBA_DOCUMENTS_FOLDER",
            documents.unwrap_or_else(|| data.join("documents")),
        )
        .env("GEMBA_DATA", data);
    command
}
