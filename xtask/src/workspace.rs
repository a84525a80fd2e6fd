//! Where things are in the repository, and how files of it are written.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The document, from the root of the repository.
pub(crate) const SPEC: &str = "spec/p100-partner-api.yaml";

/// Exit code: something has to be updated, and the message says how.
pub(crate) const STALE: u8 = 4;

/// Exit code: the task could not do its work.
pub(crate) const CANNOT: u8 = 100;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// Reads a file of the repository.
pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| format!("cannot read {path}"))
}

/// Replaces a file of the repository in one step: a reader sees the old text or the new one.
pub(crate) fn write(path: &str, contents: &str) -> Result<()> {
    let target = root().join(path);
    let folder = target.parent().with_context(|| format!("{path} has no folder"))?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder of {path}"))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("cannot write beside {path}"))?;
    file.write_all(contents.as_bytes()).with_context(|| format!("cannot write {path}"))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(&target).with_context(|| format!("cannot replace {path}"))?;
    Ok(())
}
