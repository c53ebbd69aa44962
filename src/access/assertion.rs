//! The signed claim of who asks for a token (RFC 7519, 7523), by RSA and SHA-256: Microsoft's for an application with a
//! certificate, Google's for a service account. Reads the certificate file, and draws a number that no other claim has.

use super::Refusal;
use crate::case::Moment;
use crate::clock;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::Path;
use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::crypto::ring::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How long a claim may be used: it is sent at once.
const LIVES: TimeDelta = TimeDelta::minutes(10);
/// What a clock may be off by, before the claim.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// What is claimed.
pub(super) struct Claim<'a> {
    pub issuer: &'a str,
    pub subject: &'a str,
    /// The address at which it counts.
    pub audience: &'a str,
    pub scope: Option<&'a str>,
}

/// The certificate's SHA-256, as the header of a claim names it (RFC 7515 §4.1.8).
pub(super) fn thumbprint(certificate: &Path) -> Result<String, Refusal> {
    let der = CertificateDer::from_pem_file(certificate).map_err(|error| Refusal::file(certificate, error))?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(&der)))
}

/// Signs it with an RSA key in PEM.
pub(super) fn sign(
    claim: &Claim<'_>,
    thumbprint: Option<&str>,
    key: &SecretString,
    now: Moment,
) -> Result<SecretString, Refusal> {
    let unfit = |found: String| Refusal::Key { found };
    let number: [u8; 16] = clock::random().map_err(|error| unfit(error.to_string()))?;
    let mut header = json!({"alg": "RS256", "typ": "JWT"});
    let mut payload = json!({
        "iss": claim.issuer, "sub": claim.subject, "aud": claim.audience, "jti": URL_SAFE_NO_PAD.encode(number),
        "iat": (now - CLOCKS_DIFFER).timestamp(), "nbf": (now - CLOCKS_DIFFER).timestamp(), "exp": (now + LIVES).timestamp(),
    });
    if let (Some(thumbprint), Some(header)) = (thumbprint, header.as_object_mut()) {
        header.insert("x5t#S256".to_owned(), thumbprint.into());
    }
    if let (Some(scope), Some(payload)) = (claim.scope, payload.as_object_mut()) {
        payload.insert("scope".to_owned(), scope.into());
    }
    let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let text = format!("{}.{}", part(header), part(payload));
    let signature = rsa(text.as_bytes(), key)?;
    Ok(SecretString::from(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

fn rsa(text: &[u8], key: &SecretString) -> Result<Vec<u8>, Refusal> {
    let unfit = || Refusal::Key {
        found: "expected a private RSA key in PEM, without a password, found another one".to_owned(),
    };
    let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|_| unfit())?;
    let key = any_supported_type(&key).map_err(|_| unfit())?;
    let signer = key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).ok_or_else(unfit)?;
    signer.sign(text).map_err(|_| unfit())
}
