//! What is in this archive: a Word document, a workbook, or something else?

use super::{Format, MAX_UNPACKED_BYTES, Original, ReadError, docx, workbook};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Reads a DOCX or XLSX.
pub fn read(bytes: &[u8]) -> Result<Original, ReadError> {
    let broken = |error: zip::result::ZipError| ReadError::Damaged(Format::Docx, error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let has = |archive: &ZipArchive<Cursor<&[u8]>>, name: &str| archive.index_for_name(name).is_some();
    if has(&archive, "EncryptedPackage") {
        return Err(ReadError::Encrypted);
    }
    if has(&archive, "word/document.xml") {
        return docx::read(&part(&mut archive, "word/document.xml")?);
    }
    if has(&archive, "xl/workbook.xml") {
        refuse_bomb(&mut archive)?;
        return workbook::read(bytes);
    }
    Err(ReadError::Binary)
}

/// One part, unpacked up to the limit. The size an archive claims is not believed.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>, ReadError> {
    let damaged = |error: String| ReadError::Damaged(Format::Docx, error);
    let file = archive.by_name(name).map_err(|error| match error {
        zip::result::ZipError::UnsupportedArchive(what) if what.contains("Password") => ReadError::Encrypted,
        other => damaged(other.to_string()),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_UNPACKED_BYTES + 1).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
    if bytes.len() as u64 > MAX_UNPACKED_BYTES { Err(ReadError::Bomb) } else { Ok(bytes) }
}

/// The reader of workbooks unpacks by itself, so all parts are measured first.
fn refuse_bomb(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), ReadError> {
    let mut rest = MAX_UNPACKED_BYTES;
    for n in 0..archive.len() {
        let file = archive.by_index(n).map_err(|error| ReadError::Damaged(Format::Workbook, error.to_string()))?;
        let copied = std::io::copy(&mut file.take(rest + 1), &mut std::io::sink())
            .map_err(|error| ReadError::Damaged(Format::Workbook, error.to_string()))?;
        rest = rest.checked_sub(copied).ok_or(ReadError::Bomb)?;
    }
    Ok(())
}
