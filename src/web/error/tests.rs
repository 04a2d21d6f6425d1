//! What clients are told.

use super::*;

#[test]
fn whoever_asks_a_busy_model_is_told_when_to_come_back() {
    let busy = WebError::Answer(AnswerError::Unwritten(Unwritten::Busy));
    let response = busy.as_json();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        response.headers().get(RETRY_AFTER).unwrap(),
        &RETRY_SECONDS.to_string()
    );
    assert_eq!(busy.code(), "busy");
}

#[test]
fn a_model_that_cannot_write_is_no_error_of_the_server() {
    for (unwritten, status) in [
        (Unwritten::Language, 422),
        (Unwritten::Window, 422),
        (Unwritten::Loading, 503),
        (Unwritten::Failed, 503),
    ] {
        let error = WebError::Answer(AnswerError::Unwritten(unwritten));
        assert_eq!(
            (error.as_json().status().as_u16(), error.code()),
            (status, "unwritten")
        );
    }
}

#[test]
fn whoever_guessed_too_often_is_told_how_long_to_wait() {
    let wait = std::time::Duration::from_secs(32);
    let refused = WebError::Accounts(AccountsError::Throttled(wait)).as_json();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers().get(RETRY_AFTER).unwrap(), "32");
}

#[test]
fn the_log_keeps_the_key_of_a_sign_to_itself() {
    assert_eq!(without_key("/kiosk/abcdefabcdefabcdefabcdefabcdefab"), "/kiosk/…");
    for path in ["/kiosks", "/kiosks/7", "/kiosk/", "/documents/7"] {
        assert_eq!(without_key(path), path);
    }
}
