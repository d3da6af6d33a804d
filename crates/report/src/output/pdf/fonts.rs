//! Which typefaces of this machine stand for those of an official paper?
//!
//! 仿宋_GB2312 and its fellows may not be handed on, so each role is a chain: the named face, what Windows and macOS
//! have, and free ones at the end. Only faces of a chain are read.

use crate::compose::ReportError;
use fontdb::{Database, Source};
use serde::Serialize;
use std::sync::OnceLock;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The families of each role, the first that is here wins, character by character.
#[derive(Serialize)]
pub(super) struct Chains {
    body: Vec<&'static str>,
    kai: Vec<&'static str>,
    hei: Vec<&'static str>,
    song: Vec<&'static str>,
    title: Vec<&'static str>,
}

const BODY: &[&str] =
    &["FangSong_GB2312", "仿宋_GB2312", "FangSong", "STFangsong", "Zhuque Fangsong", "FandolFang R", SERIF];
const KAI: &[&str] = &["KaiTi_GB2312", "楷体_GB2312", "KaiTi", "STKaiti", "LXGW WenKai", "AR PL UKai CN", SERIF];
const HEI: &[&str] = &["SimHei", "STHeiti", SANS];
const SONG: &[&str] = &["SimSun", "STSong", SERIF];
const TITLE: &[&str] = &["FZXiaoBiaoSong-B05S", "方正小标宋简体", "STZhongsong", SERIF];
/// These two have all 20,902 characters of the first Chinese block of Unicode, and many beyond it.
const SERIF: &str = "Noto Serif CJK SC";
const SANS: &str = "Noto Sans CJK SC";

/// The faces of this machine that a paper can use.
pub(super) struct Fonts {
    pub(super) chains: Chains,
    pub(super) book: LazyHash<FontBook>,
    pub(super) faces: Vec<Font>,
}

/// The faces, looked for once.
pub(super) fn fonts() -> Result<&'static Fonts, ReportError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    let fonts = FONTS.get_or_init(look);
    let none = "this machine has no font that shows Chinese; install one, such as fonts-noto-cjk";
    if fonts.faces.is_empty() { Err(ReportError::Write(none.into())) } else { Ok(fonts) }
}

fn look() -> Fonts {
    let mut database = Database::new();
    database.load_system_fonts();
    let wanted: Vec<&str> = [BODY, KAI, HEI, SONG, TITLE].concat();
    let is_wanted = |face: &fontdb::FaceInfo| face.families.iter().any(|(name, _)| wanted.contains(&name.as_str()));
    let here: Vec<&fontdb::FaceInfo> = database.faces().filter(|face| is_wanted(face)).collect();
    let of = |chain: &[&'static str]| -> Vec<&'static str> {
        let is_here = |name: &&str| here.iter().any(|face| face.families.iter().any(|(family, _)| family == *name));
        // A role without a face of its own borrows one that shows every character.
        let rest = [SERIF, SANS].into_iter().filter(|name| !chain.contains(name));
        chain.iter().copied().chain(rest).filter(is_here).collect()
    };
    let chains = Chains { body: of(BODY), kai: of(KAI), hei: of(HEI), song: of(SONG), title: of(TITLE) };
    let faces: Vec<Font> = here.iter().filter_map(|face| read(face)).collect();
    Fonts { chains, book: LazyHash::new(FontBook::from_fonts(&faces)), faces }
}

fn read(face: &fontdb::FaceInfo) -> Option<Font> {
    let bytes = match &face.source {
        Source::File(path) | Source::SharedFile(path, _) => Bytes::new(std::fs::read(path).ok()?),
        Source::Binary(data) => Bytes::new(data.as_ref().as_ref().to_vec()),
    };
    Font::new(bytes, face.index)
}
