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

#[cfg(test)]
mod tests {
    use super::super::{SAMPLE, from_toml};

    fn listen(keys: &str) -> Result<Option<std::net::SocketAddr>, String> {
        let section = format!("\n[metrics]\n{keys}\n");
        let settings = SAMPLE.replace("\n[mailbox]\n", "\n[mailbox]\npassword = \"geheim\"\n");
        let settings = settings.replace("\n[metrics]\n", &section);
        from_toml(&settings, "test").map(|config| config.metrics.listen).map_err(|error| error.to_string())
    }

    #[test]
    fn only_this_machine_unless_it_is_said() {
        assert_eq!(listen(""), Ok(None));
        assert_eq!(listen("listen = \"127.0.0.1:9187\""), Ok(Some(([127, 0, 0, 1], 9187).into())));
        assert!(listen("listen = \"[::1]:9187\"").unwrap().is_some());
        assert!(listen("listen = \"0.0.0.0:9187\"\nopen_to_others = true").unwrap().is_some());
        let refused = listen("listen = \"0.0.0.0:9187\"").unwrap_err();
        assert!(refused.contains("metrics.listen: found 0.0.0.0:9187, which other machines reach; write"), "{refused}");
        let refused = listen("listen = \"9187\"").unwrap_err();
        assert!(refused.contains("metrics.listen: found \"9187\"; write an address and a port"), "{refused}");
    }
}
