//! Server-sent events: a task makes them, the browser gets them as they come, and a closed connection ends the task.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// So often something is sent while nothing happens: only then it shows that the browser has gone, and nothing in between takes
/// the connection for dead.
const BEAT: Duration = Duration::from_secs(3);
/// What browsers pass over.
const COMMENT: &[u8] = b":\n\n";

/// Takes events. Sending fails once the browser has gone.
pub struct Events(mpsc::Sender<Bytes>);

/// The browser has gone.
pub struct Gone;

impl Events {
    /// Sends an event.
    pub async fn send(&self, name: &str, data: &str) -> Result<(), Gone> {
        self.0.send(event(name, data)).await.map_err(|_| Gone)
    }
}

/// A response whose events `make` sends.
pub fn respond<F, Fut>(make: F) -> HttpResponse
where
    F: FnOnce(Events) -> Fut,
    Fut: Future<Output = Result<(), Gone>> + 'static,
{
    let (sender, receiver) = mpsc::channel(16);
    let gone = sender.clone();
    let making = make(Events(sender));
    actix_web::rt::spawn(async move {
        let mut making = std::pin::pin!(making);
        let mut beat = interval_at(Instant::now() + BEAT, BEAT);
        // What is on its way to a browser that has gone is dropped. An answer that a model had begun to write is kept all the
        // same: its own task ends it.
        loop {
            tokio::select! {
                _ = &mut making => break,
                () = gone.closed() => break,
                _ = beat.tick() => drop(gone.try_send(Bytes::from_static(COMMENT))),
            }
        }
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy in between must not hold events back.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(ReceiverStream::new(receiver).map(Ok::<Bytes, Infallible>))
}

fn event(name: &str, data: &str) -> Bytes {
    let mut text = format!("event: {name}\n");
    for line in data.split(['\n', '\r']) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    Bytes::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_of_several_lines_stays_one_event() {
        assert_eq!(
            event("sentence", "<li>\n</li>"),
            "event: sentence\ndata: <li>\ndata: </li>\n\n"
        );
    }
}
