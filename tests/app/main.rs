//! Gemba.
fn main() {}
