//! Two companies with several mailboxes on one register, for the tests that ask what each sees and what each machine does.

use super::*;
use klachtpost::daemon::{Step, decide_batch, tick};
use klachtpost::desk::{Lookup, Snapshot};
use klachtpost::register::Wanted;

pub const LEASE: &str = "klachten";
pub const RENTAL: &str = "verhuur";
pub const JAN: &str = "jan@klant.example";
/// Reads the digests of both companies.
pub const OWNER: &str = "directie@groep.example";

/// Two mailboxes of a lease company, and one of a rental company.
fn two_companies(desk: &Desk) -> String {
    let mailbox = |name: &str, more: &str| {
        format!("[[mailbox]]\nname = \"{name}\"\naccept_unproven_staff = true\n{}\n{more}", maildir(desk, name))
    };
    let department = |name: &str, company: &str| {
        format!(
            "[[department]]\nname = \"{name}\"\ntitle = \"Afdeling {name}\"\naddress = \"{name}@{company}.example\"\n\
             supervisor = \"chef@{company}.example\"\nstaff = [\"anna@{company}.example\"]\nkeywords = [\"kras*\"]\n"
        )
    };
    postgres::adapted(format!(
        "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"klachten@lease.example\"\n{}{}{}\
         [sender]\n{}\n[digest]\nrecipients = [\"{OWNER}\"]\n[retention]\nno_complaint_months = 1\n\
         [register]\nurl = \"sqlite:{}\"\n{}fallback = true\n{}",
        mailbox(LEASE, "departments = [\"schade\"]\n"),
        mailbox("zakelijk", "departments = [\"schade\"]\naddress = \"zakelijk@lease.example\"\n"),
        mailbox(
            RENTAL,
            &format!(
                "departments = [\"balie\"]\nfallback = \"balie\"\naddress = \"klachten@verhuur.example\"\n\
                 company = \"Voorbeeld Verhuur\"\n[mailbox.digest]\nrecipients = [\"{OWNER}\"]\n"
            )
        ),
        maildir(desk, "out"),
        desk._dir.path().join("register.db").display(),
        department("schade", "lease"),
        department("balie", "verhuur"),
    ))
}

/// All of it as one program has it.
pub struct Both {
    pub desk: Desk,
    pub whole: Office,
    pub settings: String,
}

impl Both {
    pub async fn new() -> Self {
        let desk = Desk::new().await;
        let settings = two_companies(&desk);
        let config = klachtpost::config::from_toml(&settings, "the test's settings").unwrap();
        let whole = as_program(Office::open(config, Clock::at(at(0))).await.unwrap());
        Self { desk, whole, settings }
    }

    /// As the loop of that mailbox has it.
    pub fn at(&self, mailbox: &str) -> Arc<Office> {
        Arc::new(self.whole.at(self.whole.mailboxes.named(Some(&mailbox.into()))))
    }

    /// In the mailboxes, and decided on by who reads each.
    pub async fn takes_in(&self, mails: &[NewMail]) {
        self.whole.register.store_mails(mails).await.unwrap();
        for office in self.whole.each().map(Arc::new) {
            while decide_batch(&office).await.unwrap() == Step::Worked {}
        }
    }

    pub async fn tick(&self) {
        tick(&self.at(LEASE)).await.unwrap();
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let mut connection = AnyConnection::connect(&self.desk.url).await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.try_get::<String, _>(0).unwrap()).collect()
    }

    pub async fn cases_of(&self, mailbox: &str) -> Vec<String> {
        self.texts(&format!("SELECT number FROM cases WHERE mailbox = '{mailbox}' ORDER BY number")).await
    }

    /// The Message-ID of the last letter of that kind to somebody, through that mailbox.
    pub async fn letter(&self, kind: &str, to: &str, mailbox: &str) -> String {
        let sql = format!(
            "SELECT message_id FROM outbox WHERE kind = '{kind}' AND recipient = '{to}' AND mailbox = '{mailbox}' \
             ORDER BY created_at DESC, id"
        );
        self.texts(&sql).await.first().unwrap_or_else(|| panic!("no {kind} to {to} of {mailbox}")).clone()
    }

    /// All that letters through that mailbox say, decoded.
    pub async fn written(&self, mailbox: &str) -> String {
        let mut said = String::new();
        for id in
            self.texts(&format!("SELECT id FROM outbox WHERE mailbox = '{mailbox}' ORDER BY created_at, id")).await
        {
            let bytes = self.whole.register.light_letter(&LetterId::from_stored(id)).await.unwrap().unwrap();
            let read = klachtpost::mail::read(&bytes, "");
            said.push_str(&format!("{}\n{}\n", read.subject, read.text));
        }
        said
    }

    /// What is known there of a mail that wants to know this.
    pub async fn known(&self, mailbox: &str, mail: i64, lookup: &Lookup) -> Snapshot {
        let mut tx = self.whole.register.begin().await.unwrap();
        let within = &self.at(mailbox).within;
        let wanted = Wanted { mail, identity: &identity("", "none"), lookup, within };
        tx.snapshots(&[wanted]).await.unwrap().remove(0)
    }
}

pub fn mail(mailbox: &str, uid: i64, from: &str, more: &str, text: &str) -> NewMail {
    let to = if mailbox.starts_with(RENTAL) { "klachten@verhuur.example" } else { "klachten@lease.example" };
    let raw = format!(
        "From: {from}\r\nTo: {to}\r\nMessage-ID: <{mailbox}{uid}@klant.example>\r\n{more}Subject: Kras {uid}\r\n\r\n{text}\r\n"
    );
    NewMail { mailbox: mailbox.into(), raw: raw.into_bytes(), ..new_mail(uid) }
}

pub fn complaint(mailbox: &str, uid: i64) -> NewMail {
    mail(mailbox, uid, JAN, "", &format!("Er zit een kras op deur {uid}."))
}

/// An absence notice of Jan's mail program.
pub fn absent(mailbox: &str, uid: i64) -> NewMail {
    let text = "Ik ben tot maandag afwezig.";
    let notice = mail(mailbox, uid, JAN, "Auto-Submitted: auto-replied\r\nX-Autoreply: yes\r\n", text);
    let raw = String::from_utf8(notice.raw).unwrap().replace("Subject: ", "Subject: Automatisch antwoord: ");
    NewMail { raw: raw.into_bytes(), ..notice }
}
