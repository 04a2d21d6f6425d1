//! Tables for spreadsheets: comma-separated values in which no cell is taken for a formula, sent as they are read.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::error::WebError;

/// What tells a spreadsheet that the text is UTF-8.
const MARK: &str = "\u{feff}";

/// A text that no spreadsheet takes for a formula.
pub fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A table that is exported.
pub struct Export<const COLUMNS: usize> {
    /// Its address, for the log.
    pub address: &'static str,
    /// The name of the file.
    pub file: &'static str,
    /// What its columns are called.
    pub header: [&'static str; COLUMNS],
}

/// Sends a table as it is read, so that memory does not grow with it. `read` gives what follows the last thing that it gave
/// before, some at a time, and nothing at the end; `rows` are the rows of one of these things. What goes wrong at the first
/// reading is an answer of its own; later the connection breaks off, so that half a table does not look like a whole one.
pub async fn streamed<const COLUMNS: usize, T, R>(
    export: Export<COLUMNS>,
    read: impl Fn(Option<T>) -> R + 'static,
    rows: impl Fn(&T) -> Vec<[String; COLUMNS]> + 'static,
) -> Result<HttpResponse, WebError>
where
    T: 'static,
    R: Future<Output = Result<Vec<T>, WebError>>,
{
    let mut part = read(None).await?;
    let (sender, receiver) = mpsc::channel::<Result<Bytes, WebError>>(2);
    let file = export.file;
    actix_web::rt::spawn(async move {
        let mut text = MARK.as_bytes().to_vec();
        text.extend(table(&[export.header.map(str::to_owned)]));
        loop {
            let rows: Vec<_> = part.iter().flat_map(&rows).collect();
            text.extend(table(&rows));
            let bytes = Bytes::from(std::mem::take(&mut text));
            // Whoever does not read on has gone.
            if sender.send(Ok(bytes)).await.is_err() {
                return;
            }
            let Some(last) = part.pop() else { return };
            match read(Some(last)).await {
                Ok(next) => part = next,
                Err(error) => {
                    error.log(export.address);
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(ReceiverStream::new(receiver)))
}

/// Rows as they are written into the file.
fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        // Writing into memory does not fail.
        let _: Result<(), csv::Error> = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_ordinary_text_stays_as_it_is() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        for text in ["How many days?", "M8 = 25 Nm", "", "检验"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn quotes_and_line_breaks_stay_inside_their_cell() {
        let text = String::from_utf8(table(&[["a \"b\",\r\nc".to_owned(), String::new()]])).unwrap();
        assert!(text.contains("\"a \"\"b\"\",\r\nc\""), "{text}");
    }
}
