//! Writing files whole or not at all.

use std::fs;
use std::io::{Error, ErrorKind, Write};
use std::path::Path;

use crate::lang::Text;
use crate::text;

/// What the system says of a file, in both languages.
pub fn io_text(error: &Error, lead: Text) -> Text {
    let known = match error.kind() {
        ErrorKind::NotFound => text!("没有这个文件或文件夹", "there is no such file or folder"),
        ErrorKind::PermissionDenied => text!("没有权限", "it is not permitted"),
        ErrorKind::AlreadyExists => text!("已经存在", "it exists already"),
        ErrorKind::IsADirectory | ErrorKind::ResourceBusy => text!("这是文件夹", "it is a folder"),
        ErrorKind::NotADirectory => text!("路径中有一段不是文件夹", "a part of the path is no folder"),
        ErrorKind::StorageFull => text!("磁盘已满", "the disk is full"),
        ErrorKind::ReadOnlyFilesystem => text!("磁盘只读", "the disk is read-only"),
        ErrorKind::InvalidData => text!("内容不是 UTF-8", "its content is not UTF-8"),
        _ => Text::same(error),
    };
    lead.then(known)
}

/// Whether two paths lead to one file that exists.
pub fn same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(a).is_some_and(|a| Some(a) == real(b))
}

/// Puts content in the place of a file, or makes the file; other programs see the old content or the new one, never
/// a part. The permissions of an existing file stay. A link is followed; a device or a pipe is written to.
///
/// # Errors
/// The file may not be written, or something cannot be written beside it. Then the file is as it was.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let link = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink());
    let real = if link { fs::canonicalize(path)? } else { path.to_path_buf() };
    let path = real.as_path();
    let meta = fs::metadata(path).ok();
    match &meta {
        Some(meta) if meta.is_dir() => return Err(Error::from(ErrorKind::IsADirectory)),
        // `/dev/stdout`, a pipe, a terminal: nothing must take their place.
        Some(meta) if !meta.is_file() => {
            return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
        }
        _ => {}
    }
    let permissions = meta.map(|meta| meta.permissions());
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

    #[test]
    fn a_folder_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(replace(folder.path(), b"new").unwrap_err().kind(), ErrorKind::IsADirectory);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_pipes_stay_pipes() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("a.toml"), folder.path().join("link.toml"));
        fs::write(&real, "old").unwrap();
        symlink(&real, &link).unwrap();
        replace(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        // A link that leads nowhere is no place to write to.
        let nowhere = folder.path().join("nowhere.toml");
        symlink(folder.path().join("none"), &nowhere).unwrap();
        assert_eq!(replace(&nowhere, b"new").unwrap_err().kind(), ErrorKind::NotFound);
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        replace(&pipe, b"new").unwrap();
        assert_eq!(reader.join().unwrap(), b"new");
        assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
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
