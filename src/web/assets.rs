//! The static files, compiled in and addressed by the hash of their content, so that a browser may keep them for ever.

use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, LOCATION, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::error::WebError;

struct Asset {
    name: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    /// The same, compressed once; nothing where that failed.
    gzip: Option<web::Bytes>,
    address: String,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        Asset::new("gemba.css", "text/css; charset=utf-8", STYLE.as_bytes()),
        Asset::new("gemba.js", "text/javascript; charset=utf-8", SCRIPT.as_bytes()),
        Asset::new("upload.js", "text/javascript; charset=utf-8", UPLOAD.as_bytes()),
        Asset::new(
            "mark.svg",
            "image/svg+xml",
            include_bytes!("../../static/mark.svg"),
        ),
    ]
});

/// The style sheet: one file for the browser, one file a concern for us.
const STYLE: &str = concat!(
    include_str!("../../static/css/tokens.css"),
    include_str!("../../static/css/frame.css"),
    include_str!("../../static/css/controls.css"),
    include_str!("../../static/css/answer.css"),
    include_str!("../../static/css/document.css"),
    include_str!("../../static/css/library.css"),
    include_str!("../../static/css/upload.css"),
    include_str!("../../static/css/ledger.css"),
    include_str!("../../static/css/account.css"),
    include_str!("../../static/css/admin.css"),
    include_str!("../../static/css/needs.css"),
    include_str!("../../static/css/review.css"),
    include_str!("../../static/css/print.css"),
);

/// The script, likewise.
const SCRIPT: &str = concat!(
    include_str!("../../static/js/base.js"),
    include_str!("../../static/js/ask.js"),
    include_str!("../../static/js/review.js"),
    include_str!("../../static/js/suggest.js"),
    include_str!("../../static/js/search.js"),
    include_str!("../../static/js/library.js"),
);

/// What only the page needs on which files are sent.
const UPLOAD: &str = concat!(
    include_str!("../../static/js/blake3.js"),
    include_str!("../../static/js/upload.js"),
);

impl Asset {
    fn new(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let address = format!("/static/{stem}.{}.{extension}", &hash.as_str()[..16]);
        Self {
            name,
            content_type,
            bytes,
            gzip: compressed(bytes).ok(),
            address,
        }
    }
}

fn compressed(bytes: &[u8]) -> std::io::Result<web::Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.into())
}

/// Whether the browser takes gzip; one that says so with a weight of 0 does not.
fn takes_gzip(request: &HttpRequest) -> bool {
    let said = request.headers().get(ACCEPT_ENCODING);
    let said = said.and_then(|value| value.to_str().ok()).unwrap_or_default();
    said.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        gzip && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Where the browser finds the file that we call `name`; empty if there is none, which a test excludes.
pub fn address(name: &str) -> &'static str {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map_or("", |asset| &asset.address)
}

/// `GET /static/{file}`
pub async fn serve(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse, WebError> {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.address.strip_prefix("/static/") == Some(file.as_str()))
        .ok_or(WebError::NotFound)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((VARY, "Accept-Encoding"));
    Ok(match &asset.gzip {
        Some(gzip) if takes_gzip(&request) => response
            .insert_header((CONTENT_ENCODING, "gzip"))
            .body(gzip.clone()),
        _ => response.body(asset.bytes),
    })
}

/// `GET /favicon.ico`, which browsers ask for beside a PDF: the mark.
pub async fn icon() -> HttpResponse {
    HttpResponse::Found()
        .insert_header((LOCATION, address("mark.svg")))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_browser_that_takes_gzip_gets_less_and_another_one_all_of_it() {
        let size = async |encoding: &str| {
            let request = actix_web::test::TestRequest::default()
                .insert_header((ACCEPT_ENCODING, encoding))
                .to_http_request();
            let file = address("gemba.css").trim_start_matches("/static/").to_owned();
            let response = serve(request, web::Path::from(file)).await.unwrap();
            let gzip = response.headers().get(CONTENT_ENCODING).is_some();
            let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
            (gzip, body.len())
        };
        let (plain, whole) = size("br").await;
        assert!(!plain && whole == STYLE.len());
        let (gzip, less) = size("gzip, deflate, br").await;
        assert!(gzip && less < whole / 3, "{less} of {whole}");
        assert!(!size("deflate, gzip;q=0").await.0);
    }

    #[test]
    fn an_address_carries_the_hash_of_the_content() {
        let address = address("gemba.css");
        assert!(
            address.starts_with("/static/gemba.") && address.ends_with(".css"),
            "{address}"
        );
        assert_eq!(address.len(), "/static/gemba..css".len() + 16);
    }

    #[test]
    fn every_asset_that_a_template_names_exists() {
        let base = include_str!("../../templates/base.html");
        let named: Vec<&str> = base
            .split("asset(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(!named.is_empty());
        for name in named {
            assert_ne!(address(name), "", "{name}");
        }
    }
}
