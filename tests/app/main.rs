//! The real program in temporary folders, asked over HTTP and on the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod administration;
mod audit;
mod bad_input;
mod browser;
mod command_line;
mod coverage;
mod crashes;
mod directory;
mod documents;
mod encryption;
mod engine_room;
mod formats;
mod granted;
mod hub;
mod inbox;
mod isolation;
mod keys;
mod languages;
mod locked;
mod models;
mod mounted;
mod office;
mod pdf_parts;
mod permissions;
mod pictures;
mod provider;
mod questions;
mod recognition;
mod review;
mod revisions;
mod search;
mod secrets;
mod security;
mod soak;
mod strangers;
mod suggestions;
mod support;
mod texts;
mod tidy;
mod uploads;
mod waiting;
mod web;
mod written;
