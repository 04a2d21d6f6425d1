//! The pages in a real browser: what people do with a mouse, with keys, on a phone and without JavaScript; what axe says
//! of every page, what each weighs, and pictures of them all.
//!
//! A page that is added to [`pages::PAGES`] is looked at by axe, weighed, held to the width of a phone and photographed.

mod ask;
mod axe;
mod kept;
mod keyboard;
mod library;
mod once;
mod pages;
mod people;
mod phone;
mod pictures;
mod review;
mod search;
mod upload;
mod weight;
mod without_scripts;
mod written;

use super::support::chromium::{Chromium, Look};
use super::support::{Folders, Server, busy_server, demo, demo_server, encoded, settled_server, skipped};

/// A browser on the demo documents; none where none is installed.
fn visit() -> Option<(Chromium, &'static Server)> {
    let server = demo_server();
    Some((Chromium::open(server)?, server))
}
