//! The original file: shown by the browser where that is safe, downloaded where it is not.

use actix_files::NamedFile;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam, DispositionType,
    ExtendedValue, HeaderValue,
};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::{DocumentId, FileKind, Staff};
use crate::library::{LibraryError, Original};
use crate::web::AppState;
use crate::web::error::WebError;

/// For a PDF: the browser's own viewer needs a style and an embedded object; scripts and forms of the file stay off.
const PDF_POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'";
/// For anything else: a page that may do nothing.
const STRICT_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// `GET /documents/{id}/original`
pub async fn download(
    request: HttpRequest,
    staff: Staff,
    state: web::Data<AppState>,
    id: web::Path<i64>,
) -> Result<HttpResponse, WebError> {
    let original = state.library.original(&staff, DocumentId(*id)).await?;
    let name = original.name.clone();
    let kind = original.kind;
    let content_type = content_type(&original);
    let file = NamedFile::from_file(original.file, &original.path)
        .map_err(|source| LibraryError::Unreadable {
            path: name.clone(),
            source,
        })?
        .set_content_disposition(disposition(kind, &name));
    let mut response = file.into_response(&request);
    let headers = response.headers_mut();
    headers.insert(
        actix_web::http::header::CONTENT_TYPE,
        HeaderValue::from_static(content_type),
    );
    let policy = if kind == FileKind::Pdf {
        PDF_POLICY
    } else {
        STRICT_POLICY
    };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// Whether a browser may show files of this format: never those that can carry scripts.
pub fn opens_in_browser(kind: FileKind) -> bool {
    match kind {
        FileKind::Pdf => true,
        kind => is_plain(kind),
    }
}

/// Formats that are text for people as they are. JSON and XML are not among them, since browsers draw those.
fn is_plain(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Markdown
            | FileKind::Text
            | FileKind::Rst
            | FileKind::Csv
            | FileKind::Asciidoc
            | FileKind::Subtitles
    )
}

fn disposition(kind: FileKind, name: &str) -> ContentDisposition {
    let plain: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_graphic() && !matches!(character, '"' | '\\' | '%') {
                character
            } else {
                '_'
            }
        })
        .collect();
    ContentDisposition {
        disposition: if opens_in_browser(kind) {
            DispositionType::Inline
        } else {
            DispositionType::Attachment
        },
        parameters: vec![
            DispositionParam::Filename(plain),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    }
}

fn content_type(original: &Original) -> &'static str {
    match original.kind {
        FileKind::Pdf => "application/pdf",
        // Text is shown as text whatever it says; without a charset the browser tells the encoding itself.
        kind if is_plain(kind) && original.utf8 => "text/plain; charset=utf-8",
        kind if is_plain(kind) => "text/plain",
        FileKind::Image => "application/octet-stream",
        FileKind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileKind::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        FileKind::Doc => "application/msword",
        FileKind::Rtf => "application/rtf",
        FileKind::Xls => "application/vnd.ms-excel",
        FileKind::Ppt => "application/vnd.ms-powerpoint",
        FileKind::Odt => "application/vnd.oasis.opendocument.text",
        FileKind::Ods => "application/vnd.oasis.opendocument.spreadsheet",
        FileKind::Odp => "application/vnd.oasis.opendocument.presentation",
        FileKind::Epub => "application/epub+zip",
        // Several formats go by one name here, or a browser might make more of them than a file to keep.
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_html_is_downloaded_and_a_pdf_is_shown() {
        assert_eq!(
            disposition(FileKind::Html, "a.html").disposition,
            DispositionType::Attachment
        );
        assert_eq!(
            disposition(FileKind::Pdf, "a.pdf").disposition,
            DispositionType::Inline
        );
    }

    #[test]
    fn a_name_with_quotes_and_chinese_survives_and_breaks_nothing() {
        let header = disposition(FileKind::Pdf, "检验 \"A\"\r\n.pdf").to_string();
        assert!(header.contains("filename=\"____A___.pdf\""), "{header}");
        assert!(
            header.contains("filename*=UTF-8''%E6%A3%80%E9%AA%8C%20%22A%22%0D%0A.pdf"),
            "{header}"
        );
    }
}
