//! Pictures that a web page carries within itself, as `data:` addresses.

use mail_parser::decoders::base64::base64_decode;
use scraper::ElementRef;

use super::pasted::Pasted;

/// Begins to recognise the pictures of a part of a page.
pub(super) fn begin_all(root: ElementRef<'_>, pasted: &mut Pasted<'_>) {
    for element in root.descendent_elements() {
        if let Some((name, packed)) = carried(element)
            && let Some(bytes) = base64_decode(packed.as_bytes())
        {
            pasted.begin_written(&name, bytes);
        }
    }
}

/// The name by which a picture goes, where the element is one that the page carries.
pub(super) fn name(element: ElementRef<'_>) -> Option<String> {
    carried(element).map(|(name, _)| name)
}

/// The same with its bytes, as they are written.
fn carried(element: ElementRef<'_>) -> Option<(String, &str)> {
    if element.value().name() != "img" {
        return None;
    }
    let rest = element.attr("src")?.trim_start();
    let (scheme, rest) = rest.split_at_checked("data:image/".len())?;
    let (form, packed) = rest.split_once(',')?;
    let is_packed =
        scheme.eq_ignore_ascii_case("data:image/") && form.to_ascii_lowercase().ends_with(";base64");
    is_packed.then(|| (blake3::hash(packed.as_bytes()).to_hex().to_string(), packed))
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::*;

    fn names(page: &str) -> usize {
        let page = Html::parse_fragment(page);
        page.root_element().descendent_elements().filter_map(name).count()
    }

    #[test]
    fn only_pictures_that_stand_in_the_page_itself_are_taken() {
        assert_eq!(names("<img src='data:image/png;base64,iVBORw0KGgo='>"), 1);
        assert_eq!(names("<img src=' DATA:image/jpeg;charset=x;BASE64,/9j/'>"), 1);
        for other in [
            "<img src='plate.png'>",
            "<img src='data:image/svg+xml,<svg/>'>",
            "<img src='data:'>",
            "<img src='data:image/€'>",
            "<a src='data:image/png;base64,iVBORw0KGgo='></a>",
        ] {
            assert_eq!(names(other), 0, "{other}");
        }
    }
}
