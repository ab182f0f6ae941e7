//! What do people get, through the sockets? Sessions, rights, the release desk, live news, and that nothing withheld shows.

mod desk;
mod hits;
mod live;
mod oidc;
mod rights;
mod sessions;
mod worlds;

use serde_json::{Value, json};
use server::{
    Role,
    admin::{Command, NewUser, PeopleCommand, Reply},
};
use testkit::http::{Request, Response};

use crate::ground::Ground;

/// Where the API is.
const API: &str = "/api/v1";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
struct Somebody {
    user: String,
    password: String,
    cookie: String,
}

/// Makes an account as an administrator at the machine does. Gives the password.
async fn account(ground: &Ground, user: &str, role: Role) -> String {
    let new = NewUser {
        user: user.to_owned(),
        name: None,
        role,
        clearances: Vec::new(),
        ceiling: None,
        certificates: Vec::new(),
        oidc: None,
    };
    let reply = ground.admin(Command::People(PeopleCommand::Add(new))).await;
    let Reply::Password { password: Some(password), .. } = reply else { panic!("{reply:?}") };
    password
}

/// Makes an account and signs in.
async fn somebody(ground: &Ground, user: &str, role: Role) -> Somebody {
    let password = account(ground, user, role).await;
    let response = sign_in(ground, user, &password, None).await;
    assert_eq!(response.status, 200, "{}", response.text());
    Somebody { user: user.to_owned(), password, cookie: cookie(&response) }
}

async fn sign_in(ground: &Ground, user: &str, password: &str, code: Option<&str>) -> Response {
    let body = json!({ "user": user, "password": password, "code": code });
    ground.send(&post("/session", &body)).await
}

/// What the browser is to keep, as it sends it back.
fn cookie(response: &Response) -> String {
    let cookie = response.header("set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn request(method: &str, path: &str) -> Request {
    Request::new(method, &format!("{API}{path}"))
}

fn with_body(method: &str, path: &str, body: &Value) -> Request {
    request(method, path).set("content-type", "application/json").body(body.to_string())
}

fn post(path: &str, body: &Value) -> Request {
    with_body("POST", path, body)
}

impl Somebody {
    /// Sends a request as a browser does.
    async fn send(&self, ground: &Ground, request: Request) -> Response {
        ground.send(&request.set("cookie", &self.cookie)).await
    }

    async fn get(&self, ground: &Ground, path: &str) -> Response {
        self.send(ground, request("GET", path)).await
    }

    /// What is there, as JSON.
    async fn read(&self, ground: &Ground, path: &str) -> Value {
        let response = self.get(ground, path).await;
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        response.json()
    }

    async fn post(&self, ground: &Ground, path: &str, body: &Value) -> Response {
        self.send(ground, post(path, body)).await
    }

    /// Does something that succeeds.
    async fn does(&self, ground: &Ground, path: &str, body: &Value) -> Value {
        let response = self.post(ground, path, body).await;
        assert!(response.status < 300, "{path}: {} {}", response.status, response.text());
        response.json()
    }
}

/// The code of a problem.
fn code(response: &Response) -> String {
    response.json()["code"].as_str().unwrap_or_default().to_owned()
}
