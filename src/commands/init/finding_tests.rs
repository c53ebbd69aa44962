//! What the DNS tells becomes servers to try, the likeliest first; asked of a name server of the test's own.

use super::*;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{MX, SRV};
use hickory_resolver::proto::rr::{Name, Record};
use tokio::net::UdpSocket;

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn srv(priority: u16, weight: u16, port: u16, target: &str) -> RData {
    RData::SRV(SRV::new(priority, weight, port, name(target)))
}

/// Answers what stands here, and knows no other name.
async fn name_server(answers: Vec<(&'static str, RecordType, Vec<RData>)>) -> TokioResolver {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut packet = [0; 4_096];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let mut reply = Message::from_vec(&packet[..length]).unwrap().into_response();
            let asked = reply.queries[0].clone();
            let is_it =
                |of: &&(&str, RecordType, Vec<RData>)| name(of.0) == *asked.name() && of.1 == asked.query_type();
            match answers.iter().find(is_it) {
                Some((_, _, data)) => {
                    reply.add_answers(
                        data.iter().map(|data| Record::from_rdata(asked.name().clone(), 60, data.clone())),
                    );
                }
                None => reply.metadata.response_code = ResponseCode::NXDomain,
            }
            socket.send_to(&reply.to_vec().unwrap(), from).await.unwrap();
        }
    });
    let mut connection = ConnectionConfig::new(ProtocolConfig::Udp);
    connection.port = address.port();
    let server = NameServerConfig::new(address.ip(), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap()
}

fn shown(places: &[Place]) -> Vec<String> {
    places.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_the_domain_says_of_itself_comes_first_by_priority_and_weight() {
    let imaps = vec![srv(10, 0, 993, "b.post.nl."), srv(0, 1, 993, "c.post.nl."), srv(0, 5, 1993, "A.post.nl.")];
    let resolver = name_server(vec![
        ("_imaps._tcp.lease.nl.", RecordType::SRV, imaps),
        ("_imap._tcp.lease.nl.", RecordType::SRV, vec![srv(0, 0, 143, "imap.lease.nl.")]),
        // There is no such service (RFC 2782).
        ("_submissions._tcp.lease.nl.", RecordType::SRV, vec![srv(0, 0, 0, ".")]),
        ("_submission._tcp.lease.nl.", RecordType::SRV, vec![srv(0, 0, 587, "out.lease.nl.")]),
        ("lease.nl.", RecordType::MX, vec![RData::MX(MX::new(10, name("mx.lease.nl.")))]),
    ])
    .await;
    let found = candidates("lease.nl", ask(&resolver, "lease.nl").await);
    assert!(found.provider.is_none());
    let said = ["a.post.nl:1993/tls", "c.post.nl:993/tls", "b.post.nl:993/tls", "imap.lease.nl:143/starttls"];
    assert_eq!(shown(&found.imap)[..4], said);
    // What is guessed comes behind it, each once.
    assert_eq!(
        shown(&found.imap)[4..],
        ["imap.lease.nl:993/tls", "mail.lease.nl:993/tls", "mail.lease.nl:143/starttls"]
    );
    assert_eq!(shown(&found.smtp)[..2], ["out.lease.nl:587/starttls", "smtp.lease.nl:465/tls"]);
}

#[tokio::test]
async fn who_keeps_the_mail_is_known_by_the_exchangers() {
    let exchangers = vec![RData::MX(MX::new(0, name("lease-nl.mail.protection.outlook.com.")))];
    let resolver = name_server(vec![("lease.nl.", RecordType::MX, exchangers)]).await;
    let found = candidates("lease.nl", ask(&resolver, "lease.nl").await);
    assert_eq!(found.provider.map(|one| one.name), Some("Microsoft 365"));
    assert_eq!(shown(&found.imap)[0], "outlook.office365.com:993/tls");
    assert_eq!(shown(&found.smtp)[0], "smtp.office365.com:587/starttls");
}

#[tokio::test]
async fn a_domain_that_says_nothing_is_tried_by_the_names_that_companies_give() {
    let resolver = name_server(Vec::new()).await;
    let found = candidates("lease.nl", ask(&resolver, "lease.nl").await);
    let guessed = ["imap.lease.nl:993/tls", "imap.lease.nl:143/starttls", "mail.lease.nl:993/tls"];
    assert_eq!(shown(&found.imap)[..3], guessed);
    assert_eq!(shown(&found.smtp)[0], "smtp.lease.nl:465/tls");
}
