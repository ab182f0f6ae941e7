//! Does what is encoded come back, and what is damaged not?

use proptest::prelude::*;

use super::*;

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (any::<i64>(), any::<u32>()).prop_map(|(seconds, nanos)| Timestamp::from_parts(seconds, nanos))
}

fn sequence() -> impl Strategy<Value = Sequence> {
    any::<u64>().prop_map(Sequence::new)
}

fn kept_claim() -> impl Strategy<Value = KeptClaim> {
    let numbers = (any::<[u32; 3]>(), sequence(), any::<[u8; 16]>());
    let versions = (prop::option::of(timestamp()), any::<bool>(), any::<bool>());
    (numbers, versions).prop_map(|((numbers, sequence, meaning), (version, old, plural))| KeptClaim {
        claim: Claim {
            collection: CollectionNumber(numbers[0]),
            sequence,
            label: LabelId(numbers[1]),
            origin: OriginNumber(numbers[2]),
            version,
            spec_version: if old { SpecVersion::V20 } else { SpecVersion::V21 },
            meaning,
        },
        multiplicity: if plural { Multiplicity::Plural } else { Multiplicity::Single },
    })
}

fn change() -> impl Strategy<Value = ChangeKind> {
    prop_oneof![
        any::<[u32; 2]>().prop_map(|[collection, label]| ChangeKind::Added {
            collection: CollectionNumber(collection),
            label: LabelId(label)
        }),
        (any::<u32>(), ".*", sequence()).prop_map(|(collection, id, was)| ChangeKind::Removed {
            collection: CollectionNumber(collection),
            id,
            was
        }),
        ".*".prop_map(|name| ChangeKind::Document(DocumentName(name))),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    (0..7_u8, sequence()).prop_map(|(which, sequence)| match which {
        0 => Outcome::Added(sequence),
        1 => Outcome::Unchanged(sequence),
        2 => Outcome::Differs(sequence),
        3 => Outcome::Removed(sequence),
        4 => Outcome::Full,
        5 => Outcome::Absent,
        _ => Outcome::Written,
    })
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let outcomes = prop::collection::vec((".{0,60}", prop::option::of(timestamp()), outcome()), 0..8);
    let content = prop::collection::vec(any::<u8>(), 0..40);
    (content, timestamp(), outcomes).prop_map(|(content, committed, outcomes)| Receipt {
        content: content.into(),
        committed,
        outcomes,
    })
}

fn written(put: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut value = Vec::new();
    put(&mut value);
    value
}

proptest! {
    #[test]
    fn claims_read_back_as_written(claims in prop::collection::vec(kept_claim(), 0..6)) {
        prop_assert_eq!(read_claims(&written(|value| put_claims(value, &claims))).unwrap(), claims);
    }

    #[test]
    fn a_change_reads_back_as_written(sequence in sequence(), kind in change()) {
        let read = read_change(&log_key(sequence), &written(|value| put_change(value, &kind))).unwrap();
        prop_assert_eq!(read, Change { sequence, kind });
    }

    #[test]
    fn a_receipt_reads_back_as_written(expires in timestamp(), receipt in receipt()) {
        let read = read_receipt(&receipt_value(expires, &receipt).into()).unwrap();
        prop_assert_eq!(read, (expires, receipt));
    }

    #[test]
    fn small_values_read_back_as_written(numbers in any::<[u64; 4]>(), content in prop::collection::vec(any::<u8>(), 0..20)) {
        let [count, first, last, changed] = numbers;
        let (first, last, changed) = (Sequence::new(first), Sequence::new(last), Sequence::new(changed));
        let counter = Counter { count, first, last, changed };
        prop_assert_eq!(read_counter(&counter_value(&counter)).unwrap(), counter);
        prop_assert_eq!(read_sequence(&sequence_value(first)).unwrap(), first);
        let document = Document { version: count, content: content.clone().into() };
        prop_assert_eq!(read_document(&document_value(&document).into()).unwrap(), document);
        for multiplicity in [Multiplicity::Single, Multiplicity::Plural] {
            let value = written(|value| put_object(value, multiplicity, &content)).into();
            prop_assert_eq!(read_object_value(&value).unwrap(), (multiplicity, Bytes::from(content.clone())));
        }
    }

    #[test]
    fn keys_are_in_the_order_of_what_they_say(left in any::<([u32; 3], u64)>(), right in any::<([u32; 3], u64)>()) {
        let key = |([volume, collection, label], sequence): ([u32; 3], u64)| {
            object_key(Volume(volume), CollectionNumber(collection), LabelId(label), Sequence::new(sequence))
        };
        prop_assert_eq!(key(left).cmp(&key(right)), left.cmp(&right));
        let key = key(left);
        prop_assert_eq!(read_object_key(&key).unwrap(), (&key[..12], Sequence::new(left.1)));
    }

    #[test]
    fn expiries_are_in_the_order_of_time(left in timestamp(), right in timestamp(), ids in any::<[u128; 2]>()) {
        let [one, other] = ids.map(ReceiptId);
        let order = (left, one.0).cmp(&(right, other.0));
        prop_assert_eq!(expiry(left, one).cmp(&expiry(right, other)), order);
        prop_assert_eq!(id_of_expiry(&expiry(left, one)).unwrap(), one);
    }

    #[test]
    fn what_is_damaged_is_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let shared = Bytes::from(bytes.clone());
        let _ = (read_claims(&bytes), read_change(&bytes, &bytes), read_counter(&bytes), read_sequence(&bytes));
        let _ = (read_document(&shared), read_receipt(&shared), read_object_value(&shared), id_of_expiry(&bytes));
        let _ = (read_object_key(&bytes), sequence_of_log_key(&bytes));
    }

    #[test]
    fn what_is_cut_short_is_an_error(claims in prop::collection::vec(kept_claim(), 1..3), cut in 1..CLAIM_BYTES) {
        let value = written(|value| put_claims(value, &claims));
        prop_assert!(matches!(read_claims(&value[..value.len() - cut]), Err(StoreError::Corrupt(_))));
    }
}
