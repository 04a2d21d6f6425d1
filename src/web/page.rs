//! What every page has: the frame with its language and tabs, addresses of other pages, paging.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::error::WebError;
use super::locale::Locale;
use super::texts::Texts;
use super::{assets, identity};
use crate::domain::Staff;

/// Which tab a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Ask, and the answers.
    Ask,
    /// Search.
    Search,
    /// Library, and the documents.
    Library,
    /// Administration.
    Admin,
    /// Inbox, and the verified answers.
    Inbox,
    /// One's own account.
    Account,
    /// None: an error.
    Nowhere,
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The texts in the reader's language.
    pub t: Texts,
    /// Where the choice of a language leads back to.
    pub back: String,
    /// The version of the program.
    pub version: &'static str,
    place: Place,
    staff: Option<Staff>,
    inbox: Option<u64>,
}

impl Shell {
    /// The frame for a request.
    pub fn for_request(request: &HttpRequest, place: Place) -> Self {
        let back = request
            .uri()
            .path_and_query()
            .map_or("/", |address| address.as_str())
            .to_owned();
        Self {
            t: Texts::of(Locale::of(request.headers())),
            back,
            version: env!("CARGO_PKG_VERSION"),
            place,
            staff: identity::of(request).map(|visit| visit.staff),
            inbox: identity::inbox_of(request),
        }
    }

    /// Whether somebody is let in, signed in or at the machine itself.
    pub fn is_in(&self) -> bool {
        self.staff.is_some()
    }

    /// The name of whoever is signed in.
    pub fn name(&self) -> Option<&str> {
        let staff = self.staff.as_ref()?;
        staff.id.is_some().then_some(staff.name.as_str())
    }

    /// Where somebody who did not sign in may do so.
    pub fn sign_in(&self) -> Option<String> {
        let visitor = self.staff.as_ref().is_some_and(|staff| staff.is_visitor());
        visitor.then(|| address("/sign-in", &[("back", &self.back)]))
    }

    /// Whether the page belongs to Ask.
    pub fn at_ask(&self) -> bool {
        self.place == Place::Ask
    }

    /// Whether the page belongs to Search.
    pub fn at_search(&self) -> bool {
        self.place == Place::Search
    }

    /// Whether the page belongs to Library.
    pub fn at_library(&self) -> bool {
        self.place == Place::Library
    }

    /// Whether the page belongs to Administration.
    pub fn at_admin(&self) -> bool {
        self.place == Place::Admin
    }

    /// Whether whoever looks at the page runs the house.
    pub fn administers(&self) -> bool {
        self.staff
            .as_ref()
            .is_some_and(|staff| staff.administrator().is_some())
    }

    /// How many things wait in the inbox, for those who have one.
    pub fn inbox(&self) -> Option<u64> {
        self.inbox
    }

    /// Whether the page belongs to the inbox.
    pub fn at_inbox(&self) -> bool {
        self.place == Place::Inbox
    }

    /// Whether the page is that of one's own account.
    pub fn at_account(&self) -> bool {
        self.place == Place::Account
    }

    /// The address of a static file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The languages to choose from: each with its tag, its name in its own words, and whether it is this page's.
    pub fn languages(&self) -> impl Iterator<Item = (&'static str, Cow<'static, str>, bool)> {
        let current = self.t.locale();
        Locale::ALL.into_iter().map(move |locale| {
            let name = Texts::of(locale).get("language-name");
            (locale.tag(), name, locale == current)
        })
    }
}

/// An entry of a list of choices: a filter, an option of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What a form sends.
    pub value: String,
    /// Where a link leads.
    pub href: String,
    /// What is shown.
    pub label: String,
    /// How many there are, where that is known.
    pub count: Option<String>,
    /// Whether it is the one in force.
    pub selected: bool,
}

/// Links to the pages of a list before and after this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// The page, from 1.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Paging {
    /// Paging of a list of `pages` pages at `page`; `href` makes the address of a page.
    pub fn new(page: u32, pages: u32, href: impl Fn(u32) -> String) -> Self {
        let page = page.clamp(1, pages.max(1));
        Self {
            page,
            pages,
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < pages).then(|| href(page + 1)),
        }
    }

    /// Which page of how many.
    pub fn place(&self, t: &Texts) -> Cow<'static, str> {
        t.with_all(
            "paging-place",
            &[
                ("page", &self.page.to_string()),
                ("pages", &self.pages.to_string()),
            ],
        )
    }
}

/// Renders a page.
pub fn render(page: &impl askama::Template, status: StatusCode) -> Result<HttpResponse, WebError> {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        // Pages depend on who asks and on what the folder holds now.
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .body(page.render()?))
}

/// The page holds a secret that is shown once: no browser is to keep it.
pub fn keep_nowhere(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An address with parameters; empty ones are left out.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut divider = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(divider);
        address.push_str(name);
        address.push('=');
        escape(value, &mut address);
        divider = '&';
    }
    address
}

fn escape(value: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(char::from(byte))
            }
            b' ' => into.push('+'),
            _ => {
                into.push('%');
                into.push(char::from(HEX[usize::from(byte >> 4)]));
                into.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_what_people_type_and_leaves_out_what_is_empty() {
        let address = address("/search", &[("q", "M8 & 拧紧?"), ("kind", ""), ("page", "2")]);
        assert_eq!(address, "/search?q=M8+%26+%E6%8B%A7%E7%B4%A7%3F&page=2");
    }

    #[test]
    fn the_first_page_has_no_page_before_it_and_the_last_none_after() {
        let paging = Paging::new(1, 2, |page| format!("?page={page}"));
        assert_eq!((paging.previous, paging.next.as_deref()), (None, Some("?page=2")));
        let paging = Paging::new(9, 2, |page| format!("?page={page}"));
        assert_eq!((paging.page, paging.next), (2, None));
    }
}
