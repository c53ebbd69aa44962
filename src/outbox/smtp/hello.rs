//! What a server says of itself in its answer to EHLO (RFC 5321 §4.1.1.1). Pure.

/// The extensions that we ask for; lettre keeps the others itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub size: SizeExtension,
    /// Ways to log in, in upper case, in the server's order (RFC 4954).
    pub logins: Vec<String>,
    pub starttls: Offered,
    /// Commands may come together (RFC 2920).
    pub pipelining: Offered,
}

/// What the server says about the size of letters (RFC 1870 §4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum SizeExtension {
    #[default]
    NotOffered,
    NoLimit,
    Limit(u64),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Offered {
    Yes,
    #[default]
    No,
}

impl Extensions {
    /// From all that was said since the connection was made: a greeting, and the answer to EHLO.
    pub fn overheard(said: &str) -> Self {
        let mut lines = said.lines().skip_while(|line| line.as_bytes().get(3) == Some(&b'-'));
        // The last line of the greeting.
        lines.next();
        Self::listed(lines.filter_map(|line| line.get(4..)))
    }

    /// From the lines of the answer, without code.
    pub fn listed<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        for line in lines {
            // The form of before RFC 2554 too: AUTH=LOGIN PLAIN.
            let mut words = line.split([' ', '=', '\t']).filter(|word| !word.is_empty());
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "SIZE" => found.size = size(words.next()),
                "STARTTLS" => found.starttls = Offered::Yes,
                "PIPELINING" => found.pipelining = Offered::Yes,
                "AUTH" => {
                    for way in words.map(str::to_ascii_uppercase) {
                        if !found.logins.contains(&way) {
                            found.logins.push(way);
                        }
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// 0 or no number: no limit.
fn size(number: Option<&str>) -> SizeExtension {
    match number.and_then(|number| number.parse().ok()) {
        None | Some(0) => SizeExtension::NoLimit,
        Some(bytes) => SizeExtension::Limit(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_behind_the_greeting_is_read() {
        for (said, size, logins) in [
            (
                "220 mx\r\n250-mx\r\n250-SIZE 1000\r\n250 AUTH PLAIN LOGIN\r\n",
                SizeExtension::Limit(1000),
                "PLAIN LOGIN",
            ),
            ("220-SIZE 5\r\n220 mx\r\n250-mx\r\n250 size\r\n", SizeExtension::NoLimit, ""),
            (
                "220 mx\r\n250-mx\r\n250-AUTH=LOGIN plain\r\n250 auth LOGIN\r\n",
                SizeExtension::NotOffered,
                "LOGIN PLAIN",
            ),
            ("220 mx\r\n250-mx\r\n250-\r\n250 SIZE 0\r\n", SizeExtension::NoLimit, ""),
            ("220 mx\r\n250 mx\r\n", SizeExtension::NotOffered, ""),
            ("", SizeExtension::NotOffered, ""),
        ] {
            let found = Extensions::overheard(said);
            assert_eq!((found.size, found.logins.join(" ").as_str()), (size, logins), "{said:?}");
        }
    }

    #[test]
    fn only_the_keyword_itself_offers_pipelining() {
        for (line, offered) in
            [("PIPELINING", Offered::Yes), ("pipelining", Offered::Yes), ("XPIPELINING", Offered::No)]
        {
            assert_eq!(Extensions::listed(["mx", line].into_iter()).pipelining, offered, "{line}");
        }
    }
}
