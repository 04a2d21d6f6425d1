//! Which file system a folder lies on: network mounts send no events for what other machines write, so they are
//! polled; and a folder that lost its mount must not be taken for one that was emptied.

use std::path::{Path, PathBuf};

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount {
    /// Where it is mounted.
    pub(super) point: PathBuf,
    /// Its type as the kernel names it.
    pub(super) kind: String,
    /// The numbers of this mount and of its device: what is mounted anew at the same point has others.
    numbers: String,
}

impl Mount {
    /// Whether others may write to it without this machine noticing.
    pub(super) fn is_remote(&self) -> bool {
        let kind = self.kind.as_str();
        kind.starts_with("nfs")
            || kind.starts_with("smb")
            || (kind.starts_with("fuse") && kind != "fuseblk" && kind != "fusectl")
            || matches!(
                kind,
                "cifs"
                    | "9p"
                    | "afs"
                    | "ceph"
                    | "glusterfs"
                    | "lustre"
                    | "ncpfs"
                    | "virtiofs"
                    | "vboxsf"
                    | "drvfs"
                    | "prl_fs"
                    | "vmhgfs"
                    | "davfs"
                    | "coda"
            )
    }
}

/// The mounts of this process; none where the system does not say.
pub(super) fn read() -> Vec<Mount> {
    std::fs::read_to_string("/proc/self/mountinfo")
        .map(|text| parse(&text))
        .unwrap_or_default()
}

/// The mount on which `folder` lies.
pub(super) fn of<'mounts>(folder: &Path, mounts: &'mounts [Mount]) -> Option<&'mounts Mount> {
    // Of mounts at the same point the last hides the others.
    mounts
        .iter()
        .filter(|mount| folder.starts_with(&mount.point))
        .max_by_key(|mount| mount.point.components().count())
}

/// Of `mounts`, the one on which `folder` lies and those inside it.
pub(super) fn around(folder: &Path, mounts: Vec<Mount>) -> Vec<Mount> {
    let below = of(folder, &mounts).cloned();
    let inside = |mount: &Mount| mount.point != folder && mount.point.starts_with(folder);
    below
        .into_iter()
        .chain(mounts.into_iter().filter(inside))
        .collect()
}

/// The folders at or under `folder` that must be polled.
pub(super) fn polled(folder: &Path, mounts: &[Mount]) -> Vec<PathBuf> {
    if of(folder, mounts).is_some_and(Mount::is_remote) {
        return vec![folder.to_owned()];
    }
    mounts
        .iter()
        .filter(|mount| mount.point.starts_with(folder) && mount.is_remote())
        .map(|mount| mount.point.clone())
        .collect()
}

/// `id parent major:minor root POINT options [fields] - KIND source options`, blanks in paths as octal escapes.
fn parse(text: &str) -> Vec<Mount> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split(' ');
            let (id, device) = (fields.next()?, fields.nth(1)?);
            let point = fields.nth(1)?;
            let kind = line.split_once(" - ")?.1.split(' ').next()?;
            Some(Mount {
                point: PathBuf::from(unescape(point)),
                kind: kind.to_owned(),
                numbers: format!("{id} {device}"),
            })
        })
        .collect()
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| first == b'\\').and_then(|digits| {
            std::str::from_utf8(digits)
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 8).ok())
        });
        match octal {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/documents rw,relatime - ext4 /dev/sdb1 rw
31 30 0:41 / /srv/documents/quality\\040lab rw,relatime shared:9 - cifs //server/share rw,vers=3.1.1
32 22 0:42 / /mnt/nas rw - nfs4 nas:/export rw
33 22 0:43 / /home/me/ssh rw - fuse.sshfs me@host: rw
";

    #[test]
    fn a_share_is_polled_and_a_disk_is_not() {
        let mounts = parse(TABLE);
        assert_eq!(
            polled(Path::new("/mnt/nas/manuals"), &mounts),
            [Path::new("/mnt/nas/manuals")]
        );
        assert_eq!(
            polled(Path::new("/home/me/ssh"), &mounts),
            [Path::new("/home/me/ssh")]
        );
        assert!(polled(Path::new("/var/documents"), &mounts).is_empty());
    }

    #[test]
    fn a_share_mounted_inside_the_watched_folder_is_polled_alone() {
        let mounts = parse(TABLE);
        assert_eq!(
            polled(Path::new("/srv/documents"), &mounts),
            [Path::new("/srv/documents/quality lab")]
        );
    }

    #[test]
    fn what_is_mounted_anew_or_goes_away_is_told_from_what_was_there_and_other_mounts_do_not_count() {
        let folder = Path::new("/srv/documents");
        let around = |table: &str| around(folder, parse(table));
        let before = around(TABLE);
        assert_eq!(before.len(), 2, "{before:?}");
        assert_ne!(around(&TABLE.replace("\n31 ", "\n35 ")), before);
        assert_ne!(around(&TABLE.replace("0:41", "0:47")), before);
        let without: Vec<&str> = TABLE.lines().filter(|line| !line.contains("cifs")).collect();
        assert_ne!(around(&without.join("\n")), before);
        assert_eq!(around(&TABLE.replace("/mnt/nas", "/mnt/other")), before);
    }

    #[test]
    fn a_folder_belongs_to_the_innermost_mount() {
        let mounts = parse(TABLE);
        assert_eq!(
            of(Path::new("/srv/documents/a"), &mounts).unwrap().point,
            Path::new("/srv/documents")
        );
        assert_eq!(
            of(Path::new("/srv/documentsandmore"), &mounts).unwrap().point,
            Path::new("/")
        );
    }
}
