//! Servers for every test that only looks: one with the demo documents, which are ingested once, and one that is empty and
//! has an administrator.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{Folders, Server, demo, files_below};

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
        server.set_up("root", "eleven bolts in a box");
        server
    })
}

/// What is static is never dropped: a shell ends the server once its own input is closed, which the system does when the
/// tests are over, however they end. It removes the data folder, and is gone itself where the server fails. Without a folder
/// of documents it gets an empty one.
fn ends_with_the_tests(documents: Option<PathBuf>) -> Command {
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
    let data = TempDir::keep(folders.data);
    std::fs::create_dir(data.join("documents")).unwrap();
    command
        .env(
            "GEMBA_DOCUMENTS_FOLDER",
            documents.unwrap_or_else(|| data.join("documents")),
        )
        .env("GEMBA_DATA", data);
    command
}
