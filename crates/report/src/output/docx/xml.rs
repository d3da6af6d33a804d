//! Elements, attributes and text, one after the other.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::Result;

/// Namespace of WordprocessingML.
pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// Namespace of relations between parts.
pub(super) const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Attributes as names and values.
pub(super) type Attributes<'a> = [(&'a str, &'a str)];

/// One part being written.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// A part whose first element is opened at once.
    pub(super) fn root(name: &str, attributes: &Attributes) -> Result<Self> {
        let mut xml = Self(Writer::new(Vec::new()));
        xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), Some("yes"))))?;
        xml.open(name, attributes)?;
        Ok(xml)
    }

    /// The part's bytes, after closing its first element.
    pub(super) fn finish(mut self, name: &str) -> Result<Vec<u8>> {
        self.close(name)?;
        Ok(self.0.into_inner())
    }

    pub(super) fn open(&mut self, name: &str, attributes: &Attributes) -> Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())))
    }

    pub(super) fn close(&mut self, name: &str) -> Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    pub(super) fn empty(&mut self, name: &str, attributes: &Attributes) -> Result<()> {
        self.0.write_event(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())))
    }

    /// `<name w:val="value"/>`
    pub(super) fn val(&mut self, name: &str, value: &str) -> Result<()> {
        self.empty(name, &[("w:val", value)])
    }

    /// An element that holds text only. Characters that XML cannot carry are dropped.
    pub(super) fn text(&mut self, name: &str, attributes: &Attributes, text: &str) -> Result<()> {
        self.open(name, attributes)?;
        let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n')).collect();
        self.0.write_event(Event::Text(BytesText::new(&text)))?;
        self.close(name)
    }

    /// A run of text; a line end begins a new line of the same paragraph.
    pub(super) fn run(&mut self, text: &str) -> Result<()> {
        self.open("w:r", &[])?;
        for (n, line) in text.split('\n').enumerate() {
            if n > 0 {
                self.empty("w:br", &[])?;
            }
            self.text("w:t", &[("xml:space", "preserve")], line)?;
        }
        self.close("w:r")
    }
}
