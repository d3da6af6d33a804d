//! Which characters are these bytes?
//!
//! UTF-8, UTF-16 with a mark, or GB 18030, which every Chinese text file without a mark is that is not UTF-8.

use super::ReadError;
use encoding_rs::{Encoding, GB18030, UTF_8};

/// The text, and the name of the encoding it was read with.
pub fn decode(bytes: &[u8]) -> Result<(String, &'static str), ReadError> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let (text, _, broken) = encoding.decode(bytes);
        return finish(text.into_owned(), encoding.name(), broken);
    }
    if bytes.contains(&0) {
        return Err(ReadError::Binary);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => finish(text.to_owned(), "UTF-8", false),
        // Cut in the middle of a character: the rest is worth reading.
        Err(error) if error.error_len().is_none() => {
            let (text, _) = UTF_8.decode_without_bom_handling(&bytes[..error.valid_up_to()]);
            finish(text.into_owned(), "UTF-8", false)
        }
        Err(error) => {
            let (gb, broken_gb) = GB18030.decode_without_bom_handling(bytes);
            if !broken_gb {
                return finish(gb.into_owned(), "GB18030", false);
            }
            let (utf8, _) = UTF_8.decode_without_bom_handling(bytes);
            let n_broken = |text: &str| text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
            match error.valid_up_to() > 0 && n_broken(&utf8) <= n_broken(&gb) {
                true => finish(utf8.into_owned(), "UTF-8", true),
                false => finish(gb.into_owned(), "GB18030", true),
            }
        }
    }
}

/// A text with more than a twentieth of broken or control characters is no text.
fn finish(text: String, encoding: &'static str, broken: bool) -> Result<(String, &'static str), ReadError> {
    let is_odd = |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace());
    let n_odd = text.chars().filter(|c| is_odd(*c)).count();
    let n_all = text.chars().count();
    if (broken || n_odd > 0) && n_odd * 20 > n_all { Err(ReadError::Binary) } else { Ok((text, encoding)) }
}
