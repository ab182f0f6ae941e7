//! TLS: TAXII 2.1 sections 8.2.2, 8.3.1.

use std::{path::PathBuf, sync::Arc};

use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, KeyPair};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use server::{ServerLimits, TlsFiles};
use sha2::{Digest, Sha256};
use testkit::http::{self, Request, Response};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::ground::{Ground, NONE, Setup, WORLD};

const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

/// A node behind TLS, its certificate, and two client certificates: P's, and one that nobody declared.
struct Secure {
    ground: Ground,
    own: CertificateDer<'static>,
    p: CertifiedKey<KeyPair>,
    stranger: CertifiedKey<KeyPair>,
    _dir: tempfile::TempDir,
}

impl Secure {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let make = || rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let (node, p, stranger) = (make(), make(), make());
        let write = |name: &str, text: String| -> PathBuf {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let files = TlsFiles {
            certificates: write("chain.pem", node.cert.pem()),
            key: write("key.pem", node.signing_key.serialize_pem()),
        };
        let digits: Vec<_> = Sha256::digest(p.cert.der()).iter().map(|byte| format!("{byte:02X}")).collect();
        let fingerprint = digits.concat();
        let declared = format!("name = \"p\"\ncertificates = [\"{fingerprint}\"]");
        let world = WORLD.replacen("name = \"p\"", &declared, 1);
        let limits = ServerLimits { head_seconds_max: 1, ..ServerLimits::default() };
        let ground = Ground::with(Setup { tls: Some(files), world, limits, ..Setup::default() }).await;
        Self { ground, own: node.cert.der().clone(), p, stranger, _dir: dir }
    }

    fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        certificate: Option<&CertifiedKey<KeyPair>>,
        protocols: &[&[u8]],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.own.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match certificate {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let key = PrivateKeyDer::try_from(own.signing_key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![own.cert.der().clone()], key).unwrap()
            }
        };
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        config
    }

    async fn connect(&self, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.ground.address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    async fn get(&self, config: ClientConfig, request: Request) -> Response {
        let mut stream = self.connect(config).await.unwrap();
        http::exchange(&mut stream, &self.ground.dressed(request).to_bytes()).await.unwrap()
    }
}

fn discovery() -> Request {
    Request::new("GET", "/taxii2/")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_is_served() {
    let secure = Secure::new().await;
    let config = secure.client(BOTH, None, &[]);
    let response = secure.get(config, discovery()).await;
    assert_eq!(
        (response.status, &response.json()["title"]),
        (200, &serde_json::json!("Lantern Coast Watch"))
    );
    // Plain HTTP is not.
    let plain = http::send(secure.ground.address, &secure.ground.dressed(discovery())).await;
    assert!(plain.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_1_2_is_accepted() {
    let secure = Secure::new().await;
    let config = secure.client(&[&version::TLS12], None, &[]);
    let stream = secure.connect(config.clone()).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_2));
    assert_eq!(secure.get(config, discovery()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_1_3_is_accepted() {
    let secure = Secure::new().await;
    let config = secure.client(&[&version::TLS13], None, &[]);
    let stream = secure.connect(config.clone()).await.unwrap();
    assert_eq!(stream.get_ref().1.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    assert_eq!(secure.get(config, discovery()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn early_data_of_tls_1_3_is_not_used() {
    let secure = Secure::new().await;
    let mut config = secure.client(&[&version::TLS13], None, &[]);
    config.enable_early_data = true;
    // The first connection brings a ticket; with it the second could send early data, if the server took any.
    assert_eq!(secure.get(config.clone(), discovery()).await.status, 200);
    let name = ServerName::try_from("localhost").unwrap();
    let mut second = rustls::ClientConnection::new(Arc::new(config.clone()), name).unwrap();
    assert!(second.early_data().is_none(), "the ticket lets early data in");
    let mut stream = secure.connect(config).await.unwrap();
    assert_eq!(stream.get_ref().1.handshake_kind(), Some(rustls::HandshakeKind::Resumed));
    let response = http::exchange(&mut stream, &secure.ground.dressed(discovery()).to_bytes()).await.unwrap();
    assert_eq!(response.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cipher_suite_http_2_forbids_is_refused() {
    // RFC 9113 appendix A forbids every suite of TLS 1.2 but those with ephemeral keys and AEAD. A client hello that offers
    // two of the forbidden ones (RSA key exchange; ECDHE with CBC) and nothing else gets an alert.
    let secure = Secure::new().await;
    let mut hello = vec![3, 3];
    hello.extend_from_slice(&[7; 32]);
    hello.push(0);
    hello.extend_from_slice(&[0, 6, 0x00, 0x9c, 0xc0, 0x13, 0xc0, 0x23, 1, 0]);
    // supported_groups, ec_point_formats, signature_algorithms, server_name left out.
    let extensions: &[u8] = &[
        0, 10, 0, 6, 0, 4, 0, 29, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 8, 0, 6, 4, 3, 8, 4, 4, 1, 0, 23, 0, 0,
    ];
    hello.extend_from_slice(&u16::try_from(extensions.len()).unwrap().to_be_bytes());
    hello.extend_from_slice(extensions);
    let length = u16::try_from(hello.len()).unwrap();
    let mut message = vec![1, 0];
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(&hello);
    let record = |message: &[u8]| {
        let mut record = vec![22, 3, 1];
        record.extend_from_slice(&u16::try_from(message.len()).unwrap().to_be_bytes());
        record.extend_from_slice(message);
        record
    };
    let answer = async |message: &[u8]| {
        let mut stream = TcpStream::connect(secure.ground.address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, &record(message)).await.unwrap();
        let mut head = [0; 7];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut head).await.unwrap();
        head
    };
    let refused = answer(&message).await;
    // An alert: fatal, handshake failure.
    assert_eq!((refused[0], refused[5], refused[6]), (21, 2, 40), "{refused:?}");
    // The same hello with a permitted suite in place of one is answered with a handshake.
    let at = message.windows(2).position(|pair| pair == [0xc0, 0x13]).unwrap();
    message[at..at + 2].copy_from_slice(&[0xc0, 0x2b]);
    assert_eq!(answer(&message).await[0], 22);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_certificate_stands_for_its_partner() {
    let secure = Secure::new().await;
    let list = || Request::new("GET", "/api/collections/").set("authorization", NONE);
    let expected = secure.get(secure.client(BOTH, None, &[]), Request::new("GET", "/api/collections/")).await;
    for versions in [&BOTH[..1], &BOTH[1..]] {
        let own = secure.get(secure.client(versions, Some(&secure.p), &[]), list()).await;
        assert_eq!((own.status, &own.body), (200, &expected.body));
        // A certificate that nobody declared is nobody.
        let stranger = secure.get(secure.client(versions, Some(&secure.stranger), &[]), list()).await;
        assert_eq!(stranger.status, 401);
        let none = secure.get(secure.client(versions, None, &[]), list()).await;
        assert_eq!((none.status, none.body), (401, stranger.body));
        // It takes nothing away from who has a token.
        let both = secure
            .get(secure.client(versions, Some(&secure.stranger), &[]), Request::new("GET", "/api/"))
            .await;
        assert_eq!(both.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_2_is_spoken_where_the_client_offers_it() {
    let secure = Secure::new().await;
    let stream = secure.connect(secure.client(BOTH, None, &[b"h2", b"http/1.1"])).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        let request = hyper::Request::get("https://localhost/taxii2/")
            .header("authorization", secure.ground.bearer("p"))
            .body(axum::body::Body::empty())
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (200, hyper::Version::HTTP_2));
        assert_eq!(response.headers()["content-type"], crate::ground::TAXII);
    }
    let old = secure.connect(secure.client(BOTH, None, &[b"http/1.1"])).await.unwrap();
    assert_eq!(old.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_in_place_of_a_handshake_harms_nobody() {
    let secure = Secure::new().await;
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[22, 3, 1, 255, 255], &[0; 4096]] {
        let mut stream = TcpStream::connect(secure.ground.address).await.unwrap();
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, garbage).await;
    }
    assert_eq!(secure.get(secure.client(BOTH, None, &[]), discovery()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_that_never_comes_is_ended() {
    let secure = Secure::new().await;
    let mut stream = TcpStream::connect(secure.ground.address).await.unwrap();
    let mut rest = Vec::new();
    let reading = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(8), reading).await;
    assert!(ended.is_ok(), "a silent client keeps its connection");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_certificate_signs_its_user_in_and_nobody_else() {
    use server::admin::{Command, NewUser, PeopleCommand};
    let secure = Secure::new().await;
    let digits: Vec<_> =
        Sha256::digest(secure.stranger.cert.der()).iter().map(|byte| format!("{byte:02x}")).collect();
    let new = NewUser {
        user: "ada".to_owned(),
        name: None,
        role: server::Role::Reader,
        clearances: Vec::new(),
        ceiling: None,
        certificates: vec![digits.concat()],
        oidc: None,
    };
    secure.ground.admin(Command::People(PeopleCommand::Add(new))).await;
    let ask = |certificate| {
        let request = Request::new("POST", "/api/v1/session/certificate");
        let request = request.set("content-type", "application/json").body("{}");
        secure.get(secure.client(BOTH, certificate, &[]), request)
    };
    let own = ask(Some(&secure.stranger)).await;
    assert_eq!((own.status, own.json()["user"].as_str()), (200, Some("ada")), "{}", own.text());
    let cookie = own.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-sid=") && cookie.contains("; Path=/;"), "{cookie}");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    assert!(own.header("strict-transport-security").is_some());
    assert_eq!(ask(Some(&secure.p)).await.status, 401, "a partner is nobody here");
    assert_eq!(ask(None).await.status, 401);
}
