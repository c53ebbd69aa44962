//! `klachtpost explain`: what a mail says and what would be done about it; nothing is stored.

use crate::mail::{Mail, Party};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// One mail's conclusions as the JSON object of the contract.
pub fn mail_json(file: &str, mail: &Mail) -> Value {
    json!({
        "file": file,
        "kind": "",
        "problems": mail.findings,
        "subject": mail.subject,
        "from": mail.from.as_ref().map(party_json),
        "to": mail.to.iter().map(party_json).collect::<Vec<_>>(),
        "date": mail.date.map(|d| d.to_rfc3339()),
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to.first(),
        "references": mail.references,
        "text": mail.text,
        "reply": mail.reply,
        "quoted": mail.quoted,
        "language": mail.language,
        "attachments": mail.attachments.iter().map(|a| json!({
            "name": a.name, "type": a.media_type, "size": a.content.len(),
            "sha256": Sha256::digest(&a.content).iter().map(|b| format!("{b:02x}")).collect::<String>(),
        })).collect::<Vec<_>>(),
        "automatic": { "is": mail.automatic.is_some(), "reason": mail.automatic.as_ref().map(|a| &a.reason),
                       "kind": mail.automatic.as_ref().map(|a| a.kind) },
        "bounce": mail.bounce,
        "forwarded": mail.forwarded,
        "proof": mail.proof,
    })
}

fn party_json(party: &Party) -> Value {
    json!({ "name": party.name, "address": party.address })
}
