//! The audit log: what the accounts write into it, and how administrators read it.

use std::time::Duration;

use super::{Account, Accounts, AccountsError, Origin, milliseconds, now_ms};
use crate::config::AuditConfig;
use crate::domain::{Action, Administrator, NewEntry, Staff};
use crate::store::{AuditEntry, AuditQuery};

/// Rows of an export that are read at once.
const PART: u32 = 500;

impl Accounts {
    /// A page of the audit log, the newest row first, and how many rows there are in all.
    pub async fn audit(
        &self,
        _: &Administrator,
        query: &AuditQuery,
        offset: u64,
        limit: u32,
    ) -> Result<(Vec<AuditEntry>, u64), AccountsError> {
        Ok(self.store.audit_page(query, offset, limit).await?)
    }

    /// The newest rows of the audit log that are older than the row `before`, some hundreds at a time; none where there
    /// are no more. The first part is noted as an export.
    pub async fn export_audit(
        &self,
        by: &Administrator,
        query: &AuditQuery,
        before: Option<i64>,
    ) -> Result<Vec<AuditEntry>, AccountsError> {
        let part = self.store.audit_before(query, before, PART).await?;
        if before.is_none() {
            self.note(by, Action::Exported, "", String::new()).await;
        }
        Ok(part)
    }

    /// Removes what has been in the audit log for longer than `config` says.
    pub async fn tidy_audit(&self, config: &AuditConfig) -> Result<(), AccountsError> {
        if config.retention_days > 0 {
            let kept = Duration::from_secs(config.retention_days.saturating_mul(24 * 60 * 60));
            let rows = self.store.purge_audit(now_ms() - milliseconds(kept)).await?;
            if rows > 0 {
                tracing::info!(
                    rows,
                    retention_days = config.retention_days,
                    "old rows of the audit log are gone"
                );
            }
        }
        Ok(())
    }

    /// Notes what `by` did to `subject`.
    pub(super) async fn note(&self, by: &Staff, action: Action, subject: &str, detail: String) {
        let entry = NewEntry::of(by, action, subject).with(detail);
        self.store.record_or_log(&entry).await;
    }

    /// Notes what the holder of an account did before being let in.
    pub(super) async fn note_entry(
        &self,
        account: Option<&Account>,
        typed: &str,
        action: Action,
        from: &Origin,
    ) {
        self.store
            .record_or_log(&entry(account, typed, action, from))
            .await;
    }
}

/// The row about somebody who was not let in yet.
pub(super) fn entry(account: Option<&Account>, typed: &str, action: Action, from: &Origin) -> NewEntry {
    NewEntry {
        person: account.map(|account| account.id),
        name: account.map_or_else(
            || typed.chars().take(super::LONGEST_NAME).collect(),
            |account| account.name.clone(),
        ),
        action,
        subject: String::new(),
        detail: from.agent.chars().take(300).collect(),
        address: from.address.to_string(),
        shown: Vec::new(),
    }
}
