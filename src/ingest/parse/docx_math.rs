//! Formulas of Word in the notation of TeX: without it `r²` would read `r2`, and a fraction like a product.

/// Follows the elements of formulas and says what is to be written between their characters.
#[derive(Debug, Default)]
pub(super) struct Math {
    formulas: u32,
    open: Vec<Structure>,
}

#[derive(Debug)]
enum Structure {
    /// A root: whether its degree was seen.
    Root(bool),
    /// Brackets: what they are, and whether the first is written.
    Brackets(String, String, bool),
    /// A sum, an integral: its sign.
    Sign(String),
    Other,
}

impl Math {
    /// An element begins; `value` is its attribute of that name.
    pub(super) fn open(&mut self, name: &str, value: impl Fn() -> Option<String>) -> Option<String> {
        if name == "oMath" {
            self.formulas += 1;
            return None;
        }
        if self.formulas == 0 {
            return None;
        }
        match name {
            "rad" => self.open.push(Structure::Root(false)),
            "d" => self
                .open
                .push(Structure::Brackets("(".to_owned(), ")".to_owned(), false)),
            "nary" => self.open.push(Structure::Sign("∫".to_owned())),
            "f" | "sSup" | "sSub" | "sSubSup" | "func" | "limLow" | "limUpp" | "acc" | "bar" | "m"
            | "eqArr" => {
                self.open.push(Structure::Other);
            }
            _ => {}
        }
        let text = match (name, self.open.last_mut()) {
            ("num", _) => "\\frac{",
            ("den", _) => "{",
            ("sup", _) => "^{",
            ("sub" | "lim", _) => "_{",
            ("deg", Some(Structure::Root(degree))) => {
                *degree = true;
                "\\sqrt["
            }
            ("e", Some(Structure::Root(degree))) => {
                if *degree {
                    "{"
                } else {
                    "\\sqrt{"
                }
            }
            ("e", Some(Structure::Brackets(first, _, written))) if !*written => {
                *written = true;
                return Some(first.clone());
            }
            ("begChr", Some(Structure::Brackets(first, ..))) => {
                *first = value().unwrap_or_default();
                return None;
            }
            ("endChr", Some(Structure::Brackets(_, last, _))) => {
                *last = value().unwrap_or_default();
                return None;
            }
            ("chr", Some(Structure::Sign(sign))) => {
                *sign = value().unwrap_or_default();
                return None;
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// An element ends.
    pub(super) fn close(&mut self, name: &str) -> Option<String> {
        if self.formulas == 0 {
            return None;
        }
        match name {
            "oMath" => {
                self.formulas -= 1;
                if self.formulas == 0 {
                    self.open.clear();
                }
                None
            }
            "num" | "den" | "sup" | "sub" | "lim" => Some("}".to_owned()),
            "deg" => Some("]".to_owned()),
            "e" => matches!(self.open.last(), Some(Structure::Root(_))).then(|| "}".to_owned()),
            "naryPr" => match self.open.last() {
                Some(Structure::Sign(sign)) => Some(sign.clone()),
                _ => None,
            },
            "d" => match self.open.pop() {
                Some(Structure::Brackets(_, last, _)) => Some(last),
                _ => None,
            },
            "rad" | "nary" | "f" | "sSup" | "sSub" | "sSubSup" | "func" | "limLow" | "limUpp" | "acc"
            | "bar" | "m" | "eqArr" => {
                self.open.pop();
                None
            }
            _ => None,
        }
    }
}

/// A text without the empty places that formulas leave: a root without a degree, a sum without bounds.
pub(super) fn tidy(text: &str) -> String {
    text.replace("\\sqrt[]", "\\sqrt")
        .replace("_{}", "")
        .replace("^{}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_fractions_and_roots_keep_their_shape() {
        let mut math = Math::default();
        let mut text = String::new();
        for step in
            "oMath,f,num,=a,/num,den,rad,deg,/deg,e,=b,/e,/rad,/den,/f,sSup,e,=c,/e,sup,=2,/sup,/sSup,/oMath"
                .split(',')
        {
            if let Some(letters) = step.strip_prefix('=') {
                text.push_str(letters);
            } else if let Some(name) = step.strip_prefix('/') {
                text.extend(math.close(name));
            } else {
                text.extend(math.open(step, || None));
            }
        }
        assert_eq!(tidy(&text), "\\frac{a}{\\sqrt{b}}c^{2}");
    }
}
