//! The office: what every step of the work needs, made once at start from the settings.

use super::clerk::Stationery;
use super::hour::Hour;
use super::mailboxes::{Mailboxes, OfMailbox};
use super::pulse::Pulse;
use super::reading::Hung;
use super::settle::Decided;
use super::trial;
use super::watching::Watch;
use super::withheld::Asked;
use crate::access::{Access, AccessError};
use crate::case::{Address, AddressError, Keys, MailboxName, Moment, Texts};
use crate::clock::{self, Clock};
use crate::config::{self, Config, DeskLanguage, Mailbox, Sender};
use crate::crash;
use crate::desk::{Fresh, Rules, RulesError, Within};
use crate::letters::{self, House, Letters, TemplateError};
use crate::register::{Home, RedactionList, Register, RegisterError, sqlite_path};
use secrecy::ExposeSecret;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

/// Octets of a secret made on first start.
const SECRET_BYTES: usize = 32;
/// Octets that name an instance's start.
const INSTANCE_BYTES: usize = 8;
/// Permission bits of group and others.
const OTHERS: u32 = 0o077;

/// Settings, rules, templates, register and clock of one desk. What the loops share is behind `Arc`: see [`Office::with`].
pub struct Office {
    /// The settings as they are for the mailbox in hand.
    pub config: Arc<Config>,
    /// In which mails are tried alone: this very program.
    pub program: PathBuf,
    /// Tokens for servers that take no password.
    pub access: Arc<Access>,
    pub rules: Arc<Rules>,
    pub house: Arc<House>,
    /// What the company of the mailbox in hand has on file.
    pub within: Within,
    /// All mailboxes; the one in hand is the first, or that of [`Office::at`].
    pub mailboxes: Arc<Mailboxes>,
    pub letters: Arc<Letters>,
    pub register: Register,
    pub clock: Clock,
    /// Asked to stop: what is in hand is finished, nothing more is begun.
    pub stop: CancellationToken,
    /// Wakes who sends: there are letters.
    pub written: Arc<Notify>,
    /// What hangs and cannot be ended.
    pub hung: Arc<Hung>,
    /// What the loops see of the servers.
    pub watch: Arc<Watch>,
    /// When mails were asked for last that the server does not give.
    pub asked: Arc<Asked>,
    /// Whether the loops still move.
    pub pulse: Arc<Pulse>,
    /// Whether the host's clock is believed.
    pub hour: Arc<Hour>,
    /// Held by who decides on mails: one batch at a time, of whichever mailbox.
    pub deciding: Arc<Mutex<()>>,
}

/// Why the office cannot open.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error(transparent)]
    Templates(#[from] TemplateError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(
        "failed to make or read the reply tokens' secret at `{path}`: {why}\n  hint: let the user that runs klachtpost write there, or set desk.secret_file"
    )]
    Secret { path: PathBuf, why: std::io::Error },
    #[error(transparent)]
    Random(#[from] clock::NoRandom),
    #[error(
        "refused to start: expected each case to be of a mailbox in the settings, found cases of mailbox \"{name}\", which is not among them\n  hint: there are several companies, and it is not known whose these are; write its [[mailbox]] section again"
    )]
    NobodysCases { name: MailboxName },
}

impl Office {
    /// Opens the register and compiles rules and templates.
    ///
    /// # Errors
    /// Whatever stops the daemon from starting, with the next step.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        let register = Register::open(&config.register.url).await?;
        let keys = keys(&config)?;
        let office = Self::of(config, clock, register, keys)?;
        office.know_all_mailboxes().await?;
        Ok(office)
    }

    /// Of several companies none may inherit another's cases.
    async fn know_all_mailboxes(&self) -> Result<(), OfficeError> {
        if self.within == Within::All {
            return Ok(());
        }
        let of_cases = self.register.mailboxes_of_cases().await?;
        let unknown = of_cases.into_iter().find(|name| self.mailboxes.all().all(|one| one.name() != name));
        unknown.map_or(Ok(()), |name| Err(OfficeError::NobodysCases { name }))
    }

    /// For who only looks: the register must be there, and no secret is read or made. The tokens in what is written prove
    /// nothing.
    ///
    /// # Errors
    /// As [`Office::open`], or there is no register.
    pub async fn look(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        let register = Register::open_existing(&config.register.url).await?;
        let keys = Keys::new(&clock::random::<SECRET_BYTES>()?, std::iter::empty());
        Self::of(config, clock, register, keys)
    }

    fn of(config: Config, clock: Clock, register: Register, keys: Keys) -> Result<Self, OfficeError> {
        let mailboxes = Arc::new(Mailboxes::new(config, &keys)?);
        let OfMailbox { config, rules, house, within, watch, pulse, asked, .. } = mailboxes.first().clone();
        Ok(Self {
            program: PathBuf::from(trial::OURSELVES),
            access: Arc::new(Access::new(&config)),
            letters: Arc::new(letters(&config)?),
            register,
            clock,
            stop: CancellationToken::new(),
            hung: Arc::default(),
            written: Arc::default(),
            hour: Arc::default(),
            deciding: Arc::default(),
            config,
            rules,
            house,
            within,
            watch,
            pulse,
            asked,
            mailboxes,
        })
    }

    /// The same office by other settings: rules, texts and templates are made anew, all or none; connections, register and
    /// what the loops know stay.
    ///
    /// # Errors
    /// As [`Office::open`].
    pub fn with(&self, config: Config) -> Result<Self, OfficeError> {
        let mailboxes = Arc::new(self.mailboxes.renewed(config, &self.rules.keys)?);
        let letters = Arc::new(letters(&mailboxes.whole)?);
        let first = mailboxes.first().clone();
        Ok(Self { mailboxes, letters, ..self.at(&first) })
    }

    /// The office of one of the mailboxes: for the loop that looks after it, and for what concerns its cases.
    #[must_use]
    pub fn at(&self, mailbox: &OfMailbox) -> Self {
        let OfMailbox { config, rules, house, within, watch, pulse, asked, .. } = mailbox.clone();
        Self {
            config,
            rules,
            house,
            within,
            watch,
            pulse,
            asked,
            mailboxes: self.mailboxes.clone(),
            letters: self.letters.clone(),
            program: self.program.clone(),
            access: self.access.clone(),
            register: self.register.clone(),
            clock: self.clock.clone(),
            stop: self.stop.clone(),
            written: self.written.clone(),
            hung: self.hung.clone(),
            hour: self.hour.clone(),
            deciding: self.deciding.clone(),
        }
    }

    /// Of the mailbox in hand.
    pub fn mailbox_name(&self) -> &MailboxName {
        &self.config.mailbox.name
    }

    /// The mails that are decided on by whoever reads the mailbox in hand.
    pub(super) fn mails(&self) -> &Within {
        &self.mailboxes.named(Some(self.mailbox_name())).mails
    }

    /// The offices of all mailboxes, in their order.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.mailboxes.all().map(|mailbox| self.at(mailbox))
    }

    /// Begins to work as one of several instances, where there may be several.
    ///
    /// # Errors
    /// The register or the host's randomness refused.
    pub async fn join(self) -> Result<Self, OfficeError> {
        let (id, instance) = (clock::random_hex::<INSTANCE_BYTES>()?, &self.config.instance);
        let home = self.config.register.redactions.as_deref().filter(|_| self.register.is_shared());
        let home = home.and_then(Home::take);
        let register = self.register.join(id, &instance.shown(), home, instance.lease(), self.clock.clone()).await?;
        Ok(Self { register, ..self })
    }

    /// The same office on that register: what is held with it.
    pub(super) fn under(&self, register: Register) -> Self {
        let mailbox = self.mailboxes.named(Some(self.mailbox_name())).clone();
        Self { register, ..self.at(&mailbox) }
    }

    /// The mailbox for a new connection: with the password or token of now.
    ///
    /// # Errors
    /// There is no token.
    pub async fn mailbox_now(&self) -> Result<Mailbox, AccessError> {
        self.access.mailbox(self.config.mailbox_now(), self.clock.now()).await
    }

    /// How letters go out, as [`Office::mailbox_now`].
    ///
    /// # Errors
    /// There is no token.
    pub async fn sender_now(&self) -> Result<Sender, AccessError> {
        self.access.sender(self.config.sender_now(), self.clock.now()).await
    }

    /// The second way out, where there is one.
    ///
    /// # Errors
    /// There is no token.
    pub async fn second_sender_now(&self) -> Result<Option<Sender>, AccessError> {
        match self.config.second_sender_now() {
            Some(settings) => self.access.sender(settings, self.clock.now()).await.map(Some),
            None => Ok(None),
        }
    }

    /// What letters of a decision are written with at this moment.
    pub(super) fn stationery_of(&self, decided: &Decided, now: Moment) -> Stationery<'_> {
        let of = self.mailboxes.of_decision(decided);
        Stationery { rules: &of.rules, house: &of.house, letters: &self.letters, now }
    }

    /// What letters of this mailbox are written with at this moment.
    pub fn stationery(&self, now: Moment) -> Stationery<'_> {
        Stationery { rules: &self.rules, house: &self.house, letters: &self.letters, now }
    }

    /// The list of what was redacted, as it stands.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn redactions(&self) -> Result<RedactionList, RegisterError> {
        RedactionList::read(&self.config.register.url, self.config.register.redactions.as_deref())
    }

    /// Ids for one decision.
    ///
    /// # Errors
    /// No random numbers.
    pub fn fresh(&self) -> Result<Fresh, OfficeError> {
        Ok(Fresh::new(clock::random()?))
    }
}

/// The letters, with those of the company's own.
fn letters(config: &Config) -> Result<Letters, TemplateError> {
    Letters::with(&own_letters(config))
}

/// The files that stand in the place of ours.
pub(super) fn own_letters(config: &Config) -> Vec<letters::Own<'_>> {
    config.templates.files.iter().map(|file| letters::Own { name: &file.name, text: &file.text }).collect()
}

/// What letters say about the company.
///
/// # Errors
/// An address in the settings that is none.
pub fn house(config: &Config) -> Result<House, AddressError> {
    let desk = config.desk.language;
    Ok(House {
        company: config.desk.name.clone(),
        desk_address: Address::parse(&config.desk.address)?,
        zone: config.desk.time_zone,
        sub_addressing: config.mailbox.sub_addressing,
        committee: config.committee.as_ref().map(|c| letters::Committee {
            name: c.name.clone(),
            url: c.url.clone(),
            own_url: c.own_url.clone().filter(|own| *own != c.url),
            takes_part: c.takes_part,
            binding: c.binding,
            fee: c.fee.as_ref().map(|fee| fee.texts(desk)),
            language: c.language.map(DeskLanguage::language),
            applies_to: Texts { others: c.applies_to_in.clone(), ..Texts::only(desk.language(), c.applies_to.clone()) },
        }),
        privacy_url: config.privacy.url.clone(),
        letterhead: config.paper.as_ref().map(|paper| letters::Letterhead {
            address: paper.address.clone(),
            postcode_and_place: paper.postcode_and_place.clone(),
            phone: paper.phone.clone(),
            website: paper.website.clone(),
        }),
        brand: config.brand.as_ref().map(|own| brand(own, desk)),
        max_message_bytes: config.sender.max_message_bytes,
    })
}

fn brand(own: &config::Brand, desk: DeskLanguage) -> letters::Brand {
    let said = |wording: &Option<config::Wording>| wording.as_ref().map(|wording| wording.texts(desk));
    letters::Brand {
        logo: own.logo.as_ref().map(|logo| letters::Logo {
            content: logo.content.clone(),
            media_type: logo.media_type.clone(),
            width: logo.width,
            height: logo.height,
            alt: logo.alt.clone(),
        }),
        colour: own.colour.clone(),
        phone: own.phone.clone(),
        website: own.website.clone(),
        opening_hours: said(&own.opening_hours),
        signature: said(&own.signature),
    }
}

/// The reply tokens' secrets: the operator's, or one made on first start beside the SQLite file.
fn keys(config: &Config) -> Result<Keys, OfficeError> {
    let previous = config.desk.previous_secrets.iter().map(|s| s.expose_secret().as_bytes().to_vec());
    if let Some(secret) = &config.desk.secret {
        return Ok(Keys::new(secret.expose_secret().as_bytes(), previous));
    }
    let path = PathBuf::from(format!("{}.secret", sqlite_path(&config.register.url)?.display()));
    let secret = match read_secret(&path) {
        Ok(secret) => secret,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_secret(&path)?,
        Err(why) => return Err(OfficeError::Secret { path, why }),
    };
    Ok(Keys::new(secret.as_bytes(), previous))
}

/// Only as it was made: readable by its owner. Whoever else can read it can write tokens.
fn read_secret(path: &Path) -> std::io::Result<String> {
    use std::os::unix::fs::PermissionsExt;
    let mut file = std::fs::File::open(path)?;
    let mode = file.metadata()?.permissions().mode() & 0o7777;
    if mode & OTHERS != 0 {
        let found =
            format!("expected a file that only its owner can read, found mode {mode:04o}; run `chmod 600` on it");
        return Err(std::io::Error::other(found));
    }
    let mut secret = String::new();
    file.read_to_string(&mut secret)?;
    if secret.trim().len() < SECRET_BYTES {
        return Err(std::io::Error::other("expected the secret made on first start, found a file that is too short"));
    }
    Ok(secret.trim().to_owned())
}

fn make_secret(path: &Path) -> Result<String, OfficeError> {
    let secret = clock::random_hex::<SECRET_BYTES>()?;
    write_secret(path, &secret).map_err(|why| OfficeError::Secret { path: path.to_owned(), why })?;
    Ok(secret)
}

/// Readable by its owner only, and on disk before the first letter carries a token made with it. Under another name until
/// it is whole: half a secret would keep every later start from going on.
fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let draft = PathBuf::from(format!("{}.{}.new", path.display(), std::process::id()));
    // Left by a killed process that had our number.
    let _ = std::fs::remove_file(&draft);
    crash::point("before making the secret");
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    crash::point("while making the secret");
    writeln!(file, "{secret}")?;
    file.sync_all()?;
    crash::point("before naming the secret");
    // Not over another's: of two that start at once, one is told to try again.
    std::fs::hard_link(&draft, path)?;
    std::fs::remove_file(&draft)?;
    crash::point("after naming the secret");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
