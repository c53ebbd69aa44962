//! `klachtpost login`: a person lets klachtpost into the mailbox, once. What comes of it is kept in `oauth2.token_file`.

use super::printing::say;
use super::{Exit, failed};
use crate::access::{LoginError, begin_device, consent, poll_device};
use crate::config::{Config, OAuth2, Provider};

/// Shows what the person has to do, and waits for it.
pub async fn run(config: Config) -> Exit {
    let Some(settings) = config.oauth2 else {
        let wanting = "expected a section [oauth2] in the settings, found none\n  hint: write it, with token_file";
        return failed(&wanting, Exit::WrongUsage);
    };
    let done = match settings.provider {
        Provider::Microsoft => by_code(&settings).await,
        Provider::Google => by_page(&settings).await,
    };
    match done {
        Ok(()) => {
            say!("klachtpost may log in now; `klachtpost check` tries it");
            Exit::Done
        }
        Err(error) => failed(&error, Exit::FoundProblems),
    }
}

async fn by_code(settings: &OAuth2) -> Result<(), LoginError> {
    let code = begin_device(settings).await?;
    say!("Open {} in a browser, on any device, and type this code: {}", code.verification_uri, code.user_code);
    say!("Log in there as the mailbox, or for a shared mailbox as somebody who has full access to it.");
    poll_device(settings, &code).await
}

async fn by_page(settings: &OAuth2) -> Result<(), LoginError> {
    let page = consent(settings).await?;
    say!("Open this page in a browser on this machine, and log in as the mailbox:\n{}", page.url);
    say!("Where there is no browser here, forward its port first (ssh -L), and open it where you are.");
    page.wait(settings).await
}
