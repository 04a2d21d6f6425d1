//! Gemba: a private knowledge base for a factory, in one binary.
//!
//! Rooms, and which way they may look:
//!
//! ```text
//! main -> app -> web -> { accounts, review, answer, library, eval } -> { retrieve, ingest, generate } -> { store, index, embed, models } -> domain
//!                                                            generate -> engine   (the engine imports nothing of ours)
//! ```
//!
//! `config` is read by `app` alone; each room is handed only its own struct.

pub mod accounts;
pub mod answer;
pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod embed;
pub mod engine;
pub mod eval;
pub mod generate;
pub mod index;
pub mod ingest;
pub mod library;
pub mod models;
pub mod retrieve;
pub mod review;
pub mod store;
pub mod web;
