//! The texts of the pages, as readers get them.

use super::*;

#[test]
fn a_text_about_one_thing_is_in_the_singular() {
    let texts = Texts::of(Locale::English);
    assert_eq!(texts.count("documents-count", 1u64), "1 document");
    assert_eq!(texts.count("documents-count", 1_234u64), "1,234 documents");
}
