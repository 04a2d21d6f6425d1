//! People: every account, and a form for new ones.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

use crate::accounts::{AccountsError, PersonDetails, Secret};
use crate::domain::{Administrator, Role};
use crate::web::client::Client;
use crate::web::error::WebError;
use crate::web::page::{Choice, Place, Shell, address, keep_nowhere, render};
use crate::web::texts::Texts;
use crate::web::{AppState, words};

#[derive(Template)]
#[template(path = "pages/admin/people.html")]
struct PeoplePage {
    shell: Shell,
    at: &'static str,
    text: String,
    total: String,
    people: Vec<PersonRow>,
    name: String,
    roles: Vec<Choice>,
    link: Option<NewLink>,
    problem: Option<String>,
}

/// A link that is shown once.
pub(super) struct NewLink {
    pub(super) name: String,
    pub(super) address: String,
}

struct PersonRow {
    href: String,
    name: String,
    role: String,
    reads: String,
    seen: String,
    state: &'static str,
    state_name: String,
}

/// What the address carries.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
}

/// What the form for a new account sends.
#[derive(Debug, Deserialize)]
pub struct NewPerson {
    name: String,
    role: String,
    kind: String,
}

/// `GET /admin/people?q=...`
pub async fn list(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    page(&request, &by, &state, &wanted.q, Outcome::default()).await
}

/// `POST /admin/people`
pub async fn add(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    form: web::Form<NewPerson>,
) -> Result<HttpResponse, WebError> {
    let role = role(&form.role)?;
    if form.kind == "service" {
        return match state.accounts.add_service(&by, &form.name, role).await {
            Ok(id) => Ok(super::lead_to(&format!("/admin/people/{id}"))),
            Err(error) => again(&request, &by, &state, &form.name, role, error).await,
        };
    }
    match state.accounts.invite_person(&by, &form.name, role).await {
        Ok((_, secret)) => {
            let link = NewLink {
                name: form.name.trim().to_owned(),
                address: link(&request, &secret),
            };
            let outcome = Outcome {
                link: Some(link),
                ..Outcome::default()
            };
            Ok(keep_nowhere(page(&request, &by, &state, "", outcome).await?))
        }
        Err(error) => again(&request, &by, &state, &form.name, role, error).await,
    }
}

/// A role of a form.
pub fn role(name: &str) -> Result<Role, WebError> {
    Role::parse(name)
        .ok_or_else(|| WebError::BadRequest("the roles are staff, inspector and administrator".to_owned()))
}

/// The link with which somebody chooses a password, under the name by which whoever looks at it reached this server.
pub fn link(request: &HttpRequest, secret: &Secret) -> String {
    let here = Client::of(request).and_then(|client| client.here());
    let path = address("/invitation", &[("key", secret.reveal())]);
    format!("{}{path}", here.unwrap_or_default())
}

#[derive(Default)]
struct Outcome {
    link: Option<NewLink>,
    problem: Option<(String, StatusCode)>,
    name: String,
    role: Role,
}

async fn again(
    request: &HttpRequest,
    by: &Administrator,
    state: &AppState,
    name: &str,
    role: Role,
    error: AccountsError,
) -> Result<HttpResponse, WebError> {
    let error = WebError::from(error);
    if error.status_code().is_server_error() {
        return Err(error);
    }
    let t = Shell::for_request(request, Place::Admin).t;
    let outcome = Outcome {
        problem: Some((error.explained(t), error.status_code())),
        name: name.to_owned(),
        role,
        link: None,
    };
    page(request, by, state, "", outcome).await
}

async fn page(
    request: &HttpRequest,
    by: &Administrator,
    state: &AppState,
    text: &str,
    outcome: Outcome,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Admin);
    let t = shell.t;
    let people = state.accounts.people(by).await?;
    let total = t.count("people-count", people.len() as u64).into_owned();
    let wanted = text.trim().to_lowercase();
    let (problem, status) = match outcome.problem {
        Some((problem, status)) => (Some(problem), status),
        None => (None, StatusCode::OK),
    };
    let page = PeoplePage {
        at: "people",
        text: text.trim().to_owned(),
        total,
        people: people
            .iter()
            .filter(|person| person.account.name.to_lowercase().contains(&wanted))
            .map(|person| PersonRow::new(t, person))
            .collect(),
        name: outcome.name,
        roles: super::roles(t, outcome.role),
        link: outcome.link,
        problem,
        shell,
    };
    render(&page, status)
}

impl PersonRow {
    fn new(t: Texts, person: &PersonDetails) -> Self {
        let (state, state_name) = standing(t, person);
        Self {
            href: format!("/admin/people/{}", person.account.id),
            name: person.account.name.clone(),
            role: t.get(&format!("role-{}", person.effective.as_str())).into_owned(),
            reads: reads(t, person),
            seen: person
                .account
                .seen_ms
                .map_or_else(|| t.get("never").into_owned(), |ms| words::time(t, ms)),
            state,
            state_name,
        }
    }
}

/// How it stands with an account, as the name of a chip and in words.
pub(super) fn standing(t: Texts, person: &PersonDetails) -> (&'static str, String) {
    let (state, key) = if person.account.disabled {
        ("failed", "person-out")
    } else if person.service {
        ("duplicate", "person-service")
    } else if person.link_until_ms.is_some() && person.account.password.is_none() {
        ("pending", "person-invited")
    } else {
        ("searchable", "person-in")
    };
    (state, t.get(key).into_owned())
}

/// What somebody may read, in words.
pub(super) fn reads(t: Texts, person: &PersonDetails) -> String {
    match &person.readable {
        None => t.get("reads-everything").into_owned(),
        Some(collections) if collections.is_empty() => t.get("reads-nothing").into_owned(),
        Some(collections) => {
            let names: Vec<String> = collections
                .iter()
                .map(|collection| words::collection(t, collection))
                .collect();
            names.join(&t.get("list-comma"))
        }
    }
}
