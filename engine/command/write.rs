//! Writing files whole or not at all.

use std::fs;
use std::io::{Error, ErrorKind, Write};
use std::path::Path;

/// Puts content in the place of a file, or makes the file; other programs see the old content or the new one, never
/// a part. The permissions of an existing file stay.
///
/// # Errors
/// The file may not be written, or something cannot be written beside it. Then the file is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let permissions = fs::metadata(path).ok().map(|meta| meta.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(Error::from(ErrorKind::PermissionDenied));
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    // Two runs at once do not write into one another's file.
    name.push(format!(".guiju-new-{}", std::process::id()));
    let beside = path.with_file_name(name);
    // Only a new file is written to: a link that waits under this name leads nowhere.
    fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut file| {
        let filled = file.write_all(bytes).and_then(|()| match permissions {
            Some(permissions) => file.set_permissions(permissions),
            None => Ok(()),
        });
        let moved = filled.and_then(|()| file.sync_all()).and_then(|()| fs::rename(&beside, path));
        if moved.is_err() {
            let _ = fs::remove_file(&beside);
        }
        moved
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn content_is_replaced_and_nothing_stays_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["a.toml"]);
    }

    #[test]
    fn a_file_that_may_not_be_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert_eq!(replace(&path, b"new").unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a.toml"]);
    }

    #[test]
    fn what_cannot_be_moved_into_place_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("folder");
        fs::create_dir_all(path.join("within")).unwrap();
        assert!(replace(&path, b"new").is_err());
        assert_eq!(names(folder.path()), ["folder"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
