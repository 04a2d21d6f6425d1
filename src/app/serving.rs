//! Serving: where the server listens, before and after there is an administrator, until a signal ends it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{App, StartError, memory};
use crate::accounts::{Accounts, Secret};
use crate::config::Config;
use crate::library::Library;
use crate::review::Review;
use crate::web::{AppState, ServerHandle};

/// How often it is looked whether the first administrator was made, on the page or on the command line.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often sessions that have ended are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

/// The server answers.
#[derive(Debug)]
pub struct Ready {
    /// The address in force.
    pub address: SocketAddr,
    /// The secret of the link that makes the first administrator, as long as there is none.
    pub set_up: Option<Secret>,
    /// Where it is going to listen once there is an administrator, if that is elsewhere.
    pub later: Option<SocketAddr>,
}

impl App {
    /// Watches and answers until a signal comes. `ready` is told whenever the server has begun to listen: until there is
    /// an administrator that is on this machine only, whatever is configured.
    pub async fn serve(self, config: &Config, ready: impl Fn(Ready)) -> Result<(), StartError> {
        let accounts = Accounts::new(self.store.clone(), &config.accounts)?;
        let state = AppState {
            accounts: accounts.clone(),
            library: Library::new(
                self.store.clone(),
                self.documents.clone(),
                self.pipeline.clone(),
                self.pdfium,
            ),
            retriever: self.reader.retriever.clone(),
            answerer: self.reader.answerer.clone(),
            review: Review::new(
                self.store.clone(),
                self.reader.retriever.clone(),
                self.reader.answerer.clone(),
                &config.review,
            ),
        };
        let stop = CancellationToken::new();
        // Whether the address can be had is known before anything else begins.
        let mut listening = Listening::begin(&state, config.server.address).await?;
        let watching = tokio::spawn({
            let (pipeline, stop) = (self.pipeline.clone(), stop.clone());
            async move { pipeline.run(stop).await }
        });
        tokio::spawn(memory::give_back_regularly(stop.clone()));
        tokio::spawn(tidy_regularly(accounts.clone(), stop.clone()));
        tokio::spawn(
            self.writers
                .clone()
                .follow(self.reader.route.clone(), stop.clone()),
        );
        let mut signal = std::pin::pin!(signal());
        loop {
            ready(Ready {
                address: listening.address,
                set_up: match listening.set_up {
                    true => Some(accounts.invite_first()?),
                    false => None,
                },
                later: listening.later,
            });
            let Some(later) = listening.later else {
                signal.as_mut().await;
                break;
            };
            tokio::select! {
                () = signal.as_mut() => break,
                () = until_set_up(&accounts) => {}
            }
            listening.end().await?;
            listening = Listening::begin(&state, later).await?;
        }
        tracing::info!("stopping");
        let ended = listening.end().await;
        stop.cancel();
        if let Ok(Err(error)) = watching.await {
            tracing::error!(%error, "ingestion ended with an error");
        }
        ended?;
        self.close().await;
        Ok(())
    }
}

/// A server that listens.
struct Listening {
    address: SocketAddr,
    /// Whether the first administrator is still to be made.
    set_up: bool,
    /// Where it is to listen afterwards, if that is elsewhere.
    later: Option<SocketAddr>,
    handle: ServerHandle,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Listening {
    async fn begin(state: &AppState, wanted: SocketAddr) -> Result<Self, StartError> {
        let set_up = state.accounts.is_new().await?;
        let elsewhere = set_up && !wanted.ip().is_loopback();
        let address = if elsewhere {
            SocketAddr::from((Ipv4Addr::LOCALHOST, wanted.port()))
        } else {
            wanted
        };
        let (address, server) = crate::web::start(state.clone(), address)?;
        Ok(Self {
            address,
            set_up,
            later: elsewhere.then_some(wanted),
            handle: server.handle(),
            serving: tokio::spawn(server),
        })
    }

    /// Answers what is being asked, and listens no more.
    async fn end(self) -> Result<(), StartError> {
        self.handle.stop(true).await;
        match self.serving.await {
            Ok(Err(error)) => Err(StartError::Served(error)),
            _ => Ok(()),
        }
    }
}

async fn until_set_up(accounts: &Accounts) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match accounts.is_new().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "it could not be seen whether there is an administrator"),
        }
    }
}

async fn tidy_regularly(accounts: Accounts, stop: CancellationToken) {
    loop {
        if let Err(error) = accounts.tidy().await {
            tracing::warn!(%error, "sessions that have ended could not be forgotten");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TIDY_EVERY) => {}
        }
    }
}

/// Waits for Ctrl+C or for what a service manager sends.
async fn signal() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "only Ctrl+C ends the server");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
