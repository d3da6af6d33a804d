//! Typefaces, sizes and line heights.
//!
//! The typefaces of official papers may not be handed on, so they are named, with what may stand in for them.

use super::xml::{W, Xml};
use std::io::Result;

const BODY: &str = "仿宋_GB2312";
const KAI: &str = "楷体_GB2312";
const HEI: &str = "黑体";
const SONG: &str = "宋体";
const TITLE: &str = "方正小标宋简体";
/// Digits and Latin letters.
const LATIN: &str = "Times New Roman";

/// 22 lines on 225 mm: 28.95 pt, in twentieths of a point.
pub(super) const LINE: &str = "579";

/// 28 characters of 16 pt on 156 mm: each a quarter of a point closer, in twentieths of a point. A character grid would
/// say the same, but not every program that shows the file reads it the same way.
const PITCH: &str = "-5";

/// A paragraph style that differs from the body.
struct Style {
    id: &'static str,
    name: &'static str,
    font: &'static str,
    /// Half-points.
    size: &'static str,
    line: &'static str,
    /// Space before and after.
    around: [&'static str; 2],
    /// First line indented by two characters.
    indent: bool,
    align: &'static str,
    outline: Option<&'static str>,
}

const fn heading(id: &'static str, name: &'static str, font: &'static str, outline: &'static str) -> Style {
    let (size, line) = ("32", LINE);
    Style { id, name, font, size, line, around: ["0", "0"], indent: true, align: "left", outline: Some(outline) }
}

const fn small(id: &'static str, name: &'static str, font: &'static str, size: &'static str) -> Style {
    let (line, around) = ("320", ["30", "30"]);
    Style { id, name, font, size, line, around, indent: false, align: "left", outline: None }
}

const STYLES: [Style; 10] = [
    Style {
        id: "Title",
        name: "Title",
        font: TITLE,
        size: "44",
        line: "700",
        around: [LINE, LINE],
        indent: false,
        align: "center",
        outline: None,
    },
    heading("Heading1", "heading 1", HEI, "0"),
    heading("Heading2", "heading 2", KAI, "1"),
    heading("Heading3", "heading 3", BODY, "2"),
    heading("Heading4", "heading 4", BODY, "3"),
    Style {
        id: "BodyText",
        name: "Body Text",
        font: BODY,
        size: "32",
        line: LINE,
        around: ["0", "0"],
        indent: true,
        align: "both",
        outline: None,
    },
    small("Footer", "footer", SONG, "28"),
    small("Attachment", "附件", HEI, "32"),
    small("TableHead", "表头", HEI, "20"),
    small("TableText", "表文", BODY, "20"),
];

pub(super) fn styles() -> Result<Vec<u8>> {
    let mut xml = Xml::root("w:styles", &[("xmlns:w", W)])?;
    xml.open("w:docDefaults", &[])?;
    xml.open("w:rPrDefault", &[])?;
    xml.open("w:rPr", &[])?;
    fonts(&mut xml, BODY)?;
    xml.val("w:sz", "32")?;
    xml.val("w:szCs", "32")?;
    xml.empty("w:lang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN")])?;
    xml.close("w:rPr")?;
    xml.close("w:rPrDefault")?;
    xml.open("w:pPrDefault", &[])?;
    xml.close("w:pPrDefault")?;
    xml.close("w:docDefaults")?;
    xml.open("w:style", &[("w:type", "paragraph"), ("w:default", "1"), ("w:styleId", "Normal")])?;
    xml.val("w:name", "Normal")?;
    xml.empty("w:qFormat", &[])?;
    xml.open("w:pPr", &[])?;
    xml.val("w:widowControl", "0")?;
    xml.val("w:kinsoku", "1")?;
    xml.val("w:autoSpaceDE", "0")?;
    xml.val("w:autoSpaceDN", "0")?;
    xml.val("w:adjustRightInd", "0")?;
    xml.val("w:snapToGrid", "1")?;
    xml.close("w:pPr")?;
    xml.close("w:style")?;
    for style in &STYLES {
        write(&mut xml, style)?;
    }
    xml.finish("w:styles")
}

fn write(xml: &mut Xml, style: &Style) -> Result<()> {
    xml.open("w:style", &[("w:type", "paragraph"), ("w:styleId", style.id)])?;
    xml.val("w:name", style.name)?;
    xml.val("w:basedOn", "Normal")?;
    if style.outline.is_some() {
        xml.val("w:next", "BodyText")?;
    }
    xml.empty("w:qFormat", &[])?;
    xml.open("w:pPr", &[])?;
    if style.outline.is_some() || style.id == "Title" {
        xml.empty("w:keepNext", &[])?;
    }
    if style.id.starts_with("Table") {
        xml.val("w:snapToGrid", "0")?;
    }
    let [before, after] = style.around;
    xml.empty(
        "w:spacing",
        &[("w:before", before), ("w:after", after), ("w:line", style.line), ("w:lineRule", "exact")],
    )?;
    if style.indent {
        xml.empty("w:ind", &[("w:firstLineChars", "200"), ("w:firstLine", "632")])?;
    }
    xml.val("w:jc", style.align)?;
    if let Some(level) = style.outline {
        xml.val("w:outlineLvl", level)?;
    }
    xml.close("w:pPr")?;
    xml.open("w:rPr", &[])?;
    fonts(xml, style.font)?;
    if style.indent {
        xml.val("w:spacing", PITCH)?;
    }
    xml.val("w:sz", style.size)?;
    xml.val("w:szCs", style.size)?;
    xml.close("w:rPr")?;
    xml.close("w:style")
}

fn fonts(xml: &mut Xml, east_asian: &str) -> Result<()> {
    let latin = if east_asian == SONG { SONG } else { LATIN };
    // 一是“…”: quotation marks belong to the Chinese text, not to Times.
    xml.empty(
        "w:rFonts",
        &[("w:hint", "eastAsia"), ("w:ascii", latin), ("w:eastAsia", east_asian), ("w:hAnsi", latin), ("w:cs", LATIN)],
    )
}

/// The typefaces named above, each with one that may stand in.
pub(super) fn font_table() -> Result<Vec<u8>> {
    let mut xml = Xml::root("w:fonts", &[("xmlns:w", W)])?;
    let fonts = [
        (BODY, "仿宋", "roman"),
        (KAI, "楷体", "script"),
        (HEI, "SimHei", "swiss"),
        (SONG, "SimSun", "roman"),
        (TITLE, "华文中宋", "roman"),
    ];
    for (name, other, family) in fonts {
        xml.open("w:font", &[("w:name", name)])?;
        xml.val("w:altName", other)?;
        xml.val("w:charset", "86")?;
        xml.val("w:family", family)?;
        xml.val("w:pitch", "variable")?;
        xml.close("w:font")?;
    }
    xml.finish("w:fonts")
}
