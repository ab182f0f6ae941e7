//! How does the server prove who it is, and how do clients?

use std::{fmt::Write, sync::Arc};

use rustls::{
    DigitallySignedStruct, DistinguishedName, Error as TlsError, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject};
use sha2::{Digest, Sha256};

use crate::config::TlsFiles;

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// A PEM file cannot be read.
    #[error("the PEM file `{0}` cannot be read")]
    Pem(String, #[source] rustls_pki_types::pem::Error),
    /// Certificate and key do not fit, or are of no use.
    #[error("certificate and key cannot be used")]
    Use(#[source] TlsError),
}

/// Takes any client certificate whose key the client has. Which partner it is, is told by the certificate's fingerprint, which
/// the declaration names: so partners need no common authority, and a stolen one is withdrawn by `cresset apply`.
#[derive(Debug)]
struct Pinned(Arc<CryptoProvider>);

impl ClientCertVerifier for Pinned {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, TlsError> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, cert, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, cert, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Reads certificate and key. TLS 1.2 and 1.3, no early data (TAXII 2.1 section 8.2.2).
pub(crate) fn setup(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsSetupError> {
    let pem = |path: &std::path::Path, error| TlsSetupError::Pem(path.display().to_string(), error);
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.certificates)
        .and_then(Iterator::collect)
        .map_err(|error| pem(&files.certificates, error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| pem(&files.key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TlsSetupError::Use)?
        .with_client_cert_verifier(Arc::new(Pinned(provider)))
        .with_single_cert(chain, key)
        .map_err(TlsSetupError::Use)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.max_early_data_size = 0;
    Ok(Arc::new(config))
}

/// SHA-256 of a certificate, in lower-case hexadecimal digits.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> Arc<str> {
    let digest = Sha256::digest(certificate);
    let mut text = String::with_capacity(2 * digest.len());
    for byte in digest {
        let _ = write!(text, "{byte:02x}");
    }
    text.into()
}
