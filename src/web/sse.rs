//! Server-sent events: a task makes them, the browser gets them as they come, and a closed connection ends the task.

use std::convert::Infallible;
use std::future::Future;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

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
        // Whatever is on its way to a browser that has gone is dropped where it stands. An answer that a model had begun to
        // write is kept all the same: its own task ends it.
        tokio::select! {
            _ = making => {}
            () = gone.closed() => {}
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
