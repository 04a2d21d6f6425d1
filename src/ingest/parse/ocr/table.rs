//! The table that tesseract writes: lines of words with how sure it is of each, what of them is believed, and which of
//! two readings of a line is the better one. Pure.

use crate::domain::Language;

/// Words of which the recognition is less sure than this, in percent, are taken for specks and lines of a drawing,
const LEAST: f32 = 30.0;
/// but not a Chinese character in a line that is as sure as this.
const SURE_LINE: f32 = 70.0;
/// A word in Latin letters that is less sure than this, in percent, may be a Chinese one.
const DOUBTFUL: f32 = 60.0;

/// A line as it was read; places are pixels from the upper left corner.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ReadLine {
    left: f32,
    pub(super) top: f32,
    right: f32,
    pub(super) bottom: f32,
    words: Vec<ReadWord>,
}

/// A word as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadWord {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
    /// In percent.
    certainty: f32,
}

/// The lines of the table that tesseract writes about a picture, without those that have no words.
pub(super) fn lines_of(table: &str) -> Vec<ReadLine> {
    let mut lines: Vec<ReadLine> = Vec::new();
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.splitn(12, '\t').collect();
        let number = |at: usize| cells.get(at).and_then(|cell| cell.parse::<f32>().ok());
        let (Some(left), Some(top), Some(across), Some(down)) = (number(6), number(7), number(8), number(9))
        else {
            continue;
        };
        let text = cells.get(11).map_or("", |text| text.trim());
        match (cells[0], lines.last_mut()) {
            ("4", _) => lines.push(ReadLine {
                left,
                top,
                right: left + across,
                bottom: top + down,
                words: Vec::new(),
            }),
            ("5", Some(line)) if !text.is_empty() => line.words.push(ReadWord {
                text: text.to_owned(),
                left,
                right: left + across,
                certainty: number(10).unwrap_or(0.0).max(0.0),
            }),
            _ => {}
        }
    }
    lines.retain(|line| !line.words.is_empty());
    lines
}

/// How sure the recognition is of the characters of these words on average, in percent; 0 where there are none.
pub(super) fn certainty<'read>(words: impl Iterator<Item = &'read ReadWord>) -> f32 {
    let (mut sure, mut characters) = (0.0, 0.0);
    for word in words {
        #[expect(clippy::cast_precision_loss, reason = "the length of a word")]
        let length = word.text.chars().count() as f32;
        sure += word.certainty * length;
        characters += length;
    }
    if characters > 0.0 { sure / characters } else { 0.0 }
}

/// How sure the recognition is of all that it saw, in percent.
pub(super) fn whole_certainty(lines: &[ReadLine]) -> f32 {
    certainty(lines.iter().flat_map(|line| &line.words))
}

/// Whether some words may have been read in Latin letters though they are none. Of several models tesseract now and then
/// takes the Latin one for a whole line of Chinese, and is then not sure of it.
pub(super) fn doubts_latin(lines: &[ReadLine]) -> bool {
    let mut words = lines.iter().flat_map(|line| &line.words);
    words.any(|word| {
        word.certainty < DOUBTFUL && word.text.chars().any(|character| character.is_ascii_alphabetic())
    })
}

/// Whether most of the words stand in lines that are higher than wide.
pub(super) fn run_up_or_down(lines: &[ReadLine]) -> bool {
    let (mut all, mut standing) = (0, 0);
    for line in lines {
        let length: usize = line.words.iter().map(|word| word.text.chars().count()).sum();
        all += length;
        // A line of one or two letters is as high as wide.
        if length > 3 && line.bottom - line.top > (line.right - line.left) * 1.5 {
            standing += length;
        }
    }
    standing * 2 > all
}

/// The lines, each of them from `other` where that read it with more certainty.
pub(super) fn surer(lines: Vec<ReadLine>, other: &[ReadLine]) -> Vec<ReadLine> {
    let better = |line: ReadLine| {
        let same = other.iter().find(|other| other.is_at(&line));
        match same.filter(|other| other.certainty() > line.certainty()) {
            Some(other) => other.clone(),
            None => line,
        }
    };
    lines.into_iter().map(better).collect()
}

impl ReadLine {
    /// What is not taken for specks. Single Chinese characters are often read rightly with no certainty at all, and a
    /// sentence with a hole in it is not found by its words.
    pub(super) fn believed(&self) -> impl Iterator<Item = &ReadWord> {
        let sure = self.certainty() >= SURE_LINE;
        self.words
            .iter()
            .filter(move |word| word.certainty >= LEAST || sure && word.text.chars().all(Language::is_han))
    }

    fn certainty(&self) -> f32 {
        certainty(self.words.iter())
    }

    /// Whether it is the same line of the picture: they cover one another for the greater part.
    fn is_at(&self, other: &Self) -> bool {
        let shared = |from: f32, to: f32| (to - from).max(0.0);
        let across = shared(self.left.max(other.left), self.right.min(other.right));
        let down = shared(self.top.max(other.top), self.bottom.min(other.bottom));
        let area = |line: &Self| (line.right - line.left) * (line.bottom - line.top);
        across * down * 2.0 > area(self).max(area(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_whose_lines_stand_on_end_is_told_from_one_with_a_word_along_its_edge() {
        let line = |[left, top, right, bottom]: [f32; 4], text: &str| ReadLine {
            left,
            top,
            right,
            bottom,
            words: vec![ReadWord {
                text: text.to_owned(),
                left,
                right,
                certainty: 96.0,
            }],
        };
        let along = line([10.0, 10.0, 900.0, 50.0], "The spindle is lubricated.");
        let up = line([950.0, 10.0, 980.0, 400.0], "Form QF-118");
        assert!(!run_up_or_down(&[along.clone(), up.clone()]));
        assert!(run_up_or_down(&[up.clone(), up]));
        assert!(!run_up_or_down(&[line([10.0, 10.0, 20.0, 50.0], "I")]));
        assert!(!run_up_or_down(&[]));
    }

    /// Lines at tops 100, 200 and so on, of words with their certainty.
    fn table(lines: &[&[(&str, f32)]]) -> Vec<ReadLine> {
        let mut table =
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
                .to_owned();
        for (number, words) in lines.iter().enumerate() {
            let top = 100 + number * 100;
            table += &format!("4\t1\t1\t1\t1\t0\t100\t{top}\t800\t44\t-1\t\n");
            for (at, (text, certainty)) in words.iter().enumerate() {
                let left = 100 + at * 90;
                table += &format!("5\t1\t1\t1\t1\t{at}\t{left}\t{top}\t80\t44\t{certainty}\t{text}\n");
            }
        }
        lines_of(&table)
    }

    fn texts(lines: &[ReadLine]) -> Vec<String> {
        let text = |line: &ReadLine| line.believed().map(|word| word.text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn a_chinese_line_that_was_read_in_latin_letters_is_taken_from_the_reading_in_chinese_alone() {
        let both = table(&[
            &[("Py", 51.3), ("EULER", 20.1), ("ERLE", 36.3)],
            &[("Torque", 95.1), ("for", 96.0), ("M8", 91.3), ("bolts", 95.9)],
        ]);
        let alone = table(&[
            &[
                ("斑", 0.0),
                ("磨", 66.0),
                ("机", 96.7),
                ("操作", 96.3),
                ("规程", 96.6),
            ],
            &[("Torque", 91.0), ("for", 93.0), ("M8", 90.0), ("boltts", 38.6)],
        ]);
        assert!(doubts_latin(&both));
        assert_eq!(
            texts(&surer(both, &alone)),
            ["斑磨机操作规程", "TorqueforM8bolts"]
        );
    }

    #[test]
    fn a_page_without_doubtful_latin_words_is_not_read_again() {
        assert!(!doubts_latin(&table(&[
            &[("Torque", 95.1), ("for", 96.0), ("M8", 91.3)],
            &[("表", 0.0), ("63", 41.0)],
        ])));
    }

    #[test]
    fn a_chinese_character_of_a_sure_line_is_kept_though_nothing_is_said_for_it() {
        let read = table(&[
            &[
                ("操作人员必须填写", 96.7),
                ("点", 93.2),
                ("检", 93.2),
                ("表", 0.0),
                ("~~", 12.0),
            ],
            &[("工", 20.0), ("一", 41.0), ("厂", 3.0)],
        ]);
        assert_eq!(texts(&read), ["操作人员必须填写点检表", "一"]);
    }

    #[test]
    fn a_line_is_never_taken_from_another_place() {
        let read = table(&[&[("RS", 46.0), ("SOR", 42.0)]]);
        let mut other = table(&[&[("设备", 96.0)]]);
        other[0].top += 30.0;
        other[0].bottom += 30.0;
        assert_eq!(texts(&surer(read, &other)), ["RSSOR"]);
    }
}
