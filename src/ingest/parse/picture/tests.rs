//! Cited words on pages: made here letter by letter, and drawn from real files.

use super::*;
use crate::ingest::parse::pdf_layout::Font;

mod found;
mod real_files;
mod shapes;
mod sheets;
