//! The ledger in words: how many pages can be searched and what became of the others, of one file or of all.

use askama::Template;

use super::texts::{Texts, grouped};
use crate::domain::{PageCounts, PageFate};

/// How wide the bar is, in its own measure.
const WIDTH: u64 = 1_000;

/// How many pages fared how: a sentence, a bar, and what there is beside plain text.
#[derive(Template)]
#[template(path = "parts/ledger.html")]
pub struct LedgerPart {
    summary: String,
    bars: Vec<Bar>,
    /// What became of the pages whose text was not simply in the file.
    others: Vec<Other>,
}

struct Bar {
    name: &'static str,
    x: u64,
    width: u64,
}

struct Other {
    name: &'static str,
    text: String,
}

impl LedgerPart {
    /// Nothing where nothing has been read.
    pub fn new(t: Texts, counts: &PageCounts) -> Option<Self> {
        let all = counts.all();
        if all == 0 {
            return None;
        }
        let pages = t.count("pages-count", all);
        let summary = t.with_all(
            "ledger-summary",
            &[("searchable", &grouped(counts.searchable())), ("pages", &pages)],
        );
        let fates = [
            ("ocr", t.count("ledger-ocr", counts.ocr), counts.ocr),
            (
                "doubtful",
                t.count("ledger-doubtful", counts.doubtful),
                counts.doubtful,
            ),
            (
                "picture",
                t.count("ledger-picture", counts.picture),
                counts.picture,
            ),
            ("failed", t.count("ledger-failed", counts.failed), counts.failed),
            (
                "skipped",
                t.count("ledger-skipped", counts.skipped),
                counts.skipped,
            ),
            ("empty", t.count("ledger-empty", counts.empty), counts.empty),
        ];
        Some(Self {
            summary: summary.into_owned(),
            bars: bars(counts),
            others: fates
                .into_iter()
                .filter(|(.., count)| *count > 0)
                .map(|(name, text, _)| Other {
                    name,
                    text: text.into_owned(),
                })
                .collect(),
        })
    }
}

/// The widths are parts of the whole; what there is of shows, be it ever so little.
fn bars(counts: &PageCounts) -> Vec<Bar> {
    let shares = [
        ("text", counts.text),
        ("ocr", counts.ocr - counts.doubtful.min(counts.ocr)),
        ("doubtful", counts.doubtful),
        ("lacking", counts.lacking()),
        ("empty", counts.empty),
    ];
    let mut x = 0;
    let mut bars = Vec::new();
    for (name, count) in shares.into_iter().filter(|(_, count)| *count > 0) {
        let width = (count * WIDTH / counts.all()).max(4);
        bars.push(Bar { name, x, width });
        x += width;
    }
    // Rounding leaves a gap, or runs over: the largest takes it up.
    let rest = i64::try_from(WIDTH).unwrap_or(0) - i64::try_from(x).unwrap_or(0);
    if let Some(largest) = (0..bars.len()).max_by_key(|at| bars[*at].width) {
        bars[largest].width = bars[largest].width.saturating_add_signed(rest);
        for bar in &mut bars[largest + 1..] {
            bar.x = bar.x.saturating_add_signed(rest);
        }
    }
    bars
}

/// What became of a page.
pub fn fate(t: Texts, fate: &PageFate) -> String {
    let text = match fate {
        PageFate::Text => t.get("fate-text"),
        PageFate::Ocr { confidence } => t.with("fate-ocr", "confidence", &confidence.to_string()),
        PageFate::Empty => t.get("fate-empty"),
        PageFate::Picture { .. } => t.get("fate-picture"),
        PageFate::Failed { .. } => t.get("fate-failed"),
        PageFate::Skipped { .. } => t.get("fate-skipped"),
    };
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::locale::Locale;

    #[test]
    fn the_bar_is_as_wide_as_it_is_and_a_single_page_of_many_shows() {
        let counts = PageCounts {
            text: 12_000,
            ocr: 480,
            doubtful: 41,
            picture: 1,
            failed: 2,
            empty: 50,
            skipped: 0,
        };
        let bars = bars(&counts);
        assert_eq!(bars.iter().map(|bar| bar.width).sum::<u64>(), WIDTH);
        assert!(bars.iter().all(|bar| bar.width >= 4));
        for pair in bars.windows(2) {
            assert_eq!(pair[0].x + pair[0].width, pair[1].x);
        }
    }

    #[test]
    fn the_sentence_names_what_can_be_searched_and_the_list_what_cannot() {
        let counts = PageCounts {
            text: 12_439,
            ocr: 41,
            doubtful: 41,
            picture: 53,
            ..PageCounts::default()
        };
        let part = LedgerPart::new(Texts::of(Locale::English), &counts).unwrap();
        assert_eq!(part.summary, "12,480 of 12,533 pages can be searched");
        let others: Vec<&str> = part.others.iter().map(|other| other.name).collect();
        assert_eq!(others, ["ocr", "doubtful", "picture"]);
        assert!(LedgerPart::new(Texts::of(Locale::English), &PageCounts::default()).is_none());
    }
}
