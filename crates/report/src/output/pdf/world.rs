//! What may typst see? The layout, the paper's data and the faces; no file, no network, no clock.

use super::fonts::Fonts;
use crate::compose::ReportError;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// One paper on the desk.
pub(super) struct Desk {
    library: LazyHash<Library>,
    fonts: &'static Fonts,
    layout: Source,
    data: (FileId, Bytes),
}

impl Desk {
    pub(super) fn new(fonts: &'static Fonts, data: String) -> Result<Self, ReportError> {
        Ok(Self {
            library: LazyHash::new(Library::default()),
            fonts,
            layout: Source::new(file("/paper.typ")?, include_str!("paper.typ").into()),
            data: (file("/paper.json")?, Bytes::from_string(data)),
        })
    }
}

fn file(path: &str) -> Result<FileId, ReportError> {
    let path = VirtualPath::new(path).map_err(|error| ReportError::Write(format!("{path}: {error:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.layout.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.layout.id() { Ok(self.layout.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let (data, bytes) = &self.data;
        if id == *data { Ok(bytes.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
