//! What the server does with anything that a process says, for the fuzz target `wire`.

use super::wire::{self, Said};

/// Takes `data` for what a process says.
pub fn listen(data: &[u8]) {
    let mut from = data;
    while let Ok(Some((said, length))) = wire::receive::<Said>(&mut from, wire::LONGEST_FRAME) {
        assert!(
            length as usize <= data.len(),
            "a frame of {length} bytes came from {}",
            data.len()
        );
        if let Said::Drawn(Ok(drawn)) = &said {
            let picture = wire::exactly(&mut from, drawn.bytes);
            assert!(picture.is_ok_and(|bytes| bytes.len() <= data.len()) || from.is_empty());
        }
        let mut again = Vec::new();
        wire::send(&mut again, &said).expect("what was received can be sent");
        let (same, _) = wire::receive::<Said>(&mut again.as_slice(), wire::LONGEST_FRAME)
            .expect("what was sent can be received")
            .expect("what was sent is there");
        assert_eq!(said.name(), same.name());
    }
}
