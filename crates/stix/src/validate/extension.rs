//! What does an object say about its extensions? (sections 3.2, 3.10 and 7.3)

use super::{
    Walk, form,
    report::{Path, shown},
    table::Category,
    vocabulary::EXTENSION_TYPE,
};
use crate::{
    Code, id,
    json::{Kind, Value},
};

/// What the extensions of an object allow.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Declared {
    /// Properties at the top level that the standard does not define.
    pub(super) top_level: bool,
    /// A type that the standard does not define.
    pub(super) new_object: bool,
}

/// Looks ahead, because `extensions` may stand behind what it allows.
pub(super) fn declared(root: Value<'_>) -> Declared {
    let mut declared = Declared::default();
    for (key, extension) in root.get("extensions").into_iter().flat_map(Value::members) {
        if !key.as_str().is_some_and(|key| key.starts_with("extension-definition--")) {
            continue;
        }
        match extension.get("extension_type").and_then(Value::as_str).as_deref() {
            Some("toplevel-property-extension") => declared.top_level = true,
            Some("new-sdo" | "new-sco" | "new-sro") => declared.new_object = true,
            _ => {}
        }
    }
    declared
}

impl<'a> Walk<'a> {
    pub(super) fn extensions(&mut self, extensions: Value<'a>, path: Path<'_>) {
        if !self.filled(extensions, Kind::Dictionary, path, "3.2") {
            return;
        }
        for (key, extension) in extensions.members() {
            let key = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &key);
            let predefined = self.kind.and_then(|kind| {
                kind.extensions.iter().find(|(name, _)| *name == key).map(|(_, table)| *table)
            });
            if let Some(table) = predefined {
                self.structure(table, extension, path);
            } else if self.filled(extension, Kind::Dictionary, path, "3.2") {
                if key.starts_with("extension-definition--") {
                    self.defined_extension(&key, extension, path);
                } else {
                    self.custom_extension(&key, extension, path);
                }
            }
        }
    }

    /// An extension that an extension-definition describes.
    fn defined_extension(&mut self, key: &str, extension: Value<'a>, path: Path<'_>) {
        if let Err(error) = id::check(key) {
            self.report.error(Code::IdForm, path, "2.9", format_args!("{error}"));
        }
        let kind_path = Path::Member(&path, "extension_type");
        match extension.get("extension_type") {
            None => {
                let message = format_args!("`extension_type` is required in an extension with a definition");
                self.report.error(Code::PropertyMissing, kind_path, "7.3", message);
            }
            Some(kind) => {
                self.vocabulary(&EXTENSION_TYPE, kind, kind_path, "3.2");
                let is_new = ["new-sdo", "new-sco", "new-sro"].iter().any(|name| kind.is_str(name));
                if is_new && self.kind.is_some() {
                    let message = format_args!("the standard defines this type, so an extension cannot");
                    self.report.warning(Code::PropertyCombination, kind_path, "7.3", message);
                }
            }
        }
        self.extension_members(extension, path);
    }

    /// An extension without a definition: deprecated, and for observables only (section 11.3).
    fn custom_extension(&mut self, key: &str, extension: Value<'a>, path: Path<'_>) {
        let form = (3..=250).contains(&key.len())
            && key.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if !form {
            let message = format_args!("the name of an extension consists of a to z, 0 to 9 and hyphens");
            self.report.error(Code::NameForm, path, "11.3", message);
        }
        let observable = self.kind.is_none_or(|kind| kind.category == Category::Observable);
        if !observable || !key.ends_with("-ext") || !key.starts_with("x-") {
            let message = format_args!(
                "`{}` is neither predefined for this type nor the id of an extension definition",
                shown(key)
            );
            self.report.warning(Code::PropertyUnknown, path, "3.2", message);
        }
        self.extension_members(extension, path);
    }

    fn extension_members(&mut self, extension: Value<'a>, path: Path<'_>) {
        for (key, member) in extension.members() {
            let name = key.as_str().unwrap_or_default();
            let path = Path::Member(&path, &name);
            if !form::is_property_name(&name) {
                self.name_form(path);
            }
            self.custom(member, path);
        }
    }
}
