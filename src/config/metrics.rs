//! Reads `[metrics]`: where a monitoring system may ask how it goes. Pure.

use super::section::{Section, clipped};
use std::net::SocketAddr;

/// Where figures are given; by default nowhere.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub listen: Option<SocketAddr>,
}

/// Whoever reaches the port reads the figures, so that it is this machine alone unless the operator says otherwise.
pub(super) fn metrics(s: &mut Section) -> Metrics {
    let open_to_others = s.flag("open_to_others", false);
    let Some(text) = s.text("listen").filter(|text| !text.is_empty()) else { return Metrics::default() };
    let listen: Option<SocketAddr> = text.parse().ok();
    match listen {
        None => s.refuse(
            "listen",
            format!("\"{}\"", clipped(&text)),
            "write an address and a port, e.g. \"127.0.0.1:9187\"",
        ),
        Some(at) if !at.ip().is_loopback() && !open_to_others => s.refuse(
            "listen",
            format!("{at}, which other machines reach"),
            "write \"127.0.0.1:9187\", or `open_to_others = true` where a firewall or container guards the port",
        ),
        Some(_) => {}
    }
    Metrics { listen }
}
