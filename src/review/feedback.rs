//! "Was this right?": one opinion a person and answer, changeable.

use super::{Review, ReviewError};
use crate::answer::AnswerId;
use crate::domain::{Opinion, Staff};

impl Review {
    /// Keeps what `staff` says of an answer that they may read.
    pub async fn judge(&self, staff: &Staff, id: &AnswerId, opinion: &Opinion) -> Result<(), ReviewError> {
        self.answerer.given(staff, id).await?;
        Ok(self.store.record_opinion(id, staff.id, opinion).await?)
    }

    /// What `staff` says of an answer that they may read.
    pub async fn opinion(&self, staff: &Staff, id: &AnswerId) -> Result<Option<Opinion>, ReviewError> {
        self.answerer.given(staff, id).await?;
        Ok(self.store.opinion(id, staff.id).await?)
    }
}
