//! What an entry of a directory says: the values of its attributes, and what a distinguished name begins with.

use ldap3::{SearchEntry, ldap_escape};

/// Attributes by which directories say that an entry may not sign in: Active Directory, 389 and FreeIPA, OpenLDAP.
pub(super) const CLOSING: [&str; 3] = ["userAccountControl", "nsAccountLock", "pwdAccountLockedTime"];
/// The bit of `userAccountControl` that closes an account.
const DISABLED: i64 = 2;
/// The time in `pwdAccountLockedTime` that stands for an account that somebody closed; others end by themselves.
const FOR_GOOD: &str = "000001010000Z";

/// Whether an entry may not sign in. A directory that says so in another way needs it in `ldap.user_filter`.
pub(super) fn is_closed(entry: &SearchEntry) -> bool {
    let [control, lock, locked] = CLOSING.map(|attribute| values(entry, attribute));
    control
        .iter()
        .any(|flags| flags.parse().is_ok_and(|flags: i64| flags & DISABLED != 0))
        || lock.iter().any(|lock| lock.eq_ignore_ascii_case("true"))
        || locked.iter().any(|time| time == FOR_GOOD)
}

/// The filter that finds the entry with this value, as [`values`] gave it.
pub(super) fn exactly(attribute: &str, value: &str) -> String {
    let bytes = |value: &str| -> String {
        let pairs = value.as_bytes().chunks(2).map(String::from_utf8_lossy);
        pairs.map(|pair| format!("\\{pair}")).collect()
    };
    let value = match is_binary(attribute) {
        true => bytes(value),
        false => ldap_escape(value).into_owned(),
    };
    format!("({attribute}={value})")
}

fn is_binary(attribute: &str) -> bool {
    attribute.eq_ignore_ascii_case("objectGUID") || attribute.eq_ignore_ascii_case("objectSid")
}

/// The values of an attribute, whose case does not count. What is no text (`objectGUID`) is given in hexadecimal.
pub(super) fn values(entry: &SearchEntry, attribute: &str) -> Vec<String> {
    let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let binary = is_binary(attribute);
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
    fn an_entry_that_its_directory_closed_is_known_as_such_and_found_by_what_never_changes() {
        let entry = |name: &str, value: &str| SearchEntry {
            dn: String::new(),
            attrs: [(name.to_owned(), vec![value.to_owned()])].into(),
            bin_attrs: [].into(),
        };
        for (name, value, closed) in [
            ("userAccountControl", "514", true),
            ("useraccountcontrol", "512", false),
            ("nsAccountLock", "TRUE", true),
            ("nsAccountLock", "false", false),
            ("pwdAccountLockedTime", "000001010000Z", true),
            ("pwdAccountLockedTime", "20261121120000Z", false),
            ("uid", "2", false),
        ] {
            assert_eq!(is_closed(&entry(name, value)), closed, "{name} {value}");
        }
        assert_eq!(exactly("objectGUID", "ff01"), "(objectGUID=\\ff\\01)");
        assert_eq!(exactly("entryUUID", "a*b"), "(entryUUID=a\\2ab)");
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
