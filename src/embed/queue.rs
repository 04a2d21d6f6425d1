//! What waits to be embedded: questions before passages, text by text, so that all sessions share every batch.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::EmbedError;

type Reply = Result<Vec<Vec<f32>>, EmbedError>;

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Priority {
    /// Somebody waits.
    Question,
    /// Nobody does.
    Bulk,
}

/// Texts that are answered together.
pub(super) struct Batch {
    texts: Vec<String>,
    /// The longest first, so that no session is left with a long text at the end.
    order: Vec<usize>,
    progress: Mutex<Progress>,
}

struct Progress {
    vectors: Vec<Vec<f32>>,
    missing: usize,
    /// Taken when the batch is answered.
    reply: Option<oneshot::Sender<Reply>>,
}

impl Batch {
    pub fn new(texts: Vec<String>) -> (Arc<Self>, oneshot::Receiver<Reply>) {
        let (reply, receiver) = oneshot::channel();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(texts[*index].len()));
        let progress = Progress {
            vectors: vec![Vec::new(); texts.len()],
            missing: texts.len(),
            reply: Some(reply),
        };
        (
            Arc::new(Self {
                texts,
                order,
                progress: Mutex::new(progress),
            }),
            receiver,
        )
    }

    /// The text that a piece of work stands for.
    pub fn text(&self, index: usize) -> &str {
        &self.texts[index]
    }

    /// Takes in the vector of one text; the last one, or an error, answers the batch.
    pub fn finish(&self, index: usize, vector: Result<Vec<f32>, EmbedError>) {
        let mut progress = locked(&self.progress);
        let answer = match vector {
            Ok(vector) => {
                progress.vectors[index] = vector;
                progress.missing -= 1;
                (progress.missing == 0).then(|| Ok(std::mem::take(&mut progress.vectors)))
            }
            Err(error) => Some(Err(error)),
        };
        if let Some(answer) = answer
            && let Some(reply) = progress.reply.take()
        {
            // Nobody may be waiting any more, which is no error.
            let _ = reply.send(answer);
        }
    }

    /// Whether nobody waits for the rest of it.
    fn is_abandoned(&self) -> bool {
        locked(&self.progress)
            .reply
            .as_ref()
            .is_none_or(oneshot::Sender::is_closed)
    }
}

/// The queue that all sessions take from.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    questions: VecDeque<(Arc<Batch>, usize)>,
    bulk: VecDeque<(Arc<Batch>, usize)>,
    closed: bool,
}

impl Queue {
    /// Puts `batch` last among those of its priority.
    pub fn push(&self, batch: Arc<Batch>, priority: Priority) {
        let mut waiting = locked(&self.waiting);
        if waiting.closed {
            drop(waiting);
            batch.finish(0, Err(EmbedError::Stopped));
            return;
        }
        match priority {
            Priority::Question => waiting.questions.push_back((batch, 0)),
            Priority::Bulk => waiting.bulk.push_back((batch, 0)),
        }
        drop(waiting);
        self.changed.notify_all();
    }

    /// Waits for the next text; nothing once the queue is closed.
    pub fn next(&self) -> Option<(Arc<Batch>, usize)> {
        let mut waiting = locked(&self.waiting);
        loop {
            if waiting.closed {
                return None;
            }
            if let Some(work) = waiting.take() {
                return Some(work);
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends it: what waits is answered with [`EmbedError::Stopped`].
    pub fn close(&self) {
        let mut waiting = locked(&self.waiting);
        waiting.closed = true;
        let left: Vec<_> = waiting.questions.drain(..).collect();
        let left = left.into_iter().chain(waiting.bulk.drain(..).collect::<Vec<_>>());
        drop(waiting);
        self.changed.notify_all();
        for (batch, _) in left {
            batch.finish(0, Err(EmbedError::Stopped));
        }
    }
}

impl Waiting {
    fn take(&mut self) -> Option<(Arc<Batch>, usize)> {
        for queue in [&mut self.questions, &mut self.bulk] {
            while let Some((batch, taken)) = queue.front_mut() {
                let next = batch.order.get(*taken).copied();
                let Some(index) = next.filter(|_| !batch.is_abandoned()) else {
                    queue.pop_front();
                    continue;
                };
                *taken += 1;
                let batch = Arc::clone(batch);
                if *taken == batch.order.len() {
                    queue.pop_front();
                }
                return Some((batch, index));
            }
        }
        None
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(texts: &[&str]) -> (Arc<Batch>, oneshot::Receiver<Reply>) {
        Batch::new(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    fn next_text(queue: &Queue) -> String {
        let (batch, index) = queue.next().unwrap();
        batch.text(index).to_owned()
    }

    #[test]
    fn a_question_overtakes_the_passages_that_came_before_it() {
        let queue = Queue::default();
        let (bulk, _bulk) = batch(&["passage one", "passage 2"]);
        let (question, _question) = batch(&["question"]);
        queue.push(bulk, Priority::Bulk);
        assert_eq!(next_text(&queue), "passage one");
        queue.push(question, Priority::Question);
        assert_eq!(next_text(&queue), "question");
        assert_eq!(next_text(&queue), "passage 2");
    }

    #[test]
    fn a_batch_whose_receiver_is_gone_is_skipped() {
        let queue = Queue::default();
        let (abandoned, receiver) = batch(&["nobody waits"]);
        let (kept, _kept) = batch(&["kept"]);
        queue.push(abandoned, Priority::Bulk);
        queue.push(kept, Priority::Bulk);
        drop(receiver);
        assert_eq!(next_text(&queue), "kept");
    }

    #[test]
    fn vectors_come_back_in_the_order_of_their_texts() {
        let queue = Queue::default();
        let (both, mut receiver) = batch(&["b", "longest"]);
        queue.push(both, Priority::Bulk);
        for _ in 0..2 {
            let (batch, index) = queue.next().unwrap();
            let length = batch.text(index).len() as f32;
            batch.finish(index, Ok(vec![length]));
        }
        assert_eq!(receiver.try_recv().unwrap().unwrap(), [[1.0], [7.0]]);
    }

    #[test]
    fn an_error_answers_the_whole_batch_and_the_rest_of_it_is_skipped() {
        let queue = Queue::default();
        let (failing, mut receiver) = batch(&["first", "rest"]);
        let (other, _other) = batch(&["other"]);
        queue.push(failing, Priority::Bulk);
        queue.push(other, Priority::Bulk);
        let (batch, index) = queue.next().unwrap();
        batch.finish(
            index,
            Err(EmbedError::Run {
                reason: "broken".to_owned(),
            }),
        );
        assert!(receiver.try_recv().unwrap().is_err());
        assert_eq!(next_text(&queue), "other");
    }

    #[test]
    fn closing_answers_what_waits() {
        let queue = Queue::default();
        let (waiting, mut receiver) = batch(&["waiting"]);
        queue.push(waiting, Priority::Question);
        queue.close();
        assert!(matches!(receiver.try_recv().unwrap(), Err(EmbedError::Stopped)));
        assert!(queue.next().is_none());
    }
}
