//! The engine's tests that are larger than one file of it.
//!
//! Those that run a model need an environment of ONNX Runtime, of which there is one a process, and other rooms' tests
//! have theirs in this one. So they are marked as ignored and run by [`own_process`] in a process of their own.

mod answers;
mod arrivals;
mod decoding;
mod endings;
mod endurance;
mod fixture;
mod laws;
mod own_process;
mod refusals;
mod scheduling;
