//! Is the description of the API, from which the web app's types are made, up to date?

#[test]
fn the_committed_description_is_what_the_endpoints_are() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../console/openapi.json");
    if std::env::var_os("CRESSET_WRITE").is_some() {
        std::fs::write(&path, console::openapi()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == console::openapi(), "CRESSET_WRITE=1 cargo test -p cresset-console writes it anew");
}

#[test]
fn what_the_description_speaks_of_is_in_it() {
    let description: serde_json::Value = serde_json::from_str(&console::openapi()).unwrap();
    let text = console::openapi();
    let places = text.split("\"#/").skip(1).filter_map(|rest| rest.split('"').next());
    let absent: Vec<_> = places.filter(|place| description.pointer(&format!("/{place}")).is_none()).collect();
    assert!(absent.is_empty(), "{absent:?}");
}
