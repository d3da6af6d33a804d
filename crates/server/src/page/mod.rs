//! What does each address answer?
//!
//! One file for each page of the web application; every function takes a desk and a question and gives the answer as
//! a value.

pub mod account;
pub mod accounts;
pub mod around;
pub mod county;
pub mod dashboard;
pub mod decide;
pub mod entry;
pub mod export;
pub mod figure;
pub mod funnels;
pub mod indicators;
pub mod listing;
pub mod matches;
pub mod proof;
pub mod record;
pub mod register;
pub mod report;
pub mod resident;
pub mod residents;
pub mod rows;
pub mod settle;
pub mod unmask;
pub mod work;
pub mod write;
