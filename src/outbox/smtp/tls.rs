//! TLS to the mail server: verified against the machine's authorities and the operator's own, or not at all.
//! Reads certificate files at each connection, so that a renewed one needs no restart; touches the network.

use super::failure::Failure;
use super::session::Route;
use crate::outbox::transport::{SendError, Stage};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// A server that has not greeted by then may be waiting for TLS: it is asked, over another connection. Servers that greet
/// late on purpose do so on port 25, to strangers.
const SUSPICIOUS_SILENCE: Duration = Duration::from_secs(2);
/// Longest wait for the answer to that.
const PROBE_MAX: Duration = Duration::from_secs(5);

/// How one server is to be verified; what that needs is read when it is needed.
pub(super) struct Tls {
    name: ServerName<'static>,
    ca_file: Option<PathBuf>,
}

/// How one server is verified.
pub(super) struct Verified {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// Certificates for `host`, signed by an authority of this machine or of `ca_file`.
    pub fn new(host: &str, ca_file: Option<&Path>) -> Result<Self, SendError> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| SendError::Host { host: host.to_owned() })?;
        Ok(Self { name, ca_file: ca_file.map(Path::to_owned) })
    }

    /// As the certificate files are now: TLS 1.2 or 1.3.
    pub async fn read(&self) -> Result<Verified, SendError> {
        let ca_file = self.ca_file.clone();
        let reading = tokio::task::spawn_blocking(move || roots(ca_file.as_deref()));
        let roots = reading.await.map_err(|error| SendError::Tls(error.to_string()))??;
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| SendError::Tls(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Verified { connector: TlsConnector::from(Arc::new(config)), name: self.name.clone() })
    }
}

impl Verified {
    pub async fn handshake(&self, tcp: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), tcp).await
    }
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, SendError> {
    let mut roots = RootCertStore::empty();
    // A machine without authorities is no error as long as ca_file names one; the handshake tells.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = ca_file {
        add_own(&mut roots, path)?;
    }
    Ok(roots)
}

fn add_own(roots: &mut RootCertStore, path: &Path) -> Result<(), SendError> {
    let unfit = |found: String| SendError::CaFile { path: path.to_owned(), found };
    let pem = std::fs::read(path).map_err(|error| unfit(error.to_string()))?;
    let before = roots.len();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| unfit(error.to_string()))?;
        roots.add(certificate).map_err(|error| unfit(error.to_string()))?;
    }
    if roots.len() == before { Err(unfit("no certificate in it".to_owned())) } else { Ok(()) }
}

/// Waits for the first words in plain text, and ends at once where the silence is that of a port for TLS.
pub(super) async fn unless_silent_for_tls<T>(
    route: &Route,
    words: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::pin!(words);
    tokio::select! {
        heard = &mut words => return heard,
        () = sleep(SUSPICIOUS_SILENCE) => {}
    }
    tokio::select! {
        heard = &mut words => heard,
        () = found_tls(route) => {
            let found = "nothing was said in plain text, and the port speaks TLS from the first byte";
            Err(Failure::lacking(Stage::Greeting, found.to_owned()))
        }
    }
}

/// Ends where the port answers TLS with TLS; else never.
async fn found_tls(route: &Route) {
    let answers = async {
        let tls = Tls::new(&route.host, None).ok()?.read().await.ok()?;
        let tcp = TcpStream::connect((route.host.as_str(), route.port)).await.ok()?;
        match tls.handshake(tcp).await {
            Ok(_) => Some(()),
            // Its certificate or an alert of it came: that it is not trusted here is another matter.
            Err(error) => match error.get_ref()?.downcast_ref::<rustls::Error>()? {
                rustls::Error::InvalidCertificate(_) | rustls::Error::AlertReceived(_) => Some(()),
                _ => None,
            },
        }
    };
    if !matches!(timeout(PROBE_MAX, answers).await, Ok(Some(()))) {
        std::future::pending::<()>().await;
    }
}
