//! What is not taken, and from whom.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{BYTES, JSON, OVEN, SAME, about, announce, end, everything, form, piece_address, send, upload};
use crate::access::{PASSWORD, folders, serve};
use crate::administration::join;
use crate::support::{Browser, Folders, files_below};

#[test]
fn no_name_of_a_file_or_a_folder_leads_out_of_the_documents_folder() {
    let folders = folders();
    let server = serve(&folders);
    let root = server.set_up("root", PASSWORD);
    let outside = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), folders.documents.path().join("link")).unwrap();
    for folder in [
        "..",
        "../..",
        "/tmp",
        "quality/../..",
        "a\\b",
        "\0",
        ".git",
        "link",
        "lost+found",
    ] {
        let refused = upload(&root, folder, "a.md", b"x", "stays");
        assert_eq!(refused.unwrap_err(), "upload-folder", "{folder:?}");
    }
    for (name, path) in [
        ("../../evil.md", "evil.md"),
        ("/etc/evil.txt", "evil.txt"),
        ("..\\evil.html", "evil.html"),
        ("evil\r\nX: y.txt", "evilX_ y.txt"),
    ] {
        let kept = upload(&root, "", name, name.as_bytes(), "stays");
        assert_eq!(kept.unwrap(), path, "{name:?}");
    }
    let ignore = folders.write(".gembaignore", "draft*\n");
    for (name, code) in [
        ("evil.exe", "upload-kind"),
        ("", "upload-kind"),
        (".md", "upload-kind"),
        ("~$gauges.docx", "upload-name"),
        ("draft-7.md", "upload-excluded"),
    ] {
        assert_eq!(
            upload(&root, "quality", name, b"x", "stays").unwrap_err(),
            code,
            "{name:?}"
        );
    }
    assert_eq!(
        upload(&root, "new", "draft.md", b"x", "stays").unwrap_err(),
        "upload-excluded"
    );
    fs::remove_file(ignore).unwrap();
    assert_eq!(files_below(outside.path()), [""; 0]);
    let left = [
        "evil.html",
        "evil.md",
        "evil.txt",
        "evilX_ y.txt",
        "payroll/secret.md",
        "quality/gauges.md",
    ];
    assert_eq!(everything(&folders), left);
}

#[test]
fn only_administrators_send_files_and_no_page_of_another_site_does_it_for_them() {
    let folders = folders();
    let server = serve(&folders);
    let mut root = server.set_up("root", PASSWORD);
    let ines = join(&server, &mut root, "ines", "inspector");
    let stranger = Browser::new(&server);
    let oven = about("quality", "oven.md", OVEN);
    let (kind, body) = form(&[("folder", "quality")], &[("oven.md", OVEN)]);
    let calls = [
        (
            "POST",
            "/library/uploads".to_owned(),
            JSON.to_owned(),
            oven.to_string().into_bytes(),
        ),
        ("PUT", piece_address(&oven, 0), BYTES.to_owned(), OVEN.to_vec()),
        (
            "POST",
            "/library/uploads/end".to_owned(),
            JSON.to_owned(),
            oven.to_string().into_bytes(),
        ),
        ("POST", "/library/uploads/form".to_owned(), kind, body),
    ];
    for (method, path, kind, body) in &calls {
        let status =
            |browser: &Browser<'_>, site: &str| browser.send_bytes(method, path, kind, site, body).status;
        assert_eq!(status(&ines, SAME), 403, "{path}");
        assert_eq!(status(&stranger, SAME), 401, "{path}");
        assert_eq!(status(&root, "cross-site"), 403, "{path}");
    }
    assert!(!ines.get("/library").body.contains("data-upload"));
    assert!(root.get("/library").body.contains("data-upload"));
    assert_eq!(everything(&folders).len(), 2);
}

#[test]
fn what_is_too_large_or_not_what_was_announced_is_not_kept() {
    let folders = folders();
    let server = folders.serve_with(&[("GEMBA_DOCUMENTS_MAX_FILE_MEGABYTES", "1")]);
    let root = server.set_up("root", PASSWORD);
    assert!(root.get("/library").body.contains("up to 1.0 MB each"));
    let large = vec![b'x'; (1 << 20) + 1];
    assert_eq!(
        upload(&root, "", "large.txt", &large, "stays").unwrap_err(),
        "upload-large"
    );
    let (kind, body) = form(
        &[("folder", "quality")],
        &[("large.txt", &large), ("oven.md", OVEN)],
    );
    let shown = root
        .send_bytes("POST", "/library/uploads/form", &kind, SAME, &body)
        .body;
    assert!(
        shown.contains("a file may have 1.0 MB") && shown.contains("quality/oven.md"),
        "{shown}"
    );
    let small = about("", "small.txt", b"twelve bytes");
    assert_eq!(send(&root, &small, 0, b"twelve bites").0, 200);
    let (status, refused) = end(&root, &small, "stays");
    assert_eq!(
        (status, &refused["error"]["code"]),
        (409, &json!("upload-changed"))
    );
    assert_eq!(send(&root, &small, 0, b"more than twelve bytes").0, 409);
    assert_eq!(
        everything(&folders),
        ["payroll/secret.md", "quality/gauges.md", "quality/oven.md"]
    );
}

#[test]
fn a_full_disk_and_a_folder_that_cannot_be_written_are_told_before_anything_is_sent() {
    let folders = Folders::new();
    let place = folders.documents.path().to_owned();
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&place);
        command.output().is_ok_and(|done| done.status.success())
    };
    if !mount("size=1m") {
        eprintln!("skipped: this account may not mount anything");
        return;
    }
    let mounted = Unmount(place.clone());
    let server = folders.serve();
    let root = server.set_up("root", PASSWORD);
    let large: Vec<u8> = vec![b'x'; 2 << 20];
    assert_eq!(
        upload(&root, "", "large.txt", &large, "stays").unwrap_err(),
        "upload-room"
    );
    // A form says nothing of its size before.
    let (kind, body) = form(&[("folder", "")], &[("large.txt", &large), ("oven.md", OVEN)]);
    let shown = root
        .send_bytes("POST", "/library/uploads/form", &kind, SAME, &body)
        .body;
    assert!(shown.contains("has no room for this file"), "{shown}");
    assert_eq!(
        everything(&folders),
        ["oven.md"],
        "what did not fit is gone again"
    );
    assert!(mount("remount,ro"));
    let (status, refused) = announce(&root, &about("new", "oven.md", b"other"));
    assert_eq!(
        (status, &refused["error"]["code"]),
        (503, &json!("upload-read-only"))
    );
    drop(server);
    drop(mounted);
}

struct Unmount(std::path::PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn what_was_begun_and_not_finished_for_a_day_is_removed() {
    let folders = folders();
    let old = folders.write("quality/.gemba-upload-0123", "half");
    let new = folders.write("quality/.gemba-upload-4567", "half");
    let long_ago = SystemTime::now() - Duration::from_secs(25 * 60 * 60);
    fs::File::options()
        .write(true)
        .open(&old)
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    let server = folders.serve();
    server.wait_until("it is gone", |_| !Path::new(&old).exists());
    assert!(new.exists());
}
