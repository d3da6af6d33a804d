//! What would be said of a record that is still being typed?
//!
//! Judged like a record that is written, and nothing is: also asked are the rules that only advise, and what the packs
//! derive from what is typed so far.

use crate::StoreError;
use crate::apply::county_time;
use crate::engine::Value;
use crate::judge::{Advice, Author, Judgment, Proposal, Refusal, judge, load_this, this_view};
use crate::store::Store;
use crate::submit::{Submission, judge_orgs};
use records::{Draft, Log};

/// What came of trying a record.
#[derive(Debug)]
pub struct Trial {
    /// What stands in its way.
    pub refusals: Vec<Refusal>,
    /// What is worth saying.
    pub advice: Vec<Advice>,
    /// Its columns with those the packs derive; empty when it was not asked for, or a value cannot be read.
    pub row: Vec<(String, Value)>,
}

impl Store {
    /// Judges the first draft of a submission with the rules that advise, and nothing is written. With `derives` the row
    /// it would become is given, too.
    ///
    /// # Errors
    /// Whatever the engine says of a rule.
    pub fn try_one(&self, mut submission: Submission, derives: bool) -> Result<Trial, StoreError> {
        submission.drafts.truncate(1);
        self.complete(&mut submission);
        let drafts: Vec<&Draft> = submission.drafts.iter().collect();
        let authors = [Author { actor: &submission.actor, roles: submission.roles.as_ref() }];
        let today = county_time(submission.at).date();
        let proposal = Proposal { drafts: &drafts, owners: &[0], authors: &authors, today, advises: true };
        let view = self.current();
        let mut judgment = judge(&self.writer, &view, Some(self.log()), &proposal)?;
        judge_orgs(&view, &drafts, &mut judgment);
        judgment.sort();
        let row = if derives { self.row_of(&proposal, &judgment)? } else { Vec::new() };
        Ok(Trial { refusals: judgment.refusals, advice: judgment.advice, row })
    }

    fn row_of(&self, proposal: &Proposal<'_>, judgment: &Judgment) -> Result<Vec<(String, Value)>, StoreError> {
        let view = self.current();
        let Some(register) = proposal.drafts.first().and_then(|draft| view.catalog.register(&draft.register)) else {
            return Ok(Vec::new());
        };
        load_this(&self.writer, &view, register, proposal.drafts, &[0], judgment)?;
        self.writer.execute(&this_view(&view, register, proposal.today)?)?;
        let answer = self.writer.query("SELECT * EXCLUDE (n_) FROM this")?;
        let names: Vec<String> = answer.columns().iter().map(|column| column.name.clone()).collect();
        let row = answer.rows()?.into_iter().next().unwrap_or_else(Vec::new);
        Ok(names.into_iter().zip(row).collect())
    }

    /// Has entries written that are no records of registers, such as a ledger's postings, and brings the tables in step.
    ///
    /// # Errors
    /// What `write` brings, and whatever the log or the engine says of the entries.
    pub fn beside<T, E: From<StoreError>>(&mut self, write: impl FnOnce(&mut dyn Log) -> Result<T, E>) -> Result<T, E> {
        let written = write(self.log.as_mut());
        self.catch_up()?;
        written
    }
}
