//! How is a name spelt in Latin letters?
//!
//! Without tones, in small letters, without spaces. Surnames have readings of their own (单 is shan, not dan), which the
//! library does not know; they stand here.

use pinyin::ToPinyin;

/// Surnames read otherwise than the character is read alone. Two characters before one.
const SURNAMES: [(&str, &[&str]); 34] = [
    ("尉迟", &["yu", "chi"]),
    ("万俟", &["mo", "qi"]),
    ("长孙", &["zhang", "sun"]),
    ("澹台", &["tan", "tai"]),
    ("单于", &["chan", "yu"]),
    ("单", &["shan"]),
    ("仇", &["qiu"]),
    ("曾", &["zeng"]),
    ("解", &["xie"]),
    ("查", &["zha"]),
    ("朴", &["piao"]),
    ("区", &["ou"]),
    ("盖", &["ge"]),
    ("任", &["ren"]),
    ("缪", &["miao"]),
    ("翟", &["zhai"]),
    ("覃", &["qin"]),
    ("乐", &["yue"]),
    ("员", &["yun"]),
    ("黑", &["he"]),
    ("折", &["she"]),
    ("种", &["chong"]),
    ("秘", &["bi"]),
    ("冼", &["xian"]),
    ("洗", &["xian"]),
    ("繁", &["po"]),
    ("隗", &["wei"]),
    ("召", &["shao"]),
    ("葛", &["ge"]),
    ("牟", &["mu"]),
    ("祭", &["zhai"]),
    ("纪", &["ji"]),
    ("宁", &["ning"]),
    ("重", &["chong"]),
];

/// `张建国` as `zhangjianguo`.
pub fn full(name: &str) -> String {
    spell(name, |out, syllable| out.push_str(syllable))
}

/// `张建国` as `zjg`.
pub fn initials(name: &str) -> String {
    spell(name, |out, syllable| out.extend(syllable.chars().next()))
}

fn spell(name: &str, mut add: impl FnMut(&mut String, &str)) -> String {
    let mut out = String::with_capacity(name.len() * 2);
    let surname = SURNAMES.iter().find(|(characters, _)| name.starts_with(characters));
    let mut rest = name;
    if let Some((characters, syllables)) = surname {
        syllables.iter().for_each(|syllable| add(&mut out, syllable));
        rest = &name[characters.len()..];
    }
    for c in rest.chars().filter(|c| !c.is_whitespace()) {
        match c.to_pinyin() {
            // ü is typed as v.
            Some(pinyin) => match pinyin.plain().split_once('ü') {
                Some((before, after)) => add(&mut out, &format!("{before}v{after}")),
                None => add(&mut out, pinyin.plain()),
            },
            None => out.extend(c.to_lowercase()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_have_their_own_reading() {
        for (name, pinyin, letters) in [
            ("张建国", "zhangjianguo", "zjg"),
            ("单雄信", "shanxiongxin", "sxx"),
            ("简单", "jiandan", "jd"),
            ("曾国强", "zengguoqiang", "zgq"),
            ("尉迟敬", "yuchijing", "ycj"),
            ("吕梅", "lvmei", "lm"),
            ("O'Neil 张", "o'neilzhang", "o'neilz"),
            ("", "", ""),
        ] {
            assert_eq!((full(name).as_str(), initials(name).as_str()), (pinyin, letters), "{name}");
        }
    }
}
