//! Why could a campaign not be planned?

/// Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// There is no campaign of this name.
    #[error("there is no campaign \"{id}\"{}", base::did_you_mean(near.as_deref()))]
    Unknown {
        /// As it was asked for.
        id: String,
        /// The name most like it.
        near: Option<String>,
    },
    /// A draw without a seed and a round could not be repeated by anybody.
    #[error("{0} draws by lot; say the seed that was entered in public, and the round")]
    NoSeed(String),
    /// It runs once a month, quarter or year, and another period was asked for.
    #[error("{campaign} runs once a {every}; {period} is none")]
    Period {
        /// The campaign.
        campaign: String,
        /// How often it runs.
        every: &'static str,
        /// What was asked for.
        period: String,
    },
    /// Its size is no number above 0 and no share of at most 100 %.
    #[error("{campaign} is to draw \"{size}\", which is neither a number above 0 nor a share of at most 100 %")]
    Size {
        /// The campaign.
        campaign: String,
        /// What was found.
        size: String,
    },
    /// It is to draw more than there are.
    #[error("{campaign} is to draw {asked} of {there}")]
    TooFew {
        /// The campaign.
        campaign: String,
        /// How many it is to draw.
        asked: u64,
        /// How many there are.
        there: u64,
    },
    /// Nobody can be picked for a record.
    #[error("nobody can be picked as {field} for {unit}: {why}")]
    NobodyToPick {
        /// The field.
        field: String,
        /// The row.
        unit: String,
        /// What was looked for.
        why: String,
    },
    /// The packs have a mistake that shows only here.
    #[error("{0}")]
    Mistake(String),
    /// The records did not answer.
    #[error(transparent)]
    Store(#[from] columns::StoreError),
}
