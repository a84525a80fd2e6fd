//! The file of `--state`: read once, replaced often, and locked in between.

use std::env;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fs4::{FileExt, TryLockError};
use tempfile::Builder;

use super::replace;
use crate::world::World;

pub(super) struct Store {
    /// The file itself, not a link to it.
    path: PathBuf,
    kept: Mutex<Kept>,
}

/// The file as it is now.
struct Kept {
    /// Locked as long as it is open.
    file: File,
    /// It cannot be renamed over.
    is_in_place: bool,
    /// Replacing it in place was interrupted.
    is_torn: bool,
}

impl Store {
    /// Opens and locks the file, and makes it if it is missing: better now than after a day's work.
    pub(super) fn open(given: &Path) -> Result<Self, String> {
        let failed = |error: io::Error| not_kept(given, &error);
        if fs::metadata(given).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(format!("the state cannot be read from and kept in {}: it is no regular file", given.display()));
        }
        loop {
            let mut options = File::options();
            options.read(true).write(true).create(true).truncate(false);
            // A state holds keys and card numbers.
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(given).map_err(failed)?;
            if !lock(&file).map_err(failed)? {
                return Err(format!(
                    "another sandbox keeps its state in {}: stop it, or choose another file with --state",
                    given.display()
                ));
            }
            let path = fs::canonicalize(given).map_err(failed)?;
            let metadata = file.metadata().map_err(failed)?;
            // Another sandbox may have replaced it just before it ended.
            if !fs::metadata(&path).is_ok_and(|at_path| is_same(&metadata, &at_path)) {
                continue;
            }
            replace::clean(&path);
            let is_in_place = is_mounted(&path, &metadata) || replace::beside(&path, 0o600).is_err();
            return Ok(Self { path, kept: Mutex::new(Kept { file, is_in_place, is_torn: false }) });
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The state that was kept; an empty file holds none.
    pub(super) fn read(&self) -> Result<Option<String>, String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.path.display();
        let contents = replace::contents(&kept.file).map_err(|error| format!("{path} cannot be read: {error}"))?;
        let text = String::from_utf8(contents).map_err(|error| format!("{path} is not the state of a sandbox: {}", error.utf8_error()))?;
        Ok(Some(text).filter(|text| !text.trim().is_empty()))
    }

    /// Replaces the state. If that fails, the one before is still there.
    pub(super) fn save(&self, world: &World) -> Result<(), String> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.replace(&self.path, world).map_err(|error| not_kept(&self.path, &error))
    }

    /// Writes the state to another place, which is returned.
    pub(super) fn save_elsewhere(&self, world: &World) -> Result<PathBuf, String> {
        let mut failures = Vec::new();
        for folder in [Some(env::temp_dir()), env::current_dir().ok()].into_iter().flatten() {
            let saved = Builder::new().prefix("p100-sandbox-state-").suffix(".json").tempfile_in(&folder).and_then(|file| {
                write(file.as_file(), world)?;
                file.as_file().sync_all()?;
                Ok(file.keep()?.1)
            });
            match saved {
                Ok(path) => return Ok(path),
                Err(error) => failures.push(format!("not in {} either: {error}", folder.display())),
            }
        }
        Err(failures.join("; "))
    }
}

impl Kept {
    fn replace(&mut self, path: &Path, world: &World) -> io::Result<()> {
        if !self.is_in_place {
            let mode = mode(&self.file.metadata()?);
            let replaced = replace::file(path, mode, |file| {
                // From the moment that it has the name.
                lock(file)?;
                write(file, world)
            });
            match replaced {
                Ok(file) => {
                    self.file = file;
                    return Ok(());
                }
                Err(error) if is_refused(&error) => self.is_in_place = true,
                Err(error) => return Err(error),
            }
        }
        if self.is_torn {
            replace::contents(&self.file)?;
        }
        self.is_torn = true;
        let replaced = replace::in_place(&self.file, world.write().as_bytes());
        self.is_torn = replaced.is_err();
        replaced
    }
}

fn not_kept(path: &Path, error: &io::Error) -> String {
    format!("the state could not be kept in {}: {error}", path.display())
}

fn write(file: &File, world: &World) -> io::Result<()> {
    let mut buffered = BufWriter::with_capacity(1 << 20, file);
    world.write_to(&mut buffered)?;
    buffered.flush()
}

/// False: another process has it.
fn lock(file: &File) -> io::Result<bool> {
    match FileExt::try_lock(file) {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        // Some file systems have no locks; they are no reason to keep nothing.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether a file may be written but not replaced: it is mounted, or its folder may not be written.
fn is_refused(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem, ResourceBusy};

    matches!(error.kind(), CrossesDevices | PermissionDenied | ReadOnlyFilesystem | ResourceBusy)
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> u32 {
    0o600
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// A locked file cannot be renamed over there.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether the file is on another file system than its folder.
#[cfg(unix)]
fn is_mounted(path: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let folder = path.parent().and_then(|folder| fs::metadata(folder).ok());
    folder.is_some_and(|folder| folder.dev() != metadata.dev())
}

#[cfg(not(unix))]
fn is_mounted(_: &Path, _: &Metadata) -> bool {
    false
}
