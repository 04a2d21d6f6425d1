//! Language models: which are installed, which writes, what could be had; another one is chosen here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use serde::Deserialize;

use super::{Done, lead_to};
use crate::answer::Condition;
use crate::domain::Administrator;
use crate::web::error::WebError;
use crate::web::page::{Place, Shell, render};
use crate::web::texts::Texts;
use crate::web::{AppState, Model, words};

#[derive(Template)]
#[template(path = "pages/admin/models.html")]
struct ModelsPage {
    shell: Shell,
    at: &'static str,
    notice: Option<String>,
    problem: Option<String>,
    status: ModelStatus,
    rows: Vec<ModelRow>,
    /// Whether a model was chosen, so that none can be.
    may_end: bool,
}

/// How it stands with the model that writes; the page fetches it again while one is loaded.
#[derive(Template)]
#[template(path = "parts/model_status.html")]
struct ModelStatus {
    busy: bool,
    line: String,
    reason: Option<String>,
}

struct ModelRow {
    id: String,
    purpose: String,
    state: &'static str,
    state_name: String,
    wrong: Option<String>,
    size: String,
    memory: String,
    languages: String,
    licence: String,
    /// The command that installs it.
    install: Option<String>,
    /// Whether it can be chosen.
    may_use: bool,
    /// What people wait for where it is chosen, if they do.
    waiting: Option<String>,
}

/// What the form sends; no name chooses no model.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    model: String,
}

/// `GET /admin/models`
pub async fn list(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    done: web::Query<Done>,
) -> Result<HttpResponse, WebError> {
    page(&request, &by, &state, &done, None).await
}

/// `POST /admin/models`
pub async fn choose(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
    form: web::Form<Chosen>,
) -> Result<HttpResponse, WebError> {
    let model = Some(form.into_inner().model).filter(|model| !model.is_empty());
    match use_model(&state, &by, model).await {
        Ok(()) => Ok(lead_to("/admin/models?done=saved")),
        Err(error) => page(&request, &by, &state, &Done::default(), Some(error)).await,
    }
}

/// `GET /admin/models/status`
pub async fn status(
    request: HttpRequest,
    by: Administrator,
    state: web::Data<AppState>,
) -> Result<HttpResponse, WebError> {
    let t = Shell::for_request(&request, Place::Admin).t;
    let models = models(&state, &by).await?;
    render(
        &ModelStatus::new(t, &state.answerer.condition(), &models),
        StatusCode::OK,
    )
}

/// The models, looked at where nobody waits.
pub async fn models(state: &web::Data<AppState>, by: &Administrator) -> Result<Vec<Model>, WebError> {
    let (house, by) = (state.house.clone(), by.clone());
    let found = web::block(move || house.models(&by)).await;
    found
        .unwrap_or_else(|error| Err(error.to_string()))
        .map_err(WebError::Model)
}

/// Lets a model write the answers, or none.
pub async fn use_model(
    state: &web::Data<AppState>,
    by: &Administrator,
    model: Option<String>,
) -> Result<(), WebError> {
    let (house, by) = (state.house.clone(), by.clone());
    let done = web::block(move || house.use_model(&by, model.as_deref())).await;
    done.unwrap_or_else(|error| Err(error.to_string()))
        .map_err(WebError::Model)
}

async fn page(
    request: &HttpRequest,
    by: &Administrator,
    state: &web::Data<AppState>,
    done: &Done,
    refused: Option<WebError>,
) -> Result<HttpResponse, WebError> {
    let shell = Shell::for_request(request, Place::Admin);
    let t = shell.t;
    let models = models(state, by).await?;
    let condition = state.answerer.condition();
    let page = ModelsPage {
        at: "models",
        notice: done.notice(t),
        problem: refused.as_ref().map(|error| error.explained(t)),
        status: ModelStatus::new(t, &condition, &models),
        rows: models
            .iter()
            .map(|model| ModelRow::new(t, model, &condition))
            .collect(),
        may_end: models.iter().any(|model| model.in_use) || condition != Condition::None,
        shell,
    };
    render(&page, refused.map_or(StatusCode::OK, |error| error.status_code()))
}

impl ModelStatus {
    fn new(t: Texts, condition: &Condition, models: &[Model]) -> Self {
        let chosen = models.iter().find(|model| model.in_use && model.wrong.is_none());
        let chosen = chosen.map(|model| model.id.as_str());
        let (line, reason, at) = match condition {
            Condition::None => (t.get("models-none"), None, None),
            Condition::Ready { model } => (t.with("overview-model", "name", model), None, Some(model)),
            Condition::Loading {
                model,
                meanwhile: Some(other),
                ..
            } => {
                let parts = [("name", model.as_str()), ("other", other.as_str())];
                (t.with_all("model-changing", &parts), None, None)
            }
            Condition::Loading { model, seconds, .. } => {
                let seconds = seconds.to_string();
                let parts = [("name", model.as_str()), ("seconds", seconds.as_str())];
                (t.with_all("model-loading", &parts), None, None)
            }
            Condition::Failed {
                model,
                reason,
                instead,
            } => {
                let line = match instead {
                    Some(other) => {
                        let parts = [("name", model.as_str()), ("other", other.as_str())];
                        t.with_all("model-failed-instead", &parts)
                    }
                    None => t.with("model-failed", "name", model),
                };
                (line, Some(reason.clone()), Some(model))
            }
        };
        // What was chosen is taken up within seconds.
        let loading = matches!(condition, Condition::Loading { .. });
        Self {
            busy: loading || at.map(String::as_str) != chosen,
            line: line.into_owned(),
            reason,
        }
    }
}

impl ModelRow {
    fn new(t: Texts, model: &Model, condition: &Condition) -> Self {
        let at = |name: &str| name == model.id;
        let (state, key) = match condition {
            _ if model.wrong.is_some() => ("failed", "models-broken"),
            _ if !model.installed => ("duplicate", "models-absent"),
            Condition::Loading { model, .. } if at(model) => ("pending", "models-loading"),
            Condition::Failed { model, .. } if at(model) => ("failed", "models-failed"),
            Condition::Ready { model } if at(model) => ("searchable", "models-loaded"),
            _ if model.in_use => ("pending", "models-chosen"),
            _ => ("", "models-installed"),
        };
        let bytes = |bytes: Option<u64>| match bytes {
            Some(bytes) if model.about => t.with("models-about", "size", &words::size(bytes)).into_owned(),
            Some(bytes) => words::size(bytes),
            None => "–".to_owned(),
        };
        let usable = model.installed && model.wrong.is_none() && !model.in_use;
        let loading = model.loading.filter(|loading| usable && loading.alone);
        Self {
            state,
            state_name: t.get(key).into_owned(),
            wrong: model.wrong.clone(),
            size: bytes(model.bytes),
            memory: bytes(model.memory_bytes),
            languages: if model.languages.is_empty() {
                t.get("models-any").into_owned()
            } else {
                model.languages.join(&t.get("list-comma"))
            },
            licence: if model.licence.is_empty() {
                "–".to_owned()
            } else {
                model.licence.clone()
            },
            install: model.install.clone(),
            may_use: usable,
            waiting: loading.map(|loading| {
                let seconds = loading.seconds.to_string();
                let parts = [("name", model.id.as_str()), ("seconds", seconds.as_str())];
                t.with_all("models-wait", &parts).into_owned()
            }),
            id: model.id.clone(),
            purpose: model.purpose.clone(),
        }
    }
}
