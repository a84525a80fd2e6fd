//! Files that hold either what they held before or all that is new, whenever the program or the machine stops.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// The end of the names of files that take the place of another one soon.
const NEW: &str = ".p100-new";

/// Replaces the file at `path` by one that is written beside it, under a name that nobody can foresee: what a killed process left is not in
/// the way. Returns the new file.
pub(super) fn file(path: &Path, mode: u32, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<File> {
    let written = beside(path, mode)?;
    write(written.as_file())?;
    written.as_file().sync_all()?;
    let file = written.persist(path)?;
    sync_folder(path)?;
    Ok(file)
}

/// A new file in the folder of another one, gone when it is dropped.
pub(super) fn beside(path: &Path, mode: u32) -> io::Result<NamedTempFile> {
    let prefix = prefix(path);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(NEW);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode & 0o777));
    #[cfg(not(unix))]
    let _ = mode;
    builder.tempfile_in(folder(path))
}

/// Removes what processes that were killed have left beside a file. Only for whom nobody else writes it.
pub(super) fn clean(path: &Path) {
    let prefix = prefix(path);
    for entry in fs::read_dir(folder(path)).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.strip_suffix(NEW));
        if random.is_some_and(|random| random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            // It is in nobody's way.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the new name last.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder(path))?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Follows what a file had when it was going to be replaced in place. No JSON has a `#` at the beginning of a line.
const MARK: &[u8] = b"\n#p100-sandbox: replacing\n";

/// Replaces the contents of a file that cannot be renamed over, such as one that is mounted into a container.
///
/// First all of the new contents go behind the old ones, and then a line that says where they are. Only then are they written to the
/// beginning, and the rest is cut off. So [`contents`] finds the old or the new ones after every single step; a full disk is met in the first.
pub(super) fn in_place(mut file: &File, new: &[u8]) -> io::Result<()> {
    let old = file.seek(SeekFrom::End(0))?;
    let at = (old + MARK.len() as u64).max(new.len() as u64);
    let appended = (|| {
        file.write_all(MARK)?;
        io::copy(&mut io::repeat(b' ').take(at - old - MARK.len() as u64), &mut file)?;
        file.write_all(new)?;
        file.sync_all()?;
        file.write_all(copied(at, new.len() as u64).as_bytes())?;
        file.sync_all()
    })();
    if let Err(error) = appended {
        // What cannot be cut off is ignored when it is read.
        let _ = file.set_len(old);
        return Err(error);
    }
    overwrite(file, new)
}

/// What a file holds. Finishes or undoes what was interrupted while it was replaced in place.
pub(super) fn contents(mut file: &File) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut all)?;
    if let Some(new) = copy(&all) {
        overwrite(file, new)?;
        return Ok(new.to_vec());
    }
    let whole = all.windows(MARK.len()).position(|window| window == MARK);
    // Of the mark itself there may be a part only; a line break alone is in nobody's way.
    let part = (2..MARK.len()).find(|length| all.ends_with(&MARK[..*length])).map(|length| all.len() - length);
    if let Some(old) = whole.or(part) {
        file.set_len(old as u64)?;
        all.truncate(old);
    }
    Ok(all)
}

fn overwrite(mut file: &File, new: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(new)?;
    file.sync_all()?;
    file.set_len(new.len() as u64)?;
    file.sync_all()
}

/// Says that all of the new contents are in the file, and where. Always of the same length.
fn copied(at: u64, length: u64) -> String {
    format!("\n#p100-sandbox: replaced by {length:020} bytes at {at:020}\n")
}

/// The new contents that are behind the old ones.
fn copy(all: &[u8]) -> Option<&[u8]> {
    let line = all.len().checked_sub(copied(0, 0).len())?;
    let text = str::from_utf8(&all[line..]).ok()?;
    let (length, at) = text.strip_prefix("\n#p100-sandbox: replaced by ")?.strip_suffix('\n')?.split_once(" bytes at ")?;
    let (length, at): (usize, usize) = (length.parse().ok()?, at.parse().ok()?);
    all.get(at..at.checked_add(length)?).filter(|_| at + length == line)
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::{MARK, contents, copied, in_place};

    fn file(contents: &[u8]) -> std::fs::File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(contents).unwrap();
        file
    }

    /// Every state that a file goes through while `old` is replaced by `new`, in steps of one byte.
    fn states(old: &[u8], new: &[u8]) -> Vec<(Vec<u8>, bool)> {
        let at = (old.len() + MARK.len()).max(new.len());
        let mut whole = [old, MARK].concat();
        whole.resize(at, b' ');
        whole.extend_from_slice(new);
        whole.extend_from_slice(copied(at as u64, new.len() as u64).as_bytes());
        let appending = (old.len()..whole.len()).map(|length| (whole[..length].to_vec(), false));
        let overwriting = (0..=new.len()).map(|done| ([&new[..done], &whole[done..]].concat(), true));
        appending.chain(overwriting).chain([(new.to_vec(), true)]).collect()
    }

    #[test]
    fn after_every_step_in_place_the_old_or_the_new_is_found() {
        let (short, long) =
            (br#"{"a":1}"#.as_slice(), br#"{"a": "a longer text, with \n#p100-sandbox: replacing\n in it", "b": [1, 2]}"#.to_vec());
        for (old, new) in [(short, &*long), (&*long, short), (short, short), (b"".as_slice(), short), (b"", &long)] {
            for (step, (state, is_new)) in states(old, new).into_iter().enumerate() {
                let file = file(&state);
                let expected = if is_new { new } else { old };
                let found = contents(&file).unwrap();
                assert_eq!(found.trim_ascii_end(), expected, "{}", String::from_utf8_lossy(&state));
                // It is repaired, and can be replaced again.
                assert_eq!(file.metadata().unwrap().len(), found.len() as u64);
                if step % 13 == 0 {
                    in_place(&file, new).unwrap();
                    assert_eq!(contents(&file).unwrap(), new);
                }
            }
        }
    }

    #[test]
    fn the_states_are_those_of_the_code() {
        let (old, new) = (b"old".as_slice(), b"newer".as_slice());
        let mut file = file(old);
        in_place(&file, new).unwrap();
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        std::io::Read::read_to_end(&mut file, &mut text).unwrap();
        assert_eq!(text, new);
    }
}
