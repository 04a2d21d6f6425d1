//! The choice of a language: a form that sets a cookie and leads back.

use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use crate::web::error::WebError;
use crate::web::locale::{self, Locale};

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Switch {
    language: String,
    #[serde(default)]
    back: String,
}

/// `POST /language`
pub async fn switch(form: web::Form<Switch>) -> Result<HttpResponse, WebError> {
    let locale = Locale::parse(&form.language).ok_or_else(|| {
        let known = Locale::ALL.map(Locale::tag).join(", ");
        WebError::BadRequest(format!("the languages are {known}"))
    })?;
    let cookie = format!(
        "{}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        locale::COOKIE,
        locale.tag()
    );
    Ok(HttpResponse::SeeOther()
        .insert_header((SET_COOKIE, cookie))
        .insert_header((LOCATION, inside(&form.back)))
        .finish())
}

/// `address` if it stays on this server, else the first page: a form must not lead readers away.
pub fn inside(address: &str) -> &str {
    let stays = address.starts_with('/')
        && !address.starts_with("//")
        && address
            .chars()
            .all(|character| character.is_ascii_graphic() && character != '\\');
    if stays { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_into_this_server_only() {
        assert_eq!(inside("/search?q=a&page=2"), "/search?q=a&page=2");
        for address in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\r\nx: y",
            "",
        ] {
            assert_eq!(inside(address), "/", "{address}");
        }
    }
}
