//! Who may ask what? One table, which a reviewer can read; what is not in it is forbidden to everybody.

use crate::account::Role;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// Whoever comes, signed in or not.
    Everybody,
    /// Who has this role, or one that may more.
    From(Role),
}

use Right::{Everybody, From};
use Role::{Administrator, Analyst, Reader, Releaser};

/// Method, path below `/api/v1`, who may. A test compares it with the endpoints that there are.
pub(crate) const TABLE: &[(&str, &str, Right)] = &[
    ("GET", "/openapi.json", Everybody),
    ("GET", "/session/doors", Everybody),
    ("POST", "/session", Everybody),
    ("POST", "/session/certificate", Everybody),
    ("GET", "/session/oidc", Everybody),
    ("GET", "/session/oidc/return", Everybody),
    ("GET", "/session", From(Reader)),
    ("DELETE", "/session", From(Reader)),
    ("PUT", "/session/password", From(Reader)),
    ("POST", "/session/totp", From(Reader)),
    ("PUT", "/session/totp", From(Reader)),
    ("DELETE", "/session/totp", From(Reader)),
    ("GET", "/home", From(Reader)),
    ("GET", "/markings", From(Reader)),
    ("GET", "/collections", From(Reader)),
    ("GET", "/changes", From(Reader)),
    ("GET", "/objects", From(Reader)),
    ("GET", "/complete", From(Reader)),
    ("GET", "/objects/{id}", From(Reader)),
    ("GET", "/objects/{id}/versions/{version}", From(Reader)),
    ("POST", "/graph", From(Reader)),
    ("GET", "/graph/path", From(Reader)),
    ("GET", "/graphs", From(Reader)),
    ("GET", "/graphs/{name}", From(Reader)),
    ("PUT", "/graphs/{name}", From(Reader)),
    ("DELETE", "/graphs/{name}", From(Reader)),
    ("GET", "/matrix", From(Reader)),
    ("GET", "/matrix/layer", From(Reader)),
    ("GET", "/timeline", From(Reader)),
    ("GET", "/hits", From(Reader)),
    ("POST", "/hits/{id}", From(Analyst)),
    ("GET", "/sightings", From(Reader)),
    ("POST", "/sightings", From(Analyst)),
    ("POST", "/intake/read", From(Analyst)),
    ("POST", "/intake/preview", From(Analyst)),
    ("POST", "/intake", From(Analyst)),
    ("GET", "/releases", From(Analyst)),
    ("GET", "/releases/{id}", From(Analyst)),
    ("GET", "/releases/{id}/outgoing", From(Analyst)),
    ("POST", "/releases/{id}/approval", From(Releaser)),
    ("GET", "/objects/{id}/audience", From(Analyst)),
    ("POST", "/objects/{id}/recall", From(Releaser)),
    ("POST", "/objects/{id}/marking", From(Releaser)),
    ("GET", "/partners", From(Reader)),
    ("GET", "/partners/{name}", From(Reader)),
    ("GET", "/audit/who/{id}", From(Administrator)),
    ("GET", "/audit", From(Administrator)),
    ("POST", "/audit/verification", From(Administrator)),
    ("GET", "/health", From(Administrator)),
    ("GET", "/users", From(Administrator)),
    ("POST", "/users", From(Administrator)),
    ("PATCH", "/users/{user}", From(Administrator)),
    ("DELETE", "/users/{user}", From(Administrator)),
    // Everybody their own, administrators all.
    ("GET", "/sessions", From(Reader)),
    ("DELETE", "/sessions/{id}", From(Reader)),
    ("GET", "/tokens", From(Administrator)),
    ("POST", "/tokens", From(Administrator)),
    ("DELETE", "/tokens/{id}", From(Administrator)),
];

/// To see as a partner sees, one is at least this.
pub(crate) const SEES_AS: Role = Analyst;

/// Who may ask this; nothing for what is not in the table.
pub(crate) fn right(method: &str, path: &str) -> Option<Right> {
    let method = if method == "HEAD" { "GET" } else { method };
    let found = TABLE.iter().find(|(own, route, _)| *own == method && *route == path);
    found.map(|(_, _, right)| *right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(right: Right) -> &'static str {
        match right {
            Everybody => "everybody",
            From(role) => role.as_str(),
        }
    }

    #[test]
    fn every_endpoint_has_its_right_and_every_right_its_endpoint() {
        let api: serde_json::Value = serde_json::from_str(&crate::openapi()).unwrap();
        let mut described: Vec<(String, String)> = Vec::new();
        for (path, methods) in api["paths"].as_object().unwrap() {
            let methods = methods.as_object().unwrap().keys();
            described.extend(methods.map(|method| (method.to_ascii_uppercase(), path.clone())));
        }
        described.push(("GET".to_owned(), "/openapi.json".to_owned()));
        described.sort();
        let mut table: Vec<_> = TABLE.iter().map(|(m, p, _)| ((*m).to_owned(), (*p).to_owned())).collect();
        table.sort();
        assert_eq!(table, described);
    }

    #[test]
    fn the_manual_has_the_table_of_rights() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual.md");
        let manual = std::fs::read_to_string(path).unwrap();
        for (method, route, right) in TABLE {
            let line = format!("| {method} | `/api/v1{route}` | {} |", word(*right));
            assert!(manual.contains(&line), "{line}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_nobodys() {
        assert_eq!(right("GET", "/nothing"), None);
        assert_eq!(right("TRACE", "/home"), None);
        assert_eq!(right("HEAD", "/home"), Some(From(Reader)));
    }
}
