//! The words by which files announce their number, their revision, their day and their status.

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Number,
    Revision,
    Effective,
    Status,
}

impl Field {
    /// Longer words first, as the shorter ones begin some of them.
    const WORDS: [(&'static str, Self); 30] = [
        ("document number", Self::Number),
        ("document no.", Self::Number),
        ("document no", Self::Number),
        ("document id", Self::Number),
        ("doc. no.", Self::Number),
        ("doc no.", Self::Number),
        ("procedure no.", Self::Number),
        ("number", Self::Number),
        ("文件编号", Self::Number),
        ("文件編號", Self::Number),
        ("编号", Self::Number),
        ("編號", Self::Number),
        ("문서번호", Self::Number),
        ("문서 번호", Self::Number),
        ("revision", Self::Revision),
        ("rev.", Self::Revision),
        ("rev", Self::Revision),
        ("版本号", Self::Revision),
        ("版本", Self::Revision),
        ("版次", Self::Revision),
        ("개정", Self::Revision),
        ("effective date", Self::Effective),
        ("effective from", Self::Effective),
        ("effective", Self::Effective),
        ("valid from", Self::Effective),
        ("生效日期", Self::Effective),
        ("시행일", Self::Effective),
        ("status", Self::Status),
        ("状态", Self::Status),
        ("狀態", Self::Status),
    ];

    /// What front matter calls them beside that; a text that uses these words means something else.
    pub(super) const WORDS_OF_FRONT_MATTER: [(&'static str, Self); 20] = [
        ("document", Self::Number),
        ("doc", Self::Number),
        ("doc number", Self::Number),
        ("doc id", Self::Number),
        ("documentnumber", Self::Number),
        ("docnumber", Self::Number),
        ("version", Self::Revision),
        ("revnumber", Self::Revision),
        ("修订", Self::Revision),
        ("修訂", Self::Revision),
        ("버전", Self::Revision),
        ("effectivedate", Self::Effective),
        ("date", Self::Effective),
        ("revision date", Self::Effective),
        ("revdate", Self::Effective),
        ("日期", Self::Effective),
        ("날짜", Self::Effective),
        ("document status", Self::Status),
        ("revstatus", Self::Status),
        ("상태", Self::Status),
    ];
}

/// What a part of the text announces, and what follows the word.
pub(super) fn field(part: &str) -> Option<(Field, &str)> {
    Field::WORDS.iter().find_map(|(word, field)| {
        let head = part.get(..word.len())?;
        if !head.eq_ignore_ascii_case(word) {
            return None;
        }
        let rest = &part[word.len()..];
        // `Revisions are kept for ten years` announces nothing.
        let ends = rest
            .chars()
            .next()
            .is_none_or(|next| !next.is_alphanumeric() || !next.is_ascii());
        ends.then(|| {
            (
                *field,
                rest.trim_start_matches([':', '：', ' ', '\t', '=', '#']).trim(),
            )
        })
    })
}

/// The words under which a file may name these among its own properties, each with the forms in which people write it:
/// `document number`, `Document number`, `Document Number`, `DocumentNumber`. Some programs do not list the properties of a
/// file and must be asked for each.
pub(in crate::ingest) fn forms() -> impl Iterator<Item = (&'static str, Vec<String>)> {
    Field::WORDS.iter().map(|(word, _)| {
        let mut forms = vec![(*word).to_owned()];
        if word.is_ascii() {
            let words: Vec<String> = word.split(' ').map(capital).collect();
            forms.extend([
                capital(word),
                words.join(" "),
                words.concat(),
                word.to_uppercase(),
            ]);
            forms.sort_unstable();
            forms.dedup();
        }
        (*word, forms)
    })
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_asked_for_in_the_forms_in_which_people_write_it() {
        let forms = |word: &str| forms().find(|(known, _)| *known == word).unwrap().1;
        assert_eq!(
            forms("document number"),
            [
                "DOCUMENT NUMBER",
                "Document Number",
                "Document number",
                "DocumentNumber",
                "document number"
            ]
        );
        assert_eq!(forms("rev"), ["REV", "Rev", "rev"]);
        assert_eq!(forms("文件编号"), ["文件编号"]);
    }
}
