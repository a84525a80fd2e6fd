//! Where things are in the repository, and how files of it are written.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use p100_spec::{Document, Problem, SPEC};

/// Exit code: something has to be updated, and the message says how.
pub(crate) const STALE: u8 = 4;

/// Exit code: the task could not do its work.
pub(crate) const CANNOT: u8 = 100;

/// A checkout of this repository.
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The checkout in `root`; by default the one this program was built from.
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: root.unwrap_or_else(|| own.parent().unwrap_or(own).to_owned()) }
    }

    /// Where `path` of the repository is on disk.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The examples of p100 that are one file: every one has to run.
    pub(crate) fn examples(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.path("crates/p100/examples"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
        names.sort();
        Ok(names)
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> Result<String> {
        fs::read_to_string(self.path(path)).with_context(|| format!("cannot read {path}"))
    }

    /// Reads the document.
    pub(crate) fn document(&self) -> Result<Document> {
        in_file(Document::load(&self.read(SPEC)?), SPEC)
    }

    /// Replaces a file in one step: a reader sees the old text or the new one.
    pub(crate) fn write(&self, path: &str, contents: &str) -> Result<()> {
        let target = self.path(path);
        let folder = target.parent().with_context(|| format!("{path} has no folder"))?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder of {path}"))?;
        let mut file = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A temporary file is private by default; a source file is readable like its neighbours.
            file.permissions(fs::Permissions::from_mode(0o644));
        }
        let mut file = file.tempfile_in(folder).with_context(|| format!("cannot write beside {path}"))?;
        file.write_all(contents.as_bytes()).with_context(|| format!("cannot write {path}"))?;
        file.persist(&target).with_context(|| format!("cannot replace {path}"))?;
        Ok(())
    }
}

/// What `file` was read to, or its problem with the place in it.
pub(crate) fn in_file<T>(read: Result<T, Problem>, file: &str) -> Result<T> {
    read.map_err(|problem| anyhow!("{}", problem.in_file(file)))
}
