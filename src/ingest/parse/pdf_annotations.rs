//! What people have filled in and written onto the pages of a PDF: form fields and comments.

use pdfium_render::prelude::{
    PdfFormField, PdfFormFieldCommon, PdfPage, PdfPageAnnotationCommon, PdfPageAnnotationType,
};

use super::headings::one_line;
use super::lines::is_wide;

/// Fields and comments of one page.
const ON_A_PAGE: usize = 500;

/// What people have filled in and written onto a page.
pub(super) fn texts(page: &PdfPage<'_>) -> Vec<String> {
    let mut texts = Vec::new();
    for annotation in page.annotations().iter().take(ON_A_PAGE) {
        let text = match annotation.annotation_type() {
            PdfPageAnnotationType::Widget | PdfPageAnnotationType::XfaWidget => {
                annotation.as_form_field().and_then(filled_in)
            }
            PdfPageAnnotationType::Text
            | PdfPageAnnotationType::FreeText
            | PdfPageAnnotationType::Highlight
            | PdfPageAnnotationType::Underline
            | PdfPageAnnotationType::Squiggly
            | PdfPageAnnotationType::Strikeout
            | PdfPageAnnotationType::Stamp
            | PdfPageAnnotationType::Square
            | PdfPageAnnotationType::Circle => annotation.contents(),
            _ => None,
        };
        if let Some(text) = text.map(|text| one_line(&text)).filter(|text| !text.is_empty())
            && !texts.contains(&text)
        {
            texts.push(text);
        }
    }
    texts
}

fn filled_in(field: &PdfFormField<'_>) -> Option<String> {
    let (value, is_ticked) = match field {
        PdfFormField::Text(field) => (field.value(), false),
        PdfFormField::ComboBox(field) => (field.value(), false),
        PdfFormField::ListBox(field) => (field.value(), false),
        PdfFormField::Checkbox(field) => (field.group_value(), true),
        PdfFormField::RadioButton(field) => (field.group_value(), true),
        _ => return None,
    };
    let value = one_line(&value?);
    if value.is_empty() || (is_ticked && value == "Off") {
        return None;
    }
    // Names that programs give by themselves say nothing.
    let name = field.name().map(|name| one_line(&name)).unwrap_or_default();
    let says_something =
        name.chars().filter(|character| character.is_alphabetic()).count() >= 3 && !name.contains('[');
    match (says_something, is_ticked) {
        (true, true) => Some(format!("{name}: {}", ticked(&value))),
        (true, false) => Some(format!("{name}: {value}")),
        // A tick says nothing where nobody knows what for.
        (false, true) => None,
        (false, false) => Some(value),
    }
}

/// What a tick says: which of several choices it is, where its value is a word and not a usual name for being ticked.
fn ticked(value: &str) -> &str {
    let is_word = value
        .chars()
        .filter(|character| character.is_alphabetic())
        .count()
        >= 3
        || value.chars().any(is_wide);
    let usual = ["yes", "true", "checked", "choice"];
    let lower = value.to_ascii_lowercase();
    match is_word && !usual.iter().any(|usual| lower.starts_with(usual)) {
        true => value,
        false => "yes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_says_which_choice_it_is_where_that_has_a_name() {
        assert_eq!(["Yes", "On", "1", "Choice2", "X"].map(ticked), ["yes"; 5]);
        assert_eq!(["Passed", "合格"].map(ticked), ["Passed", "合格"]);
    }
}
