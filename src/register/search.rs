//! What a colleague's mail asks for, answered inside the transaction that will record the decision. Only SQL.

use super::{RegisterError, Tx};
use crate::desk::{Found, Want};

impl Tx {
    /// # Errors
    /// The database refused.
    pub(super) async fn find(&mut self, want: &Want) -> Result<Found, RegisterError> {
        match want {
            Want::Case(number) => Ok(Found::Case(self.case_file(*number).await?.map(Box::new))),
            Want::Search(_) | Want::Standing(_) => Ok(Found::Cases { cases: Vec::new(), more: false }),
        }
    }
}
