//! Serving: where the server listens, before and after there is an administrator, until a signal ends it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::house::Running;
use super::log::Tail;
use super::{App, StartError, machine, memory};
use crate::accounts::{Accounts, Directory, Provider, Secret};
use crate::config::{AuditConfig, Configuration};
use crate::library::Library;
use crate::review::Review;
use crate::web::{AppState, Later, ServerHandle, Terms, Tls};

/// How often it is looked whether the first administrator was made, on the page or on the command line.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often sessions that have ended are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

/// The server answers.
pub struct Ready {
    /// The address in force.
    pub address: SocketAddr,
    /// The secret of the link that makes the first administrator, as long as there is none.
    pub set_up: Option<Secret>,
    /// Where it is going to listen once there is an administrator, if that is elsewhere.
    pub later: Option<SocketAddr>,
    /// What it encrypts with, if it does.
    pub tls: Option<Tls>,
    /// What other machines call this one, where it listens on all of its addresses.
    pub names: Vec<String>,
}

impl App {
    /// Watches and answers until a signal comes. `ready` is told whenever the server has begun to listen: until there is
    /// an administrator that is on this machine only, whatever is configured. `tail` is the log that administrators see.
    pub async fn serve(
        self,
        configuration: &Configuration,
        tail: Tail,
        ready: impl Fn(Ready),
    ) -> Result<(), StartError> {
        let config = &configuration.values;
        let directory = Directory::open(&config.ldap)?;
        if directory.as_ref().is_some_and(Directory::is_open_to_listeners) {
            tracing::warn!("passwords travel to the directory unencrypted: use ldaps:// or ldap.start_tls");
        }
        let accounts = Accounts::new(self.store.clone(), &config.accounts)?
            .with_directory(directory)
            .with_provider(Provider::open(&config.oidc)?);
        let state = AppState {
            accounts: accounts.clone(),
            library: Library::new(
                self.store.clone(),
                self.documents.clone(),
                self.pipeline.clone(),
                self.readers.clone(),
            ),
            retriever: self.reader.retriever.clone(),
            answerer: self.reader.answerer.clone(),
            house: Arc::new(Running::new(configuration, tail, self.store.clone())),
            review: Review::new(
                self.store.clone(),
                self.reader.retriever.clone(),
                self.reader.answerer.clone(),
                &config.review,
            ),
        };
        let stop = CancellationToken::new();
        // Whether the address can be had is known before anything else begins.
        let plan = Plan {
            address: config.server.address,
            tls: machine::tls(config)?,
            proxies: config.server.proxies(),
            open: config.accounts.open_to_lan,
            names: machine::names(config),
            known_as: config.server.names().into_iter().next(),
        };
        let mut listening = Listening::begin(&state, &plan).await?;
        let watching = tokio::spawn({
            let (pipeline, stop) = (self.pipeline.clone(), stop.clone());
            async move { pipeline.run(stop).await }
        });
        tokio::spawn(memory::give_back_regularly(stop.clone()));
        tokio::spawn(tidy_regularly(
            accounts.clone(),
            state.library.clone(),
            config.audit.clone(),
            stop.clone(),
        ));
        if config.ldap.can_look_again() {
            tokio::spawn(look_again_regularly(
                accounts.clone(),
                Duration::from_secs(config.ldap.recheck_seconds),
                stop.clone(),
            ));
        }
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
                tls: listening.tls.clone(),
                names: plan.called(listening.address),
            });
            if listening.later.is_none() {
                signal.as_mut().await;
                break;
            }
            tokio::select! {
                () = signal.as_mut() => break,
                () = until_set_up(&accounts) => {}
            }
            listening.end().await?;
            listening = Listening::begin(&state, &plan).await?;
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

/// How the server is to listen once there is an administrator.
struct Plan {
    address: SocketAddr,
    tls: Option<Tls>,
    proxies: Vec<IpAddr>,
    /// Whether those who did not sign in are let in.
    open: bool,
    /// What this machine is called, the best name first.
    names: Vec<String>,
    /// The first of these that was configured.
    known_as: Option<String>,
}

impl Plan {
    /// Where whoever made the first administrator goes on: a page of another scheme does not follow by itself.
    fn later(&self) -> Option<Later> {
        let tls = self.tls.as_ref()?;
        let name = match (tls.own, self.names.first()) {
            (true, Some(name)) => name.as_str(),
            _ => "127.0.0.1",
        };
        Some(Later {
            address: format!("https://{name}:{}/sign-in", self.address.port()),
            fingerprint: (!tls.own).then(|| tls.fingerprint.clone()),
        })
    }

    /// What other machines call this one, where it listens on all of its addresses.
    fn called(&self, address: SocketAddr) -> Vec<String> {
        if !address.ip().is_unspecified() {
            return Vec::new();
        }
        let addresses = machine::addresses();
        let addresses = addresses
            .iter()
            .filter(|address| address.is_ipv4())
            .map(ToString::to_string);
        self.names.iter().cloned().chain(addresses).collect()
    }
}

/// A server that listens.
struct Listening {
    address: SocketAddr,
    /// Whether the first administrator is still to be made.
    set_up: bool,
    /// Where it is to listen afterwards, if that is elsewhere.
    later: Option<SocketAddr>,
    tls: Option<Tls>,
    handle: ServerHandle,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Listening {
    async fn begin(state: &AppState, plan: &Plan) -> Result<Self, StartError> {
        let wanted = plan.address;
        let set_up = state.accounts.is_new().await?;
        let elsewhere = set_up && !wanted.ip().is_loopback();
        let address = if elsewhere {
            SocketAddr::from((Ipv4Addr::LOCALHOST, wanted.port()))
        } else {
            wanted
        };
        // What stays on this machine need not be encrypted, and no browser warns on the way to the first account.
        let tls = plan.tls.clone().filter(|_| !elsewhere);
        let terms = Terms {
            tls: tls.clone(),
            proxies: plan.proxies.clone(),
            open: plan.open,
            names: plan.names.clone(),
            known_as: plan.known_as.clone(),
            later: if elsewhere { plan.later() } else { None },
        };
        let (address, server) = crate::web::start(state.clone(), address, terms)?;
        Ok(Self {
            address,
            set_up,
            later: elsewhere.then_some(wanted),
            tls,
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

async fn tidy_regularly(accounts: Accounts, library: Library, audit: AuditConfig, stop: CancellationToken) {
    loop {
        if let Err(error) = accounts.tidy().await {
            tracing::warn!(%error, "sessions that have ended could not be forgotten");
        }
        if let Err(error) = accounts.tidy_audit(&audit).await {
            tracing::warn!(%error, "old rows of the audit log could not be removed");
        }
        if let Err(error) = library.tidy_pages().await {
            tracing::warn!(%error, "the pages of documents that are gone could not be deleted");
        }
        if let Err(error) = library.tidy_uploads().await {
            tracing::warn!(%error, "uploads that were never finished could not be removed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TIDY_EVERY) => {}
        }
    }
}

/// Asks the directory again about those who are in.
async fn look_again_regularly(accounts: Accounts, every: Duration, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        if let Err(error) = accounts.look_again().await {
            tracing::warn!(%error, "it could not be seen who of the directory may still come in");
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
