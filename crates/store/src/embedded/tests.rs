//! Many groups in a row, on a real directory.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Embedded, Options};
use crate::{Store, StoreError, StoreLimits, contract::Backend};

struct Place(tempfile::TempDir);

#[async_trait]
impl Backend for Place {
    async fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&self, limits: StoreLimits) -> Result<Arc<dyn Store>, StoreError> {
        let options = Options { limits, ..Options::default() };
        Ok(Arc::new(Embedded::open(self.0.path(), &options)?))
    }
}

crate::contract!(Place);
crate::contract_of_durable!(Place);
