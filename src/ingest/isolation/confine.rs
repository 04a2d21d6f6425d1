//! How a process that reads locks itself in before it looks at its file: bounds of memory and files, nothing of the disk
//! but its file and the system's programs, no network.
//!
//! Each bound is set as far as the kernel offers it; what is missing is reported and said by `gemba doctor`. What is the same
//! for every process is made ready before its order comes: [`Calls`] once for all, [`Lock`] for each.

use std::fs::File;
use std::io;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use rlimit::Resource;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use serde::{Deserialize, Serialize};

/// Files that a process may have open.
const OPEN_FILES: u64 = 256;
/// Bytes of the largest file that it may write.
const LARGEST_FILE: u64 = 2 << 30;
/// How much it stands back behind those who ask.
const NICENESS: i32 = 10;

/// What of the system may be read and started: programs, libraries, fonts, the data of text recognition.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/proc",
    "/sys/devices/system/cpu",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/libreoffice",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/var/cache/fontconfig",
];
/// What of the system LibreOffice looks at beside that: the lists of its extensions, which lie outside its own folder.
const OFFICE: &[&str] = &["/var/lib/libreoffice", "/var/spool/libreoffice"];
/// Devices that may be read and written.
const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"];

/// An address at which nobody answers.
const NOWHERE: &str = "127.0.0.1:9";

/// How far a process is locked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// Whether it can open nothing but its file (Landlock): `None` if so, else what is missing.
    pub files: Option<String>,
    /// Whether it can reach no network (seccomp): `None` if so, else what is missing.
    pub network: Option<String>,
    /// Whether its memory is bounded: `None` if so, else what is missing.
    pub memory: Option<String>,
    /// Whether it has pdfium.
    pub pdfium: bool,
}

impl Confinement {
    /// Tries to do what must not be possible: what the kernel says of itself is not all that counts.
    pub(super) fn try_doors(&mut self, folder: &Path, memory: u64) {
        let opens = folder
            .parent()
            .is_some_and(|others| std::fs::read_dir(others).is_ok());
        if opens && self.files.is_none() {
            self.files = Some("a process that reads files can open others as well".to_owned());
        }
        let refused = |error: io::Error| error.kind() == io::ErrorKind::PermissionDenied;
        if !TcpStream::connect(NOWHERE).is_err_and(refused) && self.network.is_none() {
            self.network = Some("a process that reads files can reach the network".to_owned());
        }
        let much = usize::try_from(memory).unwrap_or(usize::MAX);
        if Vec::<u8>::new().try_reserve_exact(much).is_ok() && self.memory.is_none() {
            self.memory = Some("the memory of a process that reads files is not bounded".to_owned());
        }
    }

    /// What is missing, in a sentence each.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        [&self.files, &self.network, &self.memory]
            .into_iter()
            .filter_map(|missing| missing.as_deref())
    }
}

/// Which calls of the kernel a process may make that reads: as programs of the kernel.
#[derive(Debug)]
pub(super) struct Calls {
    refused: Result<BpfProgram, String>,
    /// Of those that it is told are done, though nothing is: for LibreOffice.
    feigned: Result<BpfProgram, String>,
}

impl Calls {
    pub(super) fn new() -> Self {
        let said = |error: Box<dyn std::error::Error>| error.to_string();
        Self {
            refused: refused().map_err(said),
            feigned: feigned().map_err(said),
        }
    }
}

/// A process that is not locked in yet, with all that can be ready before it is known what it reads.
#[derive(Debug)]
pub(super) struct Lock<'calls> {
    calls: &'calls Calls,
    files: Result<RulesetCreated, RulesetError>,
}

/// What a process is told that it may do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed<'order> {
    /// The file that it reads.
    pub(super) file: &'order File,
    /// The folder of the native libraries.
    pub(super) runtime: &'order Path,
    /// The one folder in which it may write.
    pub(super) folder: &'order Path,
    /// Bytes of memory.
    pub(super) memory: u64,
    /// Whether it may start LibreOffice.
    pub(super) office: bool,
}

impl<'calls> Lock<'calls> {
    /// For the calling process.
    pub(super) fn new(calls: &'calls Calls) -> Self {
        Self {
            calls,
            files: the_system_alone(),
        }
    }

    /// Locks the calling thread in, and with it all threads and programs that it starts from now on.
    pub(super) fn confine(self, allowed: Allowed<'_>) -> Confinement {
        // SAFETY: it changes a number of the calling process.
        unsafe {
            // A failure leaves it as urgent as the server, which is no fault.
            libc::nice(NICENESS);
        }
        let bounds = [
            (Resource::CORE, 0),
            (Resource::NOFILE, OPEN_FILES),
            (Resource::FSIZE, LARGEST_FILE),
            (Resource::DATA, allowed.memory),
        ];
        let bounded = bounds.into_iter().try_for_each(|(resource, most)| {
            let (_, hard) = resource.get()?;
            resource.set(most.min(hard), most.min(hard))
        });
        Confinement {
            files: only_files(self.files, allowed),
            network: no_network(self.calls, allowed.office).err().map(|error| {
                format!(
                    "a process that reads files can reach the network, because seccomp is not there ({error})"
                )
            }),
            memory: bounded.err().map(|error: io::Error| {
                format!("the memory of a process that reads files is not bounded ({error})")
            }),
            pdfium: false,
        }
    }
}

fn abi() -> ABI {
    ABI::V6
}

/// What every process may look at.
fn the_system_alone() -> Result<RulesetCreated, RulesetError> {
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi()))?
        .scope(Scope::AbstractUnixSocket)?
        .scope(Scope::Signal)?
        .create()?
        .add_rules(path_beneath_rules(SYSTEM, AccessFs::from_read(abi())))?
        .add_rules(path_beneath_rules(DEVICES, device))
}

/// What is missing, if something is.
fn only_files(system: Result<RulesetCreated, RulesetError>, allowed: Allowed<'_>) -> Option<String> {
    let read = AccessFs::from_read(abi());
    let own_file: BitFlags<AccessFs> = AccessFs::ReadFile.into();
    let office = if allowed.office { OFFICE } else { &[] };
    let restricted = system.and_then(|ruleset| {
        let ruleset = ruleset
            .add_rules(path_beneath_rules([allowed.runtime], read))?
            .add_rules(path_beneath_rules(office, read))?
            .add_rules(path_beneath_rules([allowed.folder], AccessFs::from_all(abi())))?;
        let is_file = allowed.file.metadata().is_ok_and(|metadata| metadata.is_file());
        if is_file {
            ruleset
                .add_rule(PathBeneath::new(allowed.file.as_fd(), own_file))?
                .restrict_self()
        } else {
            ruleset.restrict_self()
        }
    });
    match restricted {
        Ok(status) if status.ruleset == RulesetStatus::FullyEnforced => None,
        // Older kernels keep files apart as well; what they lack is of less weight.
        Ok(status) if status.ruleset == RulesetStatus::PartiallyEnforced => None,
        Ok(_) => Some(
            "a process that reads files can open others as well, because this kernel has no Landlock (Linux 5.13, \
             with landlock among its security modules)"
                .to_owned(),
        ),
        Err(error) => Some(format!("a process that reads files can open others as well ({error})")),
    }
}

/// Refuses what leads out, and feigns what LibreOffice insists on.
///
/// LibreOffice gives up at once unless it can listen at an address in `/tmp`, where a second one of the same person would
/// ring. There is no second one and nothing that may be written in `/tmp`, so no door is opened for it: it is told that it
/// listens, and nothing is done.
fn no_network(calls: &Calls, office: bool) -> Result<(), String> {
    let apply = |program: &Result<BpfProgram, String>| {
        let program = program.as_ref().map_err(String::clone)?;
        seccompiler::apply_filter(program).map_err(|error| error.to_string())
    };
    apply(&calls.refused)?;
    if office { apply(&calls.feigned) } else { Ok(()) }
}

/// What leads out: connections of every kind, other processes, the kernel's deeper doors.
fn refused() -> Result<BpfProgram, Box<dyn std::error::Error>> {
    let other_than_local = SeccompRule::new(vec![SeccompCondition::new(
        0,
        SeccompCmpArgLen::Dword,
        SeccompCmpOp::Ne,
        u64::try_from(libc::AF_UNIX)?,
    )?])?;
    let refused = [
        libc::SYS_connect,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_io_uring_setup,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_add_key,
        libc::SYS_keyctl,
        libc::SYS_mount,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_setsid,
        libc::SYS_setpgid,
    ];
    let rules = refused
        .into_iter()
        .map(|call| (call, Vec::new()))
        .chain([(libc::SYS_socket, vec![other_than_local])])
        .collect();
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(u32::try_from(libc::EACCES)?),
        std::env::consts::ARCH.try_into()?,
    )?;
    Ok(filter.try_into()?)
}

fn feigned() -> Result<BpfProgram, Box<dyn std::error::Error>> {
    let rules = [libc::SYS_bind, libc::SYS_listen].map(|call| (call, Vec::new()));
    let filter = SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(0),
        std::env::consts::ARCH.try_into()?,
    )?;
    Ok(filter.try_into()?)
}
