//! TLS to the mail server: verified against the machine's authorities and the operator's own, or not at all.
//! Reads certificate files once; touches the network for the handshake.

use crate::outbox::transport::SendError;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How one server is verified.
pub(super) struct Verified {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Verified {
    /// TLS 1.2 or 1.3, certificate for `host`, signed by an authority of this machine or of `ca_file`.
    pub async fn new(host: &str, ca_file: Option<&Path>) -> Result<Self, SendError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| SendError::Host { host: host.to_owned() })?;
        let mut roots = RootCertStore::empty();
        // A machine without authorities is no error as long as ca_file names one; the handshake tells.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = ca_file {
            add_own(&mut roots, path).await?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| SendError::Tls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    pub async fn handshake(&self, tcp: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), tcp).await
    }
}

async fn add_own(roots: &mut RootCertStore, path: &Path) -> Result<(), SendError> {
    let unfit = |found: String| SendError::CaFile { path: path.to_owned(), found };
    let pem = tokio::fs::read(path).await.map_err(|error| unfit(error.to_string()))?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unfit(error.to_string()))?;
        roots.add(certificate).map_err(|error| unfit(error.to_string()))?;
    }
    if roots.len() == before { Err(unfit("no certificate in it".to_owned())) } else { Ok(()) }
}
