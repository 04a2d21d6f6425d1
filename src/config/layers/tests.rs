//! Files, variables and flags over one another, and what is refused of them.

use super::super::Configuration;
use super::*;

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn the_command_line_beats_the_environment_which_beats_the_file_which_beats_the_default() {
    let file = file("data = \"/file\"\nruntime = \"/file\"\n[documents]\nrescan_seconds = 7\n");
    let environment = [
        ("GEMBA_DATA".to_owned(), "/env".to_owned()),
        ("GEMBA_RUNTIME".to_owned(), "/env".to_owned()),
    ];
    let read = Configuration::read(Some(file.path()), environment, &[("data", "/flag".to_owned())]).unwrap();
    assert_eq!(read.values.data, Path::new("/flag"));
    assert_eq!(read.values.runtime, Path::new("/env"));
    assert_eq!(read.values.documents.rescan_seconds, 7);
    assert_eq!(read.values.documents.poll_seconds, 10);
    assert_eq!(read.sources["data"], Source::CommandLine);
    assert_eq!(
        read.sources["runtime"],
        Source::Environment("GEMBA_RUNTIME".to_owned())
    );
    assert_eq!(
        read.sources["documents.rescan_seconds"],
        Source::File(file.path().to_owned())
    );
    assert_eq!(read.sources["documents.poll_seconds"], Source::Default);
}

#[test]
fn a_key_with_a_typing_error_is_refused_and_the_right_one_named() {
    let file = file("[documents]\nrescan_second = 7\n");
    let error = Configuration::read(Some(file.path()), [], &[])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("documents.rescan_second ") && error.contains("documents.rescan_seconds?"),
        "{error}"
    );
    let environment = [("GEMBA_SERVER_ADRESS".to_owned(), "x".to_owned())];
    let error = Configuration::read(None, environment, &[])
        .unwrap_err()
        .to_string();
    assert!(error.contains("GEMBA_SERVER_ADDRESS?"), "{error}");
}

#[test]
fn secrets_are_masked_and_nothing_else() {
    for (key, value, shown) in [
        ("identity.client_secret", "s3cret", "•••"),
        ("identity.ldap_password", "", ""),
        ("ldap.bind_password_file", "/etc/ldap", "/etc/ldap"),
        ("generate.answer_tokens", "384", "384"),
        (
            "models.hub",
            "https://ana:s3cret@hub.lan/a@b",
            "https://•••@hub.lan/a@b",
        ),
        ("models.hub", "https://hub.lan/a@b", "https://hub.lan/a@b"),
        ("server.address", "127.0.0.1:8484", "127.0.0.1:8484"),
    ] {
        assert_eq!(masked(key, value.to_owned()), shown, "{key}");
    }
}

#[test]
fn a_value_of_the_wrong_type_names_its_key() {
    for (key, text) in [
        ("server.address", "here"),
        ("documents.rescan_seconds", "often"),
        ("audit.questions", "perhaps"),
        ("review.show_askers", "perhaps"),
    ] {
        let error = Configuration::read(None, [], &[(key, text.to_owned())])
            .unwrap_err()
            .to_string();
        assert!(error.contains(key), "{error}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    let flags = [("ldap.bind_password", "hunter2".to_owned())];
    let rows = Configuration::read(None, [], &flags).unwrap().rows();
    assert!(rows.iter().all(|(_, value, _)| !value.contains("hunter2")));
}

#[test]
fn a_directory_without_a_place_for_the_name_is_refused() {
    let flags = [
        ("ldap.url", "ldaps://directory".to_owned()),
        ("ldap.base", "dc=plant".to_owned()),
        ("ldap.user_filter", "(uid=*)".to_owned()),
    ];
    let error = Configuration::read(None, [], &flags).unwrap_err().to_string();
    assert!(
        error.contains("ldap.user_filter") && error.contains("{name}"),
        "{error}"
    );
}

#[test]
fn patterns_come_as_a_list_in_a_file_and_as_lines_in_a_variable() {
    let file = file("[documents]\ncontrol_patterns = ['^(?<number>[A-Z]+-\\d+)', '^QS (?<number>\\S+)']\n");
    let read = |environment: Vec<(String, String)>| {
        let read = Configuration::read(Some(file.path()), environment, &[]).unwrap();
        read.values.documents.control_patterns
    };
    assert_eq!(
        read(Vec::new()),
        [r"^(?<number>[A-Z]+-\d+)", r"^QS (?<number>\S+)"]
    );
    let named = |text: &str| vec![("GEMBA_DOCUMENTS_CONTROL_PATTERNS".to_owned(), text.to_owned())];
    assert_eq!(
        read(named("[(](?<number>a)\n\n(?<number>b)\n")),
        ["[(](?<number>a)", "(?<number>b)"]
    );
    assert!(read(named("")).is_empty());
}

#[test]
fn a_pattern_that_cannot_be_used_is_named_and_the_old_key_says_what_it_is_called_now() {
    let refused = |text: &str| {
        let file = file(&format!("[documents]\n{text}\n"));
        let error = Configuration::read(Some(file.path()), [], &[]).unwrap_err();
        error.to_string()
    };
    let error = refused("control_patterns = ['(?<number>a)', '(?<number>b']");
    assert!(
        error.contains("documents.control_patterns")
            && error.contains("(?<number>b")
            && error.contains("2nd"),
        "{error}"
    );
    let error = refused("control_patterns = ['^(SOP-\\d+)']");
    assert!(error.contains("1st") && error.contains("named number"), "{error}");
    let error = refused("control_patterns = '(?<number>a)'");
    assert!(
        error.contains("documents.control_patterns cannot be used") && error.contains("list"),
        "{error}"
    );
    let error = refused("control_pattern = '(?<number>a)'");
    assert!(
        error.contains("is called documents.control_patterns now"),
        "{error}"
    );
    let old = [("GEMBA_DOCUMENTS_CONTROL_PATTERN".to_owned(), "a".to_owned())];
    let error = Configuration::read(None, old, &[]).unwrap_err().to_string();
    assert!(
        error.contains("is called GEMBA_DOCUMENTS_CONTROL_PATTERNS now"),
        "{error}"
    );
}
