//! The pages: each file is a struct, its handler and a template of the same name.

pub(super) mod account;
pub(super) mod admin;
pub(super) mod answer;
pub(super) mod ask;
pub(super) mod coverage;
pub(super) mod document;
pub(super) mod history;
pub(super) mod inbox;
pub(super) mod inbox_group;
pub(super) mod invitation;
pub(super) mod keys;
pub(super) mod kiosks;
pub(super) mod library;
pub(super) mod missing;
pub(super) mod opinion;
pub(super) mod original;
pub(super) mod picture;
pub(super) mod provider;
pub(super) mod search;
pub(super) mod set_up;
pub(super) mod sign_in;
pub(super) mod suggestions;
pub(super) mod switch;
pub(super) mod verified;
pub(super) mod verify;
