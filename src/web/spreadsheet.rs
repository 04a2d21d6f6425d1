//! Tables for spreadsheets: comma-separated values in which no cell is taken for a formula.

/// What tells a spreadsheet that the text is UTF-8.
pub const MARK: &str = "\u{feff}";

/// A text that no spreadsheet takes for a formula.
pub fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Rows as they are written into the file.
pub fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<u8> {
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
