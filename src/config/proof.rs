//! By what staff are proven (invariant 6): `trusted_authserv_id`, `staff_proof`, `accept_unproven_staff`. Pure but for what
//! [`Section`] reads.

use super::Mailbox;
use super::section::{Section, clipped};
use serde::{Deserialize, Serialize};

/// By what it is known that a colleague wrote a mail (invariant 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StaffProof {
    /// By nothing, which the operator must accept.
    Nothing,
    /// `trusted_authserv_id`: the host whose Authentication-Results are believed (RFC 8601).
    Results(String),
    /// Exchange's word that somebody of its organisation wrote it.
    Microsoft365,
}

/// Invariant 6: the server's word proves who a colleague is, in one of two ways.
pub(super) fn staff_proof(s: &mut Section) -> StaffProof {
    let trusted = s.text_or("trusted_authserv_id", "");
    let by_results = if trusted.is_empty() { StaffProof::Nothing } else { StaffProof::Results(trusted.clone()) };
    let options = [("results", by_results.clone()), ("microsoft365", StaffProof::Microsoft365)];
    let proof = s.choice("staff_proof", by_results.clone(), &options).unwrap_or(by_results);
    if trusted.contains(|c: char| c.is_whitespace() || c == ';') {
        let found = format!("\"{}\"", clipped(&trusted));
        s.refuse("trusted_authserv_id", found, "write the first word of the Authentication-Results lines alone");
    }
    if proof == StaffProof::Microsoft365 && !trusted.is_empty() {
        let found = format!("\"microsoft365\" beside `trusted_authserv_id = \"{}\"`", clipped(&trusted));
        let write = "take one of the two out: Microsoft 365 writes no Authentication-Results of a name of its own";
        s.refuse("staff_proof", found, write);
    }
    proof
}

/// Or the operator says that nothing does.
pub(super) fn proven_or_accepted(s: &mut Section, mailbox: &Mailbox) {
    if mailbox.staff_proof == StaffProof::Nothing
        && !mailbox.accept_unproven_staff
        && !s.is_refused("accept_unproven_staff")
        && !s.is_refused("staff_proof")
    {
        s.refuse(
            "trusted_authserv_id",
            "nothing, so that nobody's sender address is proven",
            "write the first word of the Authentication-Results lines your mail server adds, e.g. \"mx.lease.example\", or \
             `staff_proof = \"microsoft365\"` where that is the mail server; \
             where it adds none, write `accept_unproven_staff = true` and know that anyone who gets hold of a \
             notification can act as staff",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::StaffProof;
    use crate::config::from_toml;

    fn with(lines: &str) -> Result<StaffProof, String> {
        let text = format!(
            "[desk]\nname = \"L\"\naddress = \"k@lease.example\"\n[mailbox]\nkind = \"maildir\"\npath = \"in\"\n{lines}\n\
             [sender]\nkind = \"maildir\"\npath = \"out\"\n[[department]]\nname = \"a\"\ntitle = \"A\"\n\
             address = \"a@lease.example\"\nsupervisor = \"b@lease.example\"\nfallback = true\n"
        );
        let config = from_toml(&text, "k.toml").map_err(|error| error.to_string())?;
        let doubts = config.doubts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        if doubts.is_empty() { Ok(config.mailbox.staff_proof) } else { Err(doubts) }
    }

    #[test]
    fn one_of_the_ways_proves_staff_and_never_two() {
        assert_eq!(with("accept_unproven_staff = true"), Ok(StaffProof::Nothing));
        assert_eq!(with("trusted_authserv_id = \"mx.example\""), Ok(StaffProof::Results("mx.example".into())));
        assert_eq!(with("staff_proof = \"microsoft365\""), Ok(StaffProof::Microsoft365));
        let refused = [
            "staff_proof = \"microsoft365\"\ntrusted_authserv_id = \"mx.lease.example\"",
            "staff_proof = \"microsoft365\"\naccept_unproven_staff = true",
            "staff_proof = \"results\"",
            "staff_proof = \"exchange\"",
        ];
        insta::assert_snapshot!(refused.map(|lines| with(lines).unwrap_err()).join("\n"));
    }
}
