//! What leaves in other tools' files, is it all accounted for, and does it depend on what may be had only?

use std::collections::BTreeMap;

use cresset_exchange::{Access, Channel, ExportOrder, Spool};
use formats::export::{Filter, Format};
use stix::Timestamp;

use crate::ground::Ground;

#[derive(Default)]
struct Kept(BTreeMap<String, Vec<u8>>);

impl Spool for Kept {
    fn take(&mut self, part: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.0.entry(part.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }
}

/// Every part whole, as it leaves.
async fn export(ground: &Ground, access: &Access, format: Format, now: Timestamp) -> String {
    let order = ExportOrder { format, filter: Filter::default() };
    let mut kept = Kept::default();
    let written = ground.exchange.export(access, &order, &mut kept).await.unwrap();
    let (ends, _) = ground.exchange.account_export(Channel::Export, written, now, now).await.unwrap();
    let mut text = Vec::new();
    for (part, end) in ends {
        let body = kept.0.remove(&part).unwrap_or_default();
        text.extend([part.into_bytes(), b":\n".to_vec(), end.head, body, end.tail].concat());
    }
    assert!(kept.0.is_empty(), "every part has its ends");
    String::from_utf8(text).unwrap()
}
