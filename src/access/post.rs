//! One request over HTTPS to a provider. Touches the network and the file of an authority of one's own.

use super::Refusal;
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::crypto::ring;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// How long the whole of it may take.
const WITHIN: Duration = Duration::from_secs(30);
/// Octets of an answer: tokens have some thousands.
const ANSWER_MAX: u64 = 256 * 1024;

/// What came back.
pub(super) struct Reply {
    pub status: u16,
    /// Seconds, where it says when to come back.
    pub retry_after: Option<u64>,
    pub body: Vec<u8>,
}

/// Posts a form, in a thread of its own: the library waits.
pub(super) async fn form(
    url: &str,
    fields: Vec<(&'static str, SecretString)>,
    ca_file: Option<PathBuf>,
) -> Result<Reply, Refusal> {
    let url = url.to_owned();
    let posted = tokio::task::spawn_blocking(move || post(&url, &fields, ca_file.as_deref())).await;
    posted.unwrap_or_else(|_| Err(Refusal::Unreachable { found: "asking broke off".to_owned() }))
}

fn post(url: &str, fields: &[(&'static str, SecretString)], ca_file: Option<&Path>) -> Result<Reply, Refusal> {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(roots(ca_file)?)
        .build();
    let agent = ureq::Agent::config_builder()
        .https_only(true)
        .http_status_as_error(false)
        // A secret is sent to the address in the settings, and to no other.
        .max_redirects(0)
        .timeout_global(Some(WITHIN))
        .tls_config(tls)
        .build()
        .new_agent();
    let unreachable = |error: ureq::Error| Refusal::Unreachable { found: format!("the provider not reached: {error}") };
    let shown = fields.iter().map(|(name, value)| (*name, value.expose_secret()));
    let mut reply = agent.post(url).send_form(shown).map_err(unreachable)?;
    let retry_after = reply.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let status = reply.status().as_u16();
    let body = reply.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().map_err(unreachable)?;
    Ok(Reply { status, retry_after, body })
}

fn roots(ca_file: Option<&Path>) -> Result<RootCerts, Refusal> {
    let Some(path) = ca_file else {
        let native = rustls_native_certs::load_native_certs().certs;
        let native: Vec<Certificate<'static>> =
            native.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        return Ok(RootCerts::new_with_certs(&native));
    };
    let pem = std::fs::read(path).map_err(|error| Refusal::file(path, error))?;
    let certificates: Vec<Certificate<'static>> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        Err(Refusal::file(path, "no certificate in it"))
    } else {
        Ok(RootCerts::new_with_certs(&certificates))
    }
}
