//! One `Authentication-Results` field, read more narrowly than RFC 8601 writes it. A mail server takes out of a mail those
//! fields that it recognises as its own (§5); whatever it overlooks, because it is not quite one, must be none here either
//! (invariant 6). So: printable ASCII; the id as it stands in the settings, followed at once by `;` or by a blank and a
//! version; no blank around an equals sign; and one result that is not as it should be voids the field. Pure.

/// Longest field that is read. A long one holds a dozen signatures; beyond that somebody is filling space.
const FIELD_MAX_BYTES: usize = 16 * 1024;

/// What a field is to us.
#[derive(Debug, PartialEq)]
pub(super) enum Field {
    /// The trusted server's.
    Trusted(Vec<MethodResult>),
    /// It names the trusted server and is not as that server writes: whose it is cannot be told.
    Void(Denies),
    /// Another server's.
    Others,
}

/// Whether a void field holds a DMARC failure: that takes proof away, whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denies {
    Yes,
    No,
}

/// One `method=result` with its properties.
#[derive(Debug, PartialEq)]
pub(super) struct MethodResult {
    /// Lower case, without version.
    pub method: String,
    /// Lower case.
    pub result: String,
    /// `ptype.property` in lower case, and its value.
    properties: Vec<(String, String)>,
}

impl MethodResult {
    pub fn is(&self, method: &str, result: &str) -> bool {
        self.method == method && self.result == result
    }

    /// A property that is stated once: of two nobody can say which holds.
    pub fn property(&self, name: &str) -> Option<&str> {
        let mut stated = self.properties.iter().filter(|(n, _)| n == name);
        stated.next().filter(|_| stated.next().is_none()).map(|(_, value)| value.as_str())
    }

    /// The domain that signed: `header.d`, else the domain of `header.i`.
    pub fn signer(&self) -> Option<&str> {
        self.property("header.d").or_else(|| domain_of(self.property("header.i")?))
    }

    /// The domain of the envelope sender that SPF was asked about.
    pub fn envelope(&self) -> Option<&str> {
        domain_of(self.property("smtp.mailfrom")?)
    }
}

/// What stands behind the last `@`, or all of it.
fn domain_of(value: &str) -> Option<&str> {
    value.rsplit('@').next()
}

/// Reads a field, unfolded.
pub(super) fn read(raw: &str, trusted: &str) -> Field {
    match of_trusted(raw, trusted) {
        Some(results) => Field::Trusted(results),
        None if names(raw, trusted) => {
            let squeezed: String = raw.chars().filter(|c| !c.is_whitespace()).collect();
            let denies = squeezed.to_ascii_lowercase().contains("dmarc=fail");
            Field::Void(if denies { Denies::Yes } else { Denies::No })
        }
        None => Field::Others,
    }
}

fn of_trusted(raw: &str, trusted: &str) -> Option<Vec<MethodResult>> {
    if raw.len() > FIELD_MAX_BYTES || !raw.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let (id, rest) = raw.split_at_checked(trusted.len())?;
    let (version, results) = rest.split_once(';')?;
    let is_version = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_ended = version.is_empty() || version.strip_prefix(' ').is_some_and(is_version);
    if !id.eq_ignore_ascii_case(trusted) || !is_ended {
        return None;
    }
    match words(results)?.as_slice() {
        [only] if only.as_slice() == ["none"] => Some(Vec::new()),
        all => all.iter().map(|words| result(words)).collect(),
    }
}

/// Whether the id stands in front of the first result, whatever is around it.
fn names(raw: &str, trusted: &str) -> bool {
    let head = raw.split(';').next().unwrap_or_default();
    let words = head.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'));
    words.map(|word| word.trim_matches('.')).any(|word| word.eq_ignore_ascii_case(trusted))
}

fn result(words: &[String]) -> Option<MethodResult> {
    let (first, others) = words.split_first()?;
    let (method, result) = first.split_once('=')?;
    let (method, version) = method.split_once('/').unwrap_or((method, "1"));
    let is_keyword = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_keyword(method) || !is_keyword(result) || !version.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let pair = |word: &String| {
        let (name, value) = word.split_once('=')?;
        let is_name = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        (is_name && !name.is_empty() && !value.is_empty()).then(|| (name.to_ascii_lowercase(), value.to_owned()))
    };
    let properties = others.iter().map(pair).collect::<Option<_>>()?;
    Some(MethodResult { method: method.to_ascii_lowercase(), result: result.to_ascii_lowercase(), properties })
}

/// The words of each result, without comments. A quotation is a value, or the beginning of one.
fn words(text: &str) -> Option<Vec<Vec<String>>> {
    let mut results: Vec<Vec<String>> = Vec::new();
    let (mut of_one, mut word, mut chars) = (Vec::new(), String::new(), text.chars());
    loop {
        let c = chars.next();
        if matches!(c, None | Some(' ' | ';' | '(')) && !word.is_empty() {
            of_one.push(std::mem::take(&mut word));
        }
        match c {
            None => {
                results.push(of_one);
                return Some(results);
            }
            Some(' ') => {}
            Some(';') => results.push(std::mem::take(&mut of_one)),
            Some('(') => skip_comment(&mut chars)?,
            Some('"') if word.ends_with('=') => {
                let (quoted, rest) = chars.as_str().split_once('"').filter(|(quoted, _)| !quoted.contains('\\'))?;
                // An empty value is one too; it equals no domain.
                word.push_str(if quoted.is_empty() { "\"\"" } else { quoted });
                chars = rest.chars();
            }
            Some('"' | ')' | '\\') => return None,
            Some(c) => word.push(c),
        }
    }
}

/// To the end of a comment (RFC 5322 §3.2.2). In it some servers repeat the envelope sender, which is a stranger's to
/// choose: one with a quotation that reaches beyond the comment is how results are smuggled in.
fn skip_comment(chars: &mut std::str::Chars<'_>) -> Option<()> {
    let (mut depth, mut in_quotes) = (1_usize, false);
    while depth > 0 {
        match chars.next()? {
            '"' => in_quotes = !in_quotes,
            '\\' => return None,
            '(' | ')' if in_quotes => return None,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    Some(())
}
