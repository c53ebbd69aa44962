//! TLS towards a mail server: 1.2 and up, always verified, one crypto provider (ring). Trusts either the system's
//! authorities or, when `ca_file` is given, only those in that file. Reads that file and the system's store.

use super::error::MailboxError;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// A connector for the server, read anew for each connection so that a renewed authority needs no restart.
pub(super) async fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, MailboxError> {
    let ca_file = ca_file.map(Path::to_path_buf);
    let roots = tokio::task::spawn_blocking(move || match ca_file {
        Some(file) => private_roots(&file),
        None => native_roots(),
    });
    let roots = roots.await.map_err(|_| ca_setting("the reading of certificates broke off".into()))??;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ca_setting(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The name (or IP address) the server's certificate must carry.
pub(super) fn server_name(host: &str) -> Result<ServerName<'static>, MailboxError> {
    ServerName::try_from(host.to_owned()).map_err(|_| MailboxError::Setting {
        key: "host",
        expected: "a host name or an IP address",
        found: format!("{host:?}"),
    })
}

/// What rustls held against the server, if it was rustls.
pub(super) fn tls_fault(error: &io::Error) -> Option<String> {
    error.get_ref()?.downcast_ref::<rustls::Error>().map(ToString::to_string)
}

fn private_roots(file: &Path) -> Result<RootCertStore, MailboxError> {
    let unusable = |found: String| ca_setting(format!("{}: {found}", file.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("no certificate in it".into()));
    }
    Ok(roots)
}

fn native_roots() -> Result<RootCertStore, MailboxError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Systems carry a few authorities that rustls does not take; the others are what counts.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err(ca_setting("no authorities on this system (Debian: install ca-certificates)".into()));
    }
    Ok(roots)
}

fn ca_setting(found: String) -> MailboxError {
    MailboxError::Setting { key: "ca_file", expected: "a readable PEM file with certificate authorities", found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ca_file_without_certificates_is_a_clear_setting_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("ca.pem");
        let missing = connector(Some(&file)).await.err().unwrap().to_string();
        assert!(missing.contains("mailbox.ca_file") && missing.contains("ca.pem"), "{missing}");
        std::fs::write(&file, "no certificate here\n").unwrap();
        let empty = connector(Some(&file)).await.err().unwrap().to_string();
        assert!(empty.contains("no certificate in it"), "{empty}");
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        assert!(server_name("mail.example").is_ok());
        assert!(server_name("127.0.0.1").is_ok());
        assert!(server_name("mail example").is_err());
    }
}
