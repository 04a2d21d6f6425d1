//! Mounts inside the documents folder: one that goes away is no deletion, and a network mount, which tells nothing, is
//! looked at again and again. Needs the right to mount.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::support::{Folders, Server, encoded, skipped};

/// Something that is mounted at a folder of the documents, and unmounted when dropped.
struct Mounted {
    point: PathBuf,
}

impl Mounted {
    fn of(folders: &Folders, name: &str) -> Self {
        let point = folders.documents.path().join(name);
        fs::create_dir_all(&point).unwrap();
        Self { point }
    }

    /// A folder of this machine; `None`, with a word on it, where this account may not mount.
    fn bind(&self, source: &Path) -> Option<()> {
        done(Command::new("mount").arg("--bind").arg(source).arg(&self.point))
    }

    /// A file system of FUSE, which is a network mount for all that can be seen.
    fn fuse(&self, source: &Path) -> Option<()> {
        done(Command::new("bindfs").arg(source).arg(&self.point))
    }

    /// Sends a signal to the process that serves it.
    fn signal(&self, signal: &str) -> bool {
        let mut command = Command::new("pkill");
        command
            .args([signal, "-f"])
            .arg(format!("bindfs.*{}", self.point.display()));
        command.status().is_ok_and(|status| status.success())
    }

    /// A disk of this machine, empty.
    fn disk(&self) -> Option<()> {
        done(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
                .arg(&self.point),
        )
    }

    fn unmount(&self) {
        let done = Command::new("umount")
            .arg("--lazy")
            .arg(&self.point)
            .status()
            .unwrap();
        assert!(done.success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // One that hangs would stay behind.
        self.signal("-CONT");
        let mut command = Command::new("umount");
        let _ = command
            .arg("--lazy")
            .arg(&self.point)
            .stderr(std::process::Stdio::null())
            .status();
    }
}

fn done(command: &mut Command) -> Option<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Some(()),
        Ok(output) => {
            skipped(&format!(
                "{name}: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ));
            None
        }
        Err(error) => {
            skipped(&format!("{name} cannot be started ({error})"));
            None
        }
    }
}

fn write(source: &TempDir, name: &str, text: &str) {
    fs::write(source.path().join(name), text).unwrap();
}

const OIL: &str = "# Oil\n\nThe gearbox holds 9 litres of VG 220.\n";
const GREASE: &str = "# Greasing\n\nThe spindle is greased with 4 ml of LGMT 2 each week.\n";

fn is_unreachable(server: &Server) -> bool {
    server.get("/library").1.contains("cannot be reached since")
}

#[test]
fn the_documents_of_a_mount_that_goes_away_stay_and_are_marked_until_it_is_back() {
    let (folders, source) = (Folders::new(), TempDir::new().unwrap());
    write(&source, "grease.md", GREASE);
    write(&source, "gone.md", "# Gone\n\nThis sheet is deleted meanwhile.\n");
    folders.write("local.md", "# Local\n\nThe lamp is replaced each year.\n");
    let mounted = Mounted::of(&folders, "nas");
    if mounted.bind(source.path()).is_none() {
        return;
    }
    let server = folders.serve();
    server.wait_until_searchable("nas/grease.md");
    server.wait_until_searchable("nas/gone.md");
    mounted.unmount();
    server.wait_until("the library says so", is_unreachable);
    fs::remove_file(folders.documents.path().join("local.md")).unwrap();
    server.wait_until("a deleted file is missed", |server| {
        !server.states().contains_key("local.md")
    });
    assert_eq!(server.states()["nas/grease.md"].0, "searchable");
    assert_eq!(server.search("LGMT 2")[0]["path"], "nas/grease.md");
    let original = format!("/documents/{}/original", server.document_id("nas/grease.md"));
    assert_eq!(
        server.get(&original).0,
        503,
        "it is not there, but it is not deleted"
    );
    fs::remove_file(source.path().join("gone.md")).unwrap();
    mounted.bind(source.path()).unwrap();
    server.wait_until("it is back", |server| !is_unreachable(server));
    server.wait_until("what was deleted there is missed now", |server| {
        !server.states().contains_key("nas/gone.md")
    });
    assert_eq!(server.states()["nas/grease.md"].0, "searchable");
    assert_eq!(server.get(&original).0, 200);
}

#[test]
fn a_restart_while_a_mount_is_away_deletes_nothing() {
    let (folders, source) = (Folders::new(), TempDir::new().unwrap());
    write(&source, "grease.md", GREASE);
    let mounted = Mounted::of(&folders, "quality/nas");
    if mounted.bind(source.path()).is_none() {
        return;
    }
    folders.serve().wait_until_searchable("quality/nas/grease.md");
    mounted.unmount();
    let finished = folders.run("ingest", &["--json"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let server = folders.serve();
    server.wait_until("the library says so", is_unreachable);
    assert_eq!(server.search("LGMT 2")[0]["path"], "quality/nas/grease.md");
}

#[test]
fn an_administrator_has_the_documents_of_a_mount_taken_out_that_will_not_come_back() {
    let (folders, source) = (Folders::new(), TempDir::new().unwrap());
    write(&source, "grease.md", GREASE);
    let mounted = Mounted::of(&folders, "nas");
    if mounted.bind(source.path()).is_none() {
        return;
    }
    let server = folders.serve();
    server.wait_until_searchable("nas/grease.md");
    mounted.unmount();
    server.wait_until("the library says so", is_unreachable);
    let body = format!("path={}", encoded("nas"));
    let mut browser = super::support::Browser::new(&server);
    let answer = browser.post("/library/mounted/forget", &[("path", "nas")]);
    assert_eq!(answer.status, 303, "{body}: {}", answer.body);
    server.wait_until("they are gone", |server| {
        !server.states().contains_key("nas/grease.md") && !is_unreachable(server)
    });
    assert!(server.search("LGMT 2").as_array().unwrap().is_empty());
}

/// A server that has read what lies on a network share, and what is on the other side of that.
fn with_a_share() -> Option<(Folders, TempDir, Mounted, Server)> {
    let (folders, source) = (Folders::new(), TempDir::new().unwrap());
    write(&source, "grease.md", GREASE);
    let mounted = Mounted::of(&folders, "share");
    mounted.fuse(source.path())?;
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_POLL_SECONDS", "1")]);
    server.wait_until_searchable("share/grease.md");
    Some((folders, source, mounted, server))
}

#[test]
fn a_network_mount_beside_local_folders_is_polled_and_one_that_breaks_is_said() {
    let Some((folders, source, mounted, server)) = with_a_share() else {
        return;
    };
    // Written on the other side: no event comes.
    write(&source, "oil.md", OIL);
    folders.write("local.md", "# Local\n\nThe lamp is replaced each year.\n");
    server.wait_until_searchable("local.md");
    server.wait_until_searchable("share/oil.md");
    assert!(mounted.signal("-KILL"));
    server.wait_until("the library says so", is_unreachable);
    assert_eq!(server.search("VG 220")[0]["path"], "share/oil.md");
}

#[test]
fn a_share_that_is_mounted_while_the_server_runs_is_read_and_polled_from_then_on() {
    let (folders, source) = (Folders::new(), TempDir::new().unwrap());
    write(&source, "grease.md", GREASE);
    folders.write("local.md", "# Local\n\nThe lamp is replaced each year.\n");
    let mounted = Mounted::of(&folders, "share");
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_POLL_SECONDS", "1")]);
    server.wait_until_searchable("local.md");
    if mounted.fuse(source.path()).is_none() {
        return;
    }
    server.wait_until_searchable("share/grease.md");
    // Written on the other side: no event comes.
    write(&source, "oil.md", OIL);
    server.wait_until_searchable("share/oil.md");
    assert_eq!(server.search("VG 220")[0]["path"], "share/oil.md");
}

#[test]
fn a_disk_that_is_mounted_or_comes_back_while_the_server_runs_is_watched_from_then_on() {
    let folders = Folders::new();
    folders.write("local.md", "# Local\n\nThe lamp is replaced each year.\n");
    let mounted = Mounted::of(&folders, "disk");
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_POLL_SECONDS", "3600")]);
    server.wait_until_searchable("local.md");
    // The second is another disk at the same place: what was watched on the first hears nothing of it.
    for (first, later) in [("a.md", "b.md"), ("c.md", "d.md")] {
        if mounted.disk().is_none() {
            return;
        }
        folders.write(&format!("disk/{first}"), format!("{GREASE}\nSheet {first}.\n"));
        server.wait_until_searchable(&format!("disk/{first}"));
        // From here on the walk that found the first is over: only an event tells of the next.
        server.wait_until_nothing_waits();
        folders.write(&format!("disk/{later}"), format!("{OIL}\nSheet {later}.\n"));
        server.wait_until_searchable(&format!("disk/{later}"));
        mounted.unmount();
        server.wait_until("the library says so", is_unreachable);
    }
}

#[test]
fn a_network_folder_that_hangs_holds_up_nothing_else_and_is_read_when_it_answers_again() {
    let Some((folders, source, mounted, server)) = with_a_share() else {
        return;
    };
    assert!(mounted.signal("-STOP"));
    write(&source, "oil.md", OIL);
    server.wait_until("the library says so", is_unreachable);
    folders.write("local.md", "# Local\n\nThe lamp is replaced each year.\n");
    server.wait_until_searchable("local.md");
    assert_eq!(server.search("LGMT 2")[0]["path"], "share/grease.md");
    assert!(mounted.signal("-CONT"));
    server.wait_until_searchable("share/oil.md");
    server.wait_until("it is back", |server| !is_unreachable(server));
    assert_eq!(server.states()["share/grease.md"].0, "searchable");
}

#[test]
fn what_gembaignore_excludes_is_no_document_and_what_it_lets_in_again_is_one() {
    let folders = Folders::new();
    folders.write("a.md", "# A\n\nThe lamp is replaced each year.\n");
    folders.write("drafts/b.md", "# B\n\nThe draft names grease LGMT 2.\n");
    let server = folders.serve();
    server.wait_until_searchable("drafts/b.md");
    folders.write(".gembaignore", "drafts/\n*.tmp.md\n");
    server.wait_until("it is no document", |server| {
        !server.states().contains_key("drafts/b.md")
    });
    folders.write("c.tmp.md", "# C\n\nNot yet.\n");
    folders.write("drafts/d.md", "# D\n\nAnother draft.\n");
    folders.write("e.md", "# E\n\nThe belt is replaced each month.\n");
    server.wait_until_searchable("e.md");
    assert_eq!(server.states().len(), 2, "{:?}", server.states());
    fs::remove_file(folders.documents.path().join(".gembaignore")).unwrap();
    server.wait_until_searchable("drafts/d.md");
    server.wait_until_searchable("c.tmp.md");
}
