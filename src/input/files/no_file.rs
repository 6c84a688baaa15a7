//! What lies at a path and is no file of bytes: a pipe, a device, a socket. To open a pipe that nobody writes to
//! waits for ever.

use std::fs::{Metadata, metadata};
use std::io;
use std::path::Path;

use crate::finding::Finding;

/// What is at a path that holds neither a file nor a directory; links are followed.
pub(super) fn no_file(path: &Path) -> Option<&'static str> {
    let found = metadata(path).ok()?;
    (!found.is_file() && !found.is_dir()).then(|| kind(&found))
}

#[cfg(unix)]
fn kind(found: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = found.file_type();
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(_: &Metadata) -> &'static str {
    "a device"
}

/// Why a path that holds no file cannot be read: the manifest names the bytes that a run read, and they are
/// read more than once.
pub(super) fn refused(path: &Path, kind: &str) -> Finding {
    Finding::error(
        path.display().to_string(),
        format!("it is {kind}, expected a file"),
        "write what it gives to a file, and give the path of that",
    )
}

/// The bytes of a file; what is no file is not opened.
pub(in crate::input) fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    match no_file(path) {
        Some(kind) => Err(io::Error::other(format!("it is {kind}, expected a file"))),
        None => std::fs::read(path),
    }
}

/// The text of a file; what is no file is not opened.
///
/// # Errors
///
/// What the system says, or that it is no file or no text in UTF-8.
pub fn text_of(path: &Path) -> io::Result<String> {
    let text = String::from_utf8(bytes_of(path)?);
    text.map_err(|_| {
        let what = "stream did not contain valid UTF-8";
        io::Error::new(io::ErrorKind::InvalidData, what)
    })
}
