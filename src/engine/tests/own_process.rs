//! Runs the tests that need a model in a process of their own.

use std::process::Command;

use super::fixture;

#[test]
fn what_the_engine_does_with_models_is_right_in_a_process_of_its_own() {
    let Some(library) = fixture::library() else {
        let why = "there is no ONNX Runtime; `./appliance/setup` brings it";
        // A machine for continuous integration has all that tests need.
        assert!(std::env::var_os("CI").is_none(), "{why}");
        eprintln!("skipped: {why}");
        return;
    };
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "engine::tests::",
            "--ignored",
            "--skip",
            "endurance",
            "--test-threads=2",
        ])
        .env("GEMBA_RUNTIME", library.parent().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!said.contains("running 0 tests"), "{said}");
}
