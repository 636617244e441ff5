//! Reads folders of standards and dossiers. Links are not followed, sizes are looked at before reading.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{Sources, Span};
use crate::syntax::{Limits, Notation, too_large};
use crate::text;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// The standards that are available.
#[derive(Debug, Default)]
pub struct Library {
    /// Folders, by name.
    pub standards: BTreeMap<String, Folder>,
    /// Folders of regions that lie outside a standard.
    pub regions: Vec<Folder>,
}

/// The folder of one standard.
#[derive(Debug, Default)]
pub struct Folder {
    /// The folder as it is shown.
    pub root: String,
    /// Its files: path within the folder → content.
    pub files: BTreeMap<String, Cow<'static, [u8]>>,
}

/// Finds standards: in the given folders, else in `./standards`, else those that are embedded.
///
/// # Errors
/// The working folder cannot be read.
pub fn library(
    folders: &[PathBuf],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Library> {
    let local = PathBuf::from("standards");
    let mut library = Library::default();
    for folder in folders {
        add(&mut library, folder, sources, diagnostics);
    }
    let only_regions = library.standards.is_empty() && !library.regions.is_empty();
    if !folders.is_empty() && !only_regions {
        return Ok(library);
    }
    if local.try_exists().context("the working folder cannot be read")? {
        add(&mut library, &local, sources, diagnostics);
    } else {
        for (path, bytes) in embedded::FILES {
            let Some((standard, file)) = path.split_once('/') else { continue };
            let folder = library.standards.entry(standard.to_owned()).or_default();
            folder.root = format!("standards/{standard}");
            folder.files.insert(file.to_owned(), Cow::Borrowed(*bytes));
        }
    }
    Ok(library)
}

/// A folder is one standard if it holds `standard.toml`, one region if it holds `region.toml`, otherwise a
/// folder of such folders.
fn add(library: &mut Library, folder: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) {
    let mut reader = Reader { sources, diagnostics };
    if folder.join("standard.toml").is_file() {
        let name = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        let name = name.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        library.standards.insert(name, reader.standard(folder));
        return;
    }
    if folder.join("region.toml").is_file() {
        library.regions.push(reader.standard(folder));
        return;
    }
    let Some(children) = reader.entries(folder) else { return };
    for child in children {
        let holds = |name: &str| child.join(name).is_file();
        if child.is_symlink() && (holds("region.toml") || holds("standard.toml")) {
            reader.fault(&child, Code::FileMisplaced, text!("不跟随链接", "links are not followed"));
            continue;
        }
        if child.is_dir() && child.join("region.toml").is_file() {
            library.regions.push(reader.standard(&child));
        }
        if child.is_dir() && child.join("standard.toml").is_file() {
            let name = child.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            library.standards.insert(name, reader.standard(&child));
        }
    }
}

/// The cases of a standard; none for one that is built in.
pub fn cases(
    root: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Cow<'static, [u8]>> {
    let mut files = BTreeMap::new();
    let (root, folder) = (Path::new(root), Path::new(root).join("cases"));
    if folder.is_dir() {
        Reader { sources, diagnostics }.walk(root, &folder, 1, &mut files);
    }
    files
}

/// An instrument that the call names: a file, or the folder of a region.
pub fn instrument(
    name: &str,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let mut reader = Reader { sources, diagnostics };
    let path = Path::new(name);
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() && path.join("region.toml").is_file() => {
            let mut files = BTreeMap::new();
            reader.walk(path, path, 0, &mut files);
            Some(files.into_iter().map(|(name, bytes)| (path.join(name), bytes.into_owned())).collect())
        }
        Ok(meta) if meta.is_file() => {
            Some(vec![(path.to_path_buf(), reader.file(path, meta.len(), &Limits::RULES))])
        }
        Ok(meta) if !meta.is_dir() => {
            reader.fault(path, Code::FileUnreadable, text!("不是普通文件", "it is no plain file"));
            None
        }
        Ok(_) => {
            let message = text!("文件夹里没有 region.toml", "the folder holds no region.toml");
            reader.fault(path, Code::FileUnreadable, message);
            None
        }
        Err(error) => {
            let message =
                crate::command::write::io_text(&error, text!("文件无法读取：", "the file cannot be read: "));
            reader.fault(path, Code::FileUnreadable, message);
            None
        }
    }
}

struct Reader<'a> {
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn standard(&mut self, root: &Path) -> Folder {
        let mut files = BTreeMap::new();
        self.walk(root, root, 0, &mut files);
        Folder { root: shown(root), files }
    }

    fn fault(&mut self, path: &Path, code: Code, message: crate::lang::Text) {
        let base = self.sources.add(&shown(path), "");
        self.diagnostics.push(Diagnostic::error(code, Span { start: base, end: base }, message));
    }

    /// The entries of a folder, sorted, so that the order of the file system does not matter.
    fn entries(&mut self, folder: &Path) -> Option<Vec<PathBuf>> {
        match fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>) {
            Ok(entries) => {
                let mut paths: Vec<PathBuf> = entries.into_iter().map(|e| e.path()).collect();
                paths.sort();
                Some(paths)
            }
            Err(error) => {
                let message = crate::command::write::io_text(
                    &error,
                    text!("文件夹无法读取：", "the folder cannot be read: "),
                );
                self.fault(folder, Code::FileUnreadable, message);
                None
            }
        }
    }

    fn walk(
        &mut self,
        root: &Path,
        folder: &Path,
        depth: usize,
        files: &mut BTreeMap<String, Cow<'static, [u8]>>,
    ) {
        if depth > 8 {
            self.fault(folder, Code::TooDeep, text!("文件夹嵌套过深", "folders are nested too deep"));
            return;
        }
        for path in self.entries(folder).unwrap_or_default() {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') {
                continue;
            }
            let meta = match fs::symlink_metadata(&path) {
                Ok(meta) => meta,
                Err(error) => {
                    let lead = text!("文件无法读取：", "the file cannot be read: ");
                    self.fault(&path, Code::FileUnreadable, crate::command::write::io_text(&error, lead));
                    continue;
                }
            };
            let rules = name.to_ascii_lowercase().ends_with(".toml");
            if meta.is_symlink() {
                self.fault(&path, Code::FileMisplaced, text!("不跟随链接", "links are not followed"));
            } else if meta.is_dir() {
                // Examples and cases are not part of the rules.
                if !(folder == root && (name == "examples" || name == "cases")) {
                    self.walk(root, &path, depth + 1, files);
                }
            } else if meta.is_file() && name.ends_with(".toml") {
                let relative = path.strip_prefix(root).unwrap_or(&path);
                let bytes = self.file(&path, meta.len(), &Limits::RULES);
                files.insert(shown(relative), Cow::Owned(bytes));
            } else if meta.is_file() && rules {
                let message =
                    text!("规则文件的扩展名须写作 .toml", "rule files end in `.toml`, in small letters");
                self.fault(&path, Code::FileMisplaced, message);
            } else if rules {
                self.fault(&path, Code::FileMisplaced, text!("不是普通文件", "it is no plain file"));
            }
        }
    }

    fn file(&mut self, path: &Path, size: u64, limits: &Limits) -> Vec<u8> {
        if size > limits.bytes as u64 {
            let base = self.sources.add(&shown(path), "");
            self.diagnostics.push(too_large(size, limits.bytes, Span { start: base, end: base }));
            return Vec::new();
        }
        fs::read(path).unwrap_or_else(|error| {
            let message =
                crate::command::write::io_text(&error, text!("文件无法读取：", "the file cannot be read: "));
            self.fault(path, Code::FileUnreadable, message);
            Vec::new()
        })
    }
}

/// A path with `/` on every system.
pub fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A dossier as bytes, with its name and notation.
#[derive(Debug)]
pub struct Input {
    /// The name as given.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
    /// Its notation.
    pub notation: Notation,
}

/// Reads a dossier from a file or, for `-`, from standard input.
pub fn dossier(name: &str, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Input> {
    let limits = &Limits::DOSSIER;
    let mut reader = Reader { sources, diagnostics };
    if name == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(limits.bytes as u64 + 1).read_to_end(&mut bytes);
        if let Err(error) = read {
            let message = crate::command::write::io_text(
                &error,
                text!("标准输入无法读取：", "standard input cannot be read: "),
            );
            reader.fault(Path::new("-"), Code::FileUnreadable, message);
            return None;
        }
        let json = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
        let notation = if json { Notation::Json } else { Notation::Toml };
        return Some(Input { name: "-".to_owned(), bytes, notation });
    }
    let path = Path::new(name);
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            let message =
                text!("这是文件夹，这里须写档案文件", "it is a folder; name the file of a dossier here");
            reader.fault(path, Code::FileUnreadable, message);
            return None;
        }
        Err(error) => {
            let message =
                crate::command::write::io_text(&error, text!("文件无法读取：", "the file cannot be read: "));
            reader.fault(path, Code::FileUnreadable, message);
            return None;
        }
        Ok(_) => {}
    }
    let notation = match path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("json") => Notation::Json,
        Some("toml") => Notation::Toml,
        _ if path.exists() => {
            let message = text!("看不出是 TOML 还是 JSON", "it is not clear whether it is TOML or JSON");
            reader.fault(path, Code::FileUnreadable, message);
            return None;
        }
        // What is wrong is that it is not there.
        _ => Notation::Toml,
    };
    match fs::metadata(path) {
        Ok(meta) if meta.is_file() => {
            let before = reader.diagnostics.errors();
            let bytes = reader.file(path, meta.len(), limits);
            (reader.diagnostics.errors() == before).then_some(Input { name: shown(path), bytes, notation })
        }
        Ok(_) => {
            reader.fault(path, Code::FileUnreadable, text!("不是普通文件", "it is no plain file"));
            None
        }
        Err(error) => {
            let message =
                crate::command::write::io_text(&error, text!("文件无法读取：", "the file cannot be read: "));
            reader.fault(path, Code::FileUnreadable, message);
            None
        }
    }
}

/// The bytes of a TOML file of any kind, within the limits of dossiers.
pub fn bytes(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
    let mut reader = Reader { sources, diagnostics };
    let before = reader.diagnostics.errors();
    let size = fs::symlink_metadata(path).map_or(0, |meta| meta.len());
    let bytes = reader.file(path, size, &Limits::DOSSIER);
    (reader.diagnostics.errors() == before).then_some(bytes)
}

/// All TOML files in a folder, or the file that is named.
pub fn toml_files(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut found = Vec::new();
    Reader { sources, diagnostics }.toml_files(path, 0, &mut found);
    found
}

impl Reader<'_> {
    fn toml_files(&mut self, path: &Path, depth: usize, found: &mut Vec<PathBuf>) {
        let meta = match fs::symlink_metadata(path) {
            Ok(meta) => meta,
            Err(error) => {
                let message = crate::command::write::io_text(
                    &error,
                    text!("文件无法读取：", "the file cannot be read: "),
                );
                return self.fault(path, Code::FileUnreadable, message);
            }
        };
        let toml = path.extension().is_some_and(|e| e == "toml");
        if meta.is_symlink() {
            self.fault(path, Code::FileMisplaced, text!("不跟随链接", "links are not followed"));
        } else if meta.is_dir() && depth > 32 {
            self.fault(path, Code::TooDeep, text!("文件夹嵌套过深", "folders are nested too deep"));
        } else if meta.is_dir() {
            for child in self.entries(path).unwrap_or_default() {
                if !child.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')) {
                    self.toml_files(&child, depth + 1, found);
                }
            }
        } else if toml && meta.is_file() {
            found.push(path.to_path_buf());
        } else if depth == 0 {
            let message = text!("不是 TOML 文件（*.toml）", "it is no TOML file (*.toml)");
            self.fault(path, Code::FileUnreadable, message);
        }
    }
}
