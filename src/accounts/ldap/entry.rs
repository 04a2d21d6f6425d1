//! What an entry of a directory says: the values of its attributes, and what a distinguished name begins with.

use ldap3::SearchEntry;

/// The values of an attribute, whose case does not count. What is no text (`objectGUID`) is given in hexadecimal.
pub(super) fn values(entry: &SearchEntry, attribute: &str) -> Vec<String> {
    let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let binary = attribute.eq_ignore_ascii_case("objectGUID") || attribute.eq_ignore_ascii_case("objectSid");
    let texts = entry
        .attrs
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(attribute));
    let texts = texts.flat_map(|(_, values)| values).map(|value| match binary {
        true => hexadecimal(value.as_bytes()),
        false => value.clone(),
    });
    let others = entry
        .bin_attrs
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(attribute));
    let others = others
        .flat_map(|(_, values)| values)
        .map(|value| hexadecimal(value));
    texts.chain(others).collect()
}

/// The value of a distinguished name's first part: `Quality` of `cn=Quality,ou=groups,dc=plant`.
pub(super) fn first_value(dn: &str) -> Option<String> {
    let (_, rest) = dn.split_once('=')?;
    let mut bytes = Vec::new();
    let mut rest = rest.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b',' | b'+' => break,
            b'\\' => {
                let escaped = rest.next()?;
                match (char::from(escaped).to_digit(16), rest.clone().next()) {
                    (Some(high), Some(low)) if low.is_ascii_hexdigit() => {
                        rest.next();
                        bytes.push(u8::try_from(high * 16 + char::from(low).to_digit(16)?).ok()?);
                    }
                    _ => bytes.push(escaped),
                }
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok().map(|value| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_of_a_distinguished_name_is_read_with_its_escapes() {
        for (dn, value) in [
            ("cn=Quality,ou=groups,dc=plant", "Quality"),
            ("CN=Shift A\\, night,DC=plant", "Shift A, night"),
            ("cn=\\e8\\b4\\a8\\e9\\87\\8f,dc=plant", "质量"),
            ("cn=a+ou=b,dc=plant", "a"),
        ] {
            assert_eq!(first_value(dn).as_deref(), Some(value), "{dn}");
        }
        assert_eq!(first_value("nothing"), None);
    }

    #[test]
    fn what_is_no_text_names_an_entry_all_the_same() {
        let entry = |attrs: &[(&str, &str)], bin: &[(&str, &[u8])]| SearchEntry {
            dn: String::new(),
            attrs: attrs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
                .collect(),
            bin_attrs: bin
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![value.to_vec()]))
                .collect(),
        };
        assert_eq!(
            values(&entry(&[], &[("objectGUID", &[0xff, 1])]), "objectguid"),
            ["ff01"]
        );
        assert_eq!(
            values(&entry(&[("objectGUID", "ab")], &[]), "objectGUID"),
            ["6162"]
        );
        assert_eq!(values(&entry(&[("UID", "ana")], &[]), "uid"), ["ana"]);
    }
}
