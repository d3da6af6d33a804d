//! The parts that are the same in every document: relations, settings, footers.

use super::xml::{R, W, Xml};
use std::io::Result;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

pub(super) fn content_types() -> Result<Vec<u8>> {
    let mut xml = Xml::root("Types", &[("xmlns", "http://schemas.openxmlformats.org/package/2006/content-types")])?;
    let relations = "application/vnd.openxmlformats-package.relationships+xml";
    xml.empty("Default", &[("Extension", "rels"), ("ContentType", relations)])?;
    xml.empty("Default", &[("Extension", "xml"), ("ContentType", "application/xml")])?;
    let parts = [
        ("document", "document.main"),
        ("styles", "styles"),
        ("settings", "settings"),
        ("fontTable", "fontTable"),
        ("footer1", "footer"),
        ("footer2", "footer"),
    ];
    for (part, kind) in parts {
        let (name, kind) = (format!("/word/{part}.xml"), format!("{WORD}.{kind}+xml"));
        xml.empty("Override", &[("PartName", &name), ("ContentType", &kind)])?;
    }
    let core = "application/vnd.openxmlformats-package.core-properties+xml";
    xml.empty("Override", &[("PartName", "/docProps/core.xml"), ("ContentType", core)])?;
    xml.finish("Types")
}

fn relations(relations: &[(&str, &str, &str)]) -> Result<Vec<u8>> {
    let mut xml = Xml::root("Relationships", &[("xmlns", RELATIONS)])?;
    for (id, kind, target) in relations {
        xml.empty("Relationship", &[("Id", id), ("Type", kind), ("Target", target)])?;
    }
    xml.finish("Relationships")
}

pub(super) fn package_relations() -> Result<Vec<u8>> {
    let core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
    relations(&[("rId1", &format!("{R}/officeDocument"), "word/document.xml"), ("rId2", core, "docProps/core.xml")])
}

pub(super) fn document_relations() -> Result<Vec<u8>> {
    relations(&[
        ("rId1", &format!("{R}/styles"), "styles.xml"),
        ("rId2", &format!("{R}/settings"), "settings.xml"),
        ("rId3", &format!("{R}/fontTable"), "fontTable.xml"),
        ("rId4", &format!("{R}/footer"), "footer1.xml"),
        ("rId5", &format!("{R}/footer"), "footer2.xml"),
    ])
}

pub(super) fn core(title: &str) -> Result<Vec<u8>> {
    let mut xml = Xml::root(
        "cp:coreProperties",
        &[
            ("xmlns:cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    )?;
    xml.text("dc:title", &[], title)?;
    xml.text("dc:language", &[], "zh-CN")?;
    xml.finish("cp:coreProperties")
}

pub(super) fn settings() -> Result<Vec<u8>> {
    let mut xml = Xml::root("w:settings", &[("xmlns:w", W)])?;
    xml.empty("w:zoom", &[("w:percent", "100")])?;
    xml.val("w:defaultTabStop", "420")?;
    xml.empty("w:evenAndOddHeaders", &[])?;
    xml.val("w:characterSpacingControl", "doNotCompress")?;
    xml.open("w:compat", &[])?;
    xml.empty(
        "w:compatSetting",
        &[("w:name", "compatibilityMode"), ("w:uri", "http://schemas.microsoft.com/office/word"), ("w:val", "15")],
    )?;
    xml.close("w:compat")?;
    xml.empty("w:themeFontLang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN")])?;
    xml.finish("w:settings")
}

/// Which page a footer is for.
#[derive(Clone, Copy)]
pub(super) enum Side {
    /// Numbers stand right, one character in.
    Odd,
    /// Numbers stand left, one character in.
    Even,
}

/// `— 1 —`
pub(super) fn footer(side: Side) -> Result<Vec<u8>> {
    let mut xml = Xml::root("w:ftr", &[("xmlns:w", W)])?;
    xml.open("w:p", &[])?;
    xml.open("w:pPr", &[])?;
    xml.val("w:pStyle", "Footer")?;
    let (edge, align) = match side {
        Side::Odd => ("w:right", "right"),
        Side::Even => ("w:left", "left"),
    };
    xml.empty("w:ind", &[(edge, "280")])?;
    xml.val("w:jc", align)?;
    xml.close("w:pPr")?;
    xml.run("— ")?;
    xml.open("w:fldSimple", &[("w:instr", " PAGE ")])?;
    xml.run("1")?;
    xml.close("w:fldSimple")?;
    xml.run(" —")?;
    xml.close("w:p")?;
    xml.finish("w:ftr")
}
