//! Lets a graph give the logits of its last positions only, by one node put before its head.
//!
//! Most exports give logits for every token that they are given. While a prompt is read all but the last row of them
//! is thrown away, and with a vocabulary of 150,000 the head is a third of the work. Exports whose head is pruned give
//! the last row and nothing else, so that guesses cannot be checked. With a `Slice` whose beginning is an input of the
//! graph both can be had from the common kind. The graph is edited as bytes in protobuf's wire format; what is not
//! known here stays as it is, and weights that lie beside the graph are not touched.

/// The input that the edited graph takes beside its own: minus the number of positions, `[1]`.
pub(super) const START: &str = "gemba.logits.start";
const END: &str = "gemba.logits.end";
const AXIS: &str = "gemba.logits.axis";
const HIDDEN: &str = "gemba.logits.hidden";

/// Nodes that change each logit for itself; the head stands before them.
const ELEMENTWISE: &[&str] = &["Cast", "Div", "Identity", "Mul", "Tanh"];
const HEADS: &[&str] = &["MatMul", "MatMulNBits"];

/// The model with its head behind a `Slice`; `None` where no head is found before `logits`.
pub(super) fn with_last_positions(model: &[u8], logits: &str) -> Option<Vec<u8>> {
    let graph = fields(model)?
        .into_iter()
        .find(|field| field.number == 7)?
        .payload;
    let parts = fields(graph)?;
    let nodes: Vec<(usize, Node)> = parts
        .iter()
        .enumerate()
        .filter(|(_, field)| field.number == 1)
        .map(|(at, field)| Some((at, Node::read(field.payload)?)))
        .collect::<Option<_>>()?;
    let (at, head) = find_head(&nodes, logits)?;
    let mut edited = Vec::with_capacity(graph.len() + 512);
    for (place, part) in parts.iter().enumerate() {
        if place == at {
            put(&mut edited, 1, &slice(head.inputs.first()?));
            put(&mut edited, 1, &head.behind(HIDDEN)?);
        } else {
            edited.extend_from_slice(part.whole);
        }
    }
    put(&mut edited, 5, &integer(END, i64::MAX));
    put(&mut edited, 5, &integer(AXIS, 1));
    put(&mut edited, 11, &start());
    let mut whole = Vec::with_capacity(model.len() + 512);
    for field in fields(model)? {
        match field.number {
            7 => put(&mut whole, 7, &edited),
            _ => whole.extend_from_slice(field.whole),
        }
    }
    Some(whole)
}

fn find_head<'a, 'm>(nodes: &'a [(usize, Node<'m>)], logits: &str) -> Option<(usize, &'a Node<'m>)> {
    let maker = |name: &str| nodes.iter().find(|(_, node)| node.outputs.contains(&name));
    let mut found = maker(logits)?;
    while ELEMENTWISE.contains(&found.1.kind) {
        found = found.1.inputs.iter().find_map(|input| maker(input))?;
    }
    let (at, node) = found;
    HEADS.contains(&node.kind).then_some((*at, node))
}

#[derive(Debug, Clone, Copy)]
struct Field<'m> {
    number: u64,
    payload: &'m [u8],
    whole: &'m [u8],
}

#[derive(Debug)]
struct Node<'m> {
    inputs: Vec<&'m str>,
    outputs: Vec<&'m str>,
    kind: &'m str,
    fields: Vec<Field<'m>>,
}

impl<'m> Node<'m> {
    fn read(bytes: &'m [u8]) -> Option<Self> {
        let fields = fields(bytes)?;
        let texts = |number| {
            let texts = fields.iter().filter(move |field| field.number == number);
            texts
                .map(|field| std::str::from_utf8(field.payload).ok())
                .collect::<Option<Vec<_>>>()
        };
        Some(Self {
            inputs: texts(1)?,
            outputs: texts(2)?,
            kind: texts(4)?.first().copied().unwrap_or_default(),
            fields,
        })
    }

    /// The node with another first input.
    fn behind(&self, input: &str) -> Option<Vec<u8>> {
        let first = self.fields.iter().position(|field| field.number == 1)?;
        let mut bytes = Vec::new();
        for (at, field) in self.fields.iter().enumerate() {
            if at == first {
                put(&mut bytes, 1, input.as_bytes());
            } else {
                bytes.extend_from_slice(field.whole);
            }
        }
        Some(bytes)
    }
}

/// The fields of a message, or nothing if it is none.
fn fields(message: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    let mut at = 0;
    while at < message.len() {
        let start = at;
        let key = varint(message, &mut at)?;
        let length = match key & 7 {
            0 => {
                let before = at;
                varint(message, &mut at)?;
                at = before;
                message[at..].iter().position(|byte| byte & 0x80 == 0)? + 1
            }
            1 => 8,
            2 => usize::try_from(varint(message, &mut at)?).ok()?,
            5 => 4,
            _ => return None,
        };
        let end = at.checked_add(length).filter(|end| *end <= message.len())?;
        fields.push(Field {
            number: key >> 3,
            payload: &message[at..end],
            whole: &message[start..end],
        });
        at = end;
    }
    Some(fields)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 & 0x7f | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn put(bytes: &mut Vec<u8>, number: u64, payload: &[u8]) {
    put_varint(bytes, number << 3 | 2);
    put_varint(bytes, payload.len() as u64);
    bytes.extend_from_slice(payload);
}

fn put_number(bytes: &mut Vec<u8>, field: u64, number: u64) {
    put_varint(bytes, field << 3);
    put_varint(bytes, number);
}

/// A `Slice` of `hidden` along the positions.
fn slice(hidden: &str) -> Vec<u8> {
    let mut node = Vec::new();
    for input in [hidden, START, END, AXIS] {
        put(&mut node, 1, input.as_bytes());
    }
    put(&mut node, 2, HIDDEN.as_bytes());
    put(&mut node, 3, HIDDEN.as_bytes());
    put(&mut node, 4, b"Slice");
    node
}

/// A constant of one 64-bit integer.
fn integer(name: &str, number: i64) -> Vec<u8> {
    let mut tensor = Vec::new();
    put_number(&mut tensor, 1, 1);
    put_number(&mut tensor, 2, INT64);
    put(&mut tensor, 8, name.as_bytes());
    put(&mut tensor, 9, &number.to_le_bytes());
    tensor
}

/// The graph's new input: one 64-bit integer.
fn start() -> Vec<u8> {
    let (mut dim, mut shape, mut tensor, mut kind, mut port) = (vec![], vec![], vec![], vec![], vec![]);
    put_number(&mut dim, 1, 1);
    put(&mut shape, 1, &dim);
    put_number(&mut tensor, 1, INT64);
    put(&mut tensor, 2, &shape);
    put(&mut kind, 1, &tensor);
    put(&mut port, 1, START.as_bytes());
    put(&mut port, 2, &kind);
    port
}

const INT64: u64 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    fn node(kind: &str, inputs: &[&str], output: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        inputs
            .iter()
            .for_each(|input| put(&mut bytes, 1, input.as_bytes()));
        put(&mut bytes, 2, output.as_bytes());
        put(&mut bytes, 4, kind.as_bytes());
        bytes
    }

    fn model(nodes: &[Vec<u8>]) -> Vec<u8> {
        let (mut graph, mut model) = (Vec::new(), Vec::new());
        nodes.iter().for_each(|node| put(&mut graph, 1, node));
        put_number(&mut model, 1, 9);
        put(&mut model, 7, &graph);
        put(&mut model, 8, b"opset");
        model
    }

    fn kinds(model: &[u8]) -> Vec<(String, Vec<String>)> {
        let graph = fields(model)
            .unwrap()
            .into_iter()
            .find(|field| field.number == 7)
            .unwrap();
        let nodes = fields(graph.payload)
            .unwrap()
            .into_iter()
            .filter(|field| field.number == 1);
        nodes
            .map(|field| Node::read(field.payload).unwrap())
            .map(|node| {
                (
                    node.kind.to_owned(),
                    node.inputs.iter().map(|input| (*input).to_owned()).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn the_head_is_found_before_what_changes_each_logit_for_itself() {
        let capped = model(&[
            node("Norm", &["x"], "hidden"),
            node("MatMulNBits", &["hidden", "weight"], "raw"),
            node("Div", &["raw", "cap"], "divided"),
            node("Cast", &["divided"], "logits"),
        ]);
        let edited = with_last_positions(&capped, "logits").unwrap();
        let kinds = kinds(&edited);
        assert_eq!(kinds[1].0, "Slice");
        assert_eq!(kinds[1].1, ["hidden", START, END, AXIS]);
        assert_eq!(kinds[2].1, [HIDDEN, "weight"]);
        assert_eq!(kinds.len(), 5);
        let last = fields(&edited).unwrap().pop().unwrap();
        assert_eq!((last.number, last.payload), (8, &b"opset"[..]));
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        let odd = model(&[node("Norm", &["x"], "hidden"), node("Sum", &["hidden"], "logits")]);
        assert!(with_last_positions(&odd, "logits").is_none());
        assert!(with_last_positions(&odd, "nothing").is_none());
        assert!(with_last_positions(&odd[..odd.len() - 1], "logits").is_none());
        assert!(with_last_positions(b"no model", "logits").is_none());
    }
}
