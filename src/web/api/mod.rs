//! The JSON twins of the pages. Errors are `{"error": {"code", "message"}}` with a status that fits.

pub(super) mod admin;
pub(super) mod ask;
pub(super) mod documents;
pub(super) mod health;
pub(super) mod library;
pub(super) mod review;
pub(super) mod search;
pub(super) mod verified;
