//! Words people read: Chinese always, English beside it when there is any.

use serde::{Deserialize, Serialize};

/// The language a person reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// Simplified Chinese, the first language of everything.
    #[default]
    Zh,
    /// English.
    En,
}

/// A text in Chinese and, when it was given, in English.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// Chinese; never empty for a title.
    pub zh: String,
    /// English, if written inline or in `strings/en.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Text {
    /// A text that exists in Chinese only.
    pub fn zh(text: impl Into<String>) -> Self {
        Self { zh: text.into(), en: None }
    }

    /// A text in both languages.
    pub fn both(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: Some(en.into()) }
    }

    /// The text in `language`; Chinese stands in when there is no English.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => self.en.as_deref().unwrap_or(&self.zh),
        }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.zh)
    }
}
