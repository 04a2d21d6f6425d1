//! Text recognition (OCR): a page as a picture becomes words with their places. The work is done by tesseract, a program
//! of the system; here is decided how the page lies, in which languages it is read, and what of it is believed.

mod gray;
#[cfg(any(test, fuzzing))]
pub(super) mod hostile;
mod languages;
mod run;
mod table;
mod words;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

pub(super) use gray::Gray;
use gray::Pose;
pub use languages::EXPECTED;
use languages::Glance;
use run::{Fault, run};
use table::{ReadLine, doubts_latin, lines_of, run_up_or_down, surer, whole_certainty};
pub(super) use words::OwnWord;
pub use words::{Recognised, RecognisedPage};

use serde::{Deserialize, Serialize};

use super::page::PageTrouble;
use crate::config::OcrConfig;

/// A page that was read with this certainty, in percent, need not be read in another language.
const CERTAIN: f32 = 84.0;
/// Below this, in percent, it may lie otherwise than it was taken to.
const UNCERTAIN: f32 = 55.0;
/// Fewer letters and digits than this on a page are no text.
const LEAST: usize = 3;
/// How much less certain, in percent, a page may be read that was turned so that its lines no longer stand on end.
const LESS_CERTAIN: f32 = 10.0;
/// How certain it must be how a page lies before it is turned for that.
const TURNED: f32 = 2.0;
/// Asking for the list of languages takes no longer.
const LISTING: Duration = Duration::from_secs(20);

/// Text recognition, as far as it is there: what a process that reads a file needs to know of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ocr {
    state: State,
    program: PathBuf,
    languages: Vec<String>,
    page_time: Duration,
    file_time: Duration,
    processes: usize,
    /// Whether something was met that needs it while it could not be used.
    #[serde(skip)]
    needed: Arc<AtomicBool>,
}

/// Whether it is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    #[default]
    Off,
    Missing,
    /// It is there, and not to be used now.
    PutOff,
    Ready,
}

impl Ocr {
    /// Asks the program that is configured what it can read. Without it there is no recognition, and pages say so.
    pub fn find(config: &OcrConfig) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut ocr = Self {
            state: State::Off,
            program: PathBuf::from(&config.program),
            languages: Vec::new(),
            page_time: Duration::from_secs(config.page_seconds),
            file_time: Duration::from_secs(config.file_seconds),
            processes: if config.processes == 0 {
                cores
            } else {
                config.processes
            },
            needed: Arc::default(),
        };
        if !config.enabled {
            return ocr;
        }
        match run(&ocr.program, &["--list-langs"], b"", LISTING) {
            Ok(said) => ocr.languages = languages::listed(&said),
            Err(error) => tracing::debug!(program = config.program, %error, "text recognition is not there"),
        }
        let wanted = config.languages.split('+').map(str::trim);
        let wanted: Vec<&str> = wanted.filter(|language| !language.is_empty()).collect();
        if !wanted.is_empty() {
            ocr.languages
                .retain(|language| wanted.contains(&language.as_str()));
        }
        ocr.state = if ocr.languages.is_empty() {
            State::Missing
        } else {
            State::Ready
        };
        ocr
    }

    /// Whether pages can be recognised.
    pub fn is_ready(&self) -> bool {
        self.state == State::Ready
    }

    /// Whether nobody wants pages recognised.
    pub fn is_off(&self) -> bool {
        self.state == State::Off
    }

    /// The languages in which pages are read; none where there is no recognition.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// How long the pages of one file may be recognised.
    pub fn file_time(&self) -> Duration {
        if self.is_ready() {
            self.file_time
        } else {
            Duration::ZERO
        }
    }

    /// The same for a file that is to be read without it now: [`Ocr::was_needed`] tells afterwards.
    #[must_use]
    pub fn put_off(self) -> Self {
        Self {
            state: if self.is_ready() {
                State::PutOff
            } else {
                self.state
            },
            ..self
        }
    }

    /// Whether it is there, and not to be used now.
    pub fn is_put_off(&self) -> bool {
        self.state == State::PutOff
    }

    /// Whether a page or a picture was met that would have been recognised, had that been possible now.
    pub fn was_needed(&self) -> bool {
        self.needed.load(Ordering::Relaxed)
    }

    /// Why a page that is a picture cannot be read. It is noted that recognition was needed.
    pub(super) fn absence(&self) -> PageTrouble {
        if self.state != State::Ready {
            self.needed.store(true, Ordering::Relaxed);
        }
        match self.state {
            State::PutOff => PageTrouble::OcrLater,
            State::Off => PageTrouble::OcrOff,
            State::Missing | State::Ready => PageTrouble::OcrMissing,
        }
    }

    /// Recognition for the pages of one file; nothing where there is none.
    pub(super) fn reader(&self) -> Option<PageReader> {
        self.is_ready().then(|| PageReader {
            ocr: Arc::new(self.clone()),
            slots: Arc::new(Slots::new(self.processes)),
            languages: Arc::default(),
        })
    }
}

/// Recognises the pages of one file, which are mostly written alike. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct PageReader {
    ocr: Arc<Ocr>,
    slots: Arc<Slots>,
    /// In which the last page was read with certainty.
    languages: Arc<Mutex<Option<String>>>,
}

/// What came of a page.
pub(super) type Reading = Result<Recognised, PageTrouble>;

impl PageReader {
    /// Waits until one more page may be recognised at the same time.
    pub(super) fn slot(&self) -> Slot {
        self.slots.take()
    }

    /// Recognises a page. A blank one has no words.
    pub(super) fn read(&self, picture: &Gray) -> Reading {
        let picture = &*picture.dark_on_light();
        if picture.is_blank() {
            return Ok(Recognised::default());
        }
        let best = self.best(picture);
        let best = best.map(|best| self.doubted(picture, best).read());
        let best = best.map_err(|fault| match fault {
            Fault::Missing(_) => PageTrouble::OcrMissing,
            Fault::TooSlow(time) => PageTrouble::OcrSlow {
                seconds: time.as_secs(),
            },
            Fault::Failed(detail) => PageTrouble::OcrFailed { detail },
        })?;
        if best.letters() < LEAST {
            return Err(PageTrouble::OcrNothing);
        }
        Ok(best)
    }

    fn best(&self, picture: &Gray) -> Result<Attempt, Fault> {
        let known = self.known();
        let mut best = Attempt::default();
        if let Some(languages) = &known {
            best = self.attempt(picture, 0, languages)?;
            if best.certainty >= CERTAIN && !best.lies_on_its_side() {
                return Ok(best);
            }
        }
        let mut glance = self.glance(&picture.halved());
        if glance.turn_certainty < TURNED {
            // There is little on it: upside down, the half of it looks like another script.
            glance = self.glance(picture);
        }
        let certain_turn = glance.turn_certainty >= TURNED;
        let turn = if certain_turn { glance.turn } else { 0 };
        for languages in glance.languages(&self.ocr.languages) {
            if turn == 0 && known.as_ref() == Some(&languages) {
                continue;
            }
            best = best.or(self.attempt(picture, turn, &languages)?);
            // Chinese in one form is read in the other with some certainty too, so both are tried.
            if best.certainty >= CERTAIN && !best.languages.starts_with("chi_") {
                break;
            }
        }
        if best.certainty < UNCERTAIN && !certain_turn {
            for turn in [90, 270, 180] {
                let languages = best.languages.clone();
                best = best.or(self.attempt(picture, turn, &languages)?);
            }
        }
        if best.lies_on_its_side() {
            for turn in [270, 90] {
                let turned = self.attempt(picture, (best.pose.turn + turn) % 360, &best.languages)?;
                if !turned.lies_on_its_side() && turned.certainty + LESS_CERTAIN > best.certainty {
                    best = turned;
                    break;
                }
            }
        }
        if best.certainty >= CERTAIN {
            *self.languages.lock().unwrap_or_else(PoisonError::into_inner) = Some(best.languages.clone());
        }
        Ok(best)
    }

    /// Reads a page again without the Latin languages where words in these are doubtful, and takes the surer lines.
    fn doubted(&self, picture: &Gray, best: Attempt) -> Attempt {
        let Some(alone) = languages::eastern_of(&best.languages) else {
            return best;
        };
        if !doubts_latin(&best.lines) {
            return best;
        }
        match self.attempt(picture, best.pose.turn, alone) {
            Ok(again) => Attempt {
                lines: surer(best.lines, &again.lines),
                ..best
            },
            Err(error) => {
                tracing::debug!(%error, languages = alone, "a page was not read for a second time");
                best
            }
        }
    }

    fn known(&self) -> Option<String> {
        self.languages
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How the page lies and what it is written in. Where there is too little on it to tell, nothing is known.
    fn glance(&self, picture: &Gray) -> Glance {
        let dpi = picture.dpi.to_string();
        let arguments = ["stdin", "stdout", "--psm", "0", "-l", "osd", "--dpi", &dpi];
        let said = run(&self.ocr.program, &arguments, &picture.pgm(), self.ocr.page_time);
        said.map(|said| Glance::of(&said)).unwrap_or_default()
    }

    fn attempt(&self, picture: &Gray, turn: u16, languages: &str) -> Result<Attempt, Fault> {
        let turned = picture.turned(turn);
        let skew = turned.skew();
        let level = turned.straightened(skew);
        let dpi = level.dpi.to_string();
        let arguments = [
            "stdin", "stdout", "-l", languages, "--dpi", &dpi, "--psm", "3", "tsv",
        ];
        let table = run(&self.ocr.program, &arguments, &level.pgm(), self.ocr.page_time)?;
        let lines = lines_of(&table);
        Ok(Attempt {
            certainty: whole_certainty(&lines),
            lines,
            width: level.width,
            height: level.height,
            pose: Pose { turn, skew },
            languages: languages.to_owned(),
        })
    }
}

/// A page read in one way.
#[derive(Debug, Default)]
struct Attempt {
    lines: Vec<ReadLine>,
    /// Of the picture that was read, in pixels.
    width: usize,
    height: usize,
    pose: Pose,
    /// How sure the recognition is of all that it saw, in percent; of what is kept it is surer.
    certainty: f32,
    languages: String,
}

impl Attempt {
    fn read(&self) -> Recognised {
        Recognised::of_lines(&self.lines, self.width, self.height, self.pose)
    }

    /// Whether its lines run up or down: some pages that lie on their side are read with certainty as they lie, but their
    /// lines would then stand beside one another.
    fn lies_on_its_side(&self) -> bool {
        run_up_or_down(&self.lines)
    }

    fn or(self, other: Self) -> Self {
        if other.certainty > self.certainty {
            other
        } else {
            self
        }
    }
}

/// How many pages are recognised at the same time.
#[derive(Debug)]
struct Slots {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// The right to recognise a page.
#[derive(Debug)]
pub(super) struct Slot(Arc<Slots>);

impl Slots {
    fn new(free: usize) -> Self {
        Self {
            free: Mutex::new(free),
            given_back: Condvar::new(),
        }
    }

    fn take(self: &Arc<Self>) -> Slot {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self
            .given_back
            .wait_while(free, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Slot(Arc::clone(self))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.given_back.notify_one();
    }
}
