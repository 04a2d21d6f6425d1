//! Which questions of the inbox belong together: each goes to the group whose first question is most like it, or begins
//! a group of its own. Pure.

use crate::answer::{Essence, Likeness};
use crate::embed::cosine;

/// A question to be compared.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    essence: Essence,
    vector: Option<Vec<f32>>,
}

impl Compared {
    /// A question with its vector, where the embedder knows its language.
    pub fn new(question: &str, vector: Option<Vec<f32>>) -> Self {
        Self {
            essence: Essence::of(question),
            vector,
        }
    }

    /// The place of the group that this question belongs to; nothing where it is like none of them.
    pub fn nearest(&self, groups: &[Self]) -> Option<usize> {
        let mut best: Option<((Likeness, f32), usize)> = None;
        for (place, group) in groups.iter().enumerate() {
            let similarity = match (&self.vector, &group.vector) {
                (Some(one), Some(other)) => Some(cosine(one, other)),
                _ => None,
            };
            let rank = (
                self.essence.likeness(&group.essence, similarity),
                similarity.unwrap_or(0.0),
            );
            if rank.0 >= Likeness::Alike && best.is_none_or(|(before, _)| rank > before) {
                best = Some((rank, place));
            }
        }
        best.map(|(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups that questions fall into, one after the other.
    fn grouped(questions: &[(&str, Option<[f32; 2]>)]) -> Vec<usize> {
        let mut groups: Vec<Compared> = Vec::new();
        let mut places = Vec::new();
        for (question, vector) in questions {
            let compared = Compared::new(question, vector.map(|vector| vector.to_vec()));
            let place = compared.nearest(&groups).unwrap_or_else(|| {
                groups.push(compared);
                groups.len() - 1
            });
            places.push(place);
        }
        places
    }

    #[test]
    fn questions_fall_into_groups_by_meaning_where_it_is_known_and_else_by_their_words() {
        let (east, near, north) = ([1.0, 0.0], [0.9, 0.436], [0.0, 1.0]);
        for (questions, expected) in [
            (
                vec![
                    ("How do I book the crane?", Some(east)),
                    ("Where can the crane be reserved?", Some(near)),
                    ("What is for lunch?", Some(north)),
                ],
                vec![0, 0, 1],
            ),
            // Another code is another question, however near it is.
            (
                vec![
                    ("What does E-4099 mean?", Some(east)),
                    ("What does E-4098 mean?", Some(east)),
                    ("The press shows E-4099, what now?", Some(near)),
                ],
                vec![0, 1, 0],
            ),
            (
                vec![
                    ("员工公寓每个月的房租是多少？", None),
                    ("员工公寓的房租是多少？", None),
                    ("食堂周末卖哪些菜？", None),
                ],
                vec![0, 0, 1],
            ),
            // What means the same wins over what is only near.
            (
                vec![
                    ("Who keeps the spare keys of hall B?", Some(east)),
                    ("Where are the tools of hall B?", Some(near)),
                    ("Who keeps spare keys of hall B?", Some(near)),
                ],
                vec![0, 0, 0],
            ),
        ] {
            assert_eq!(grouped(&questions), expected, "{questions:?}");
        }
    }
}
