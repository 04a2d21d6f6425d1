//! API keys on a page: the list, the form for a new one, and its secret, once.

use std::collections::BTreeSet;

use askama::Template;

use crate::accounts::{ApiKey, KeyScope, NewKey, Secret};
use crate::domain::Role;
use crate::web::texts::Texts;
use crate::web::words;

/// How long a key may be chosen to last, in days.
const DAYS: [u32; 3] = [30, 90, 365];

/// The part of a page.
#[derive(Template)]
#[template(path = "parts/keys.html")]
pub struct KeysPart {
    t: Texts,
    /// Where the form is sent.
    action: String,
    keys: Vec<KeyView>,
    scopes: Vec<(&'static str, String)>,
    days: Vec<(u32, String)>,
    secret: Option<String>,
    /// The header with which a program shows it.
    header: Option<String>,
    may_make: bool,
}

struct KeyView {
    name: String,
    scopes: String,
    until: String,
    ended: bool,
    seen: String,
    revoke: String,
}

impl KeysPart {
    /// The keys of somebody with this role, and one that was just made.
    pub fn new(t: Texts, action: &str, keys: &[ApiKey], role: Role, made: Option<Secret>) -> Self {
        let now = chrono::Utc::now().timestamp_millis();
        let named = |scope: &str| t.get(&format!("scope-{scope}")).into_owned();
        let view = |key: &ApiKey| KeyView {
            name: key.name.clone(),
            scopes: key
                .scopes
                .split(' ')
                .map(named)
                .collect::<Vec<_>>()
                .join(&t.get("list-comma")),
            until: words::time(t, key.expires_ms),
            ended: key.expires_ms <= now,
            seen: key
                .seen_ms
                .map_or_else(|| t.get("never").into_owned(), |ms| words::time(t, ms)),
            revoke: format!("{action}/{}/revoke", key.id.0),
        };
        Self {
            t,
            action: action.to_owned(),
            keys: keys.iter().map(view).collect(),
            scopes: KeyScope::ALL
                .into_iter()
                .filter(|scope| scope.role() <= role)
                .map(|scope| (scope.as_str(), named(scope.as_str())))
                .collect(),
            days: DAYS
                .into_iter()
                .map(|days| (days, t.count("days-count", days).into_owned()))
                .collect(),
            header: made
                .as_ref()
                .map(|secret| format!("Authorization: Bearer {}", secret.reveal())),
            secret: made.map(|secret| secret.reveal().to_owned()),
            may_make: true,
        }
    }

    /// The same, with or without the form for a new key.
    #[must_use]
    pub fn changeable(self, may_make: bool) -> Self {
        Self { may_make, ..self }
    }
}

/// What a form wants of a new key: `name`, `days`, and `scope` as often as it is ticked.
pub fn new_key(fields: &[(String, String)]) -> NewKey<'_> {
    let of = |name: &'static str| {
        let found = fields.iter().filter(move |(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    };
    NewKey {
        name: of("name").next().unwrap_or_default(),
        scopes: of("scope").filter_map(KeyScope::parse).collect::<BTreeSet<_>>(),
        days: of("days").next().and_then(|days| days.parse().ok()).unwrap_or(0),
    }
}
