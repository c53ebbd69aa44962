//! File names that are safe to write to a disk and to show: no path, no control or direction characters, no name that
//! Windows keeps for a device, never empty, an extension that fits the media type where there was no name. Pure.

use super::headers::clean;
use crate::mail::limits::NAME_CHARS_MAX;
use crate::text::turns_direction;

/// Extensions for the media types people send without a name.
const EXTENSIONS: &[(&str, &str)] = &[
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/msword", "doc"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.ms-excel", "xls"),
    ("application/pkcs7-signature", "p7s"),
    ("application/x-pkcs7-signature", "p7s"),
    ("application/pkcs7-mime", "p7m"),
    ("application/x-pkcs7-mime", "p7m"),
    ("application/pgp-signature", "asc"),
    ("application/pgp-encrypted", "asc"),
    ("application/pgp-keys", "asc"),
    ("application/ms-tnef", "dat"),
    ("application/rtf", "rtf"),
    ("application/json", "json"),
    ("application/ics", "ics"),
    ("text/calendar", "ics"),
    ("text/vcard", "vcf"),
    ("text/x-vcard", "vcf"),
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/csv", "csv"),
    ("text/rtf", "rtf"),
    ("text/xml", "xml"),
    ("text/rfc822-headers", "txt"),
    ("message/delivery-status", "txt"),
    ("message/disposition-notification", "txt"),
    ("message/feedback-report", "txt"),
    ("message/rfc822", "eml"),
    ("message/global", "eml"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/pjpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/heic", "heic"),
    ("image/tiff", "tif"),
    ("image/bmp", "bmp"),
    ("image/svg+xml", "svg"),
    ("audio/mpeg", "mp3"),
    ("audio/wav", "wav"),
    ("audio/amr", "amr"),
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/3gpp", "3gp"),
];

/// Device names of Windows: a file of that name, with any extension, cannot be opened there.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// A safe file name for the `nth` attachment (from 1) of that media type.
pub(super) fn safe(sent: Option<&str>, media_type: &str, nth: usize) -> String {
    let name = sent.map(last_component).unwrap_or_default();
    let name = clean(&name.replace(['<', '>', ':', '"', '|', '?', '*'], "_"), usize::MAX);
    // Leading dots hide a file, trailing dots and blanks are dropped by Windows.
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if name.chars().all(|c| c == '_' || c == '-') {
        return format!("bijlage-{nth}.{}", extension(media_type));
    }
    let stem = name.split('.').next().unwrap_or_default();
    let device = RESERVED.iter().any(|r| stem.trim().eq_ignore_ascii_case(r));
    shorten(&if device { format!("_{name}") } else { name.to_owned() })
}

/// The name behind the last separator of any system; a trailing one does not make it empty.
fn last_component(sent: &str) -> String {
    let visible: String = sent.chars().filter(|c| !turns_direction(*c)).collect();
    let mut parts = visible.rsplit(['/', '\\']).map(str::trim);
    parts.find(|part| !part.trim_matches('.').is_empty()).unwrap_or_default().to_owned()
}

fn extension(media_type: &str) -> &'static str {
    EXTENSIONS.iter().find(|(known, _)| *known == media_type).map_or("bin", |(_, extension)| extension)
}

/// At most the allowed length, with the extension kept.
fn shorten(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= 10 => {
            let room = NAME_CHARS_MAX - extension.chars().count() - 1;
            format!("{}.{extension}", stem.chars().take(room).collect::<String>())
        }
        _ => name.chars().take(NAME_CHARS_MAX).collect::<String>().trim_end_matches(['.', ' ']).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_stays_when_it_is_safe() {
        assert_eq!(safe(Some("Factuur mei 2026.pdf"), "application/pdf", 1), "Factuur mei 2026.pdf");
        assert_eq!(safe(Some("één & twee (3).jpg"), "image/jpeg", 1), "één & twee (3).jpg");
    }

    #[test]
    fn paths_controls_overrides_and_devices_are_disarmed() {
        assert_eq!(safe(Some("../../etc/passwd"), "text/plain", 1), "passwd");
        assert_eq!(safe(Some(r"C:\temp\x.doc"), "text/plain", 1), "x.doc");
        assert_eq!(safe(Some("a/../b.pdf"), "text/plain", 1), "b.pdf");
        assert_eq!(safe(Some("fac\u{202E}fdp.exe"), "text/plain", 1), "facfdp.exe");
        assert_eq!(safe(Some("a\r\nb\u{0}.txt"), "text/plain", 1), "a b .txt");
        assert_eq!(safe(Some("con.txt"), "text/plain", 1), "_con.txt");
        assert_eq!(safe(Some(".htaccess"), "text/plain", 1), "htaccess");
    }

    #[test]
    fn without_a_name_there_is_one() {
        assert_eq!(safe(None, "image/jpeg", 2), "bijlage-2.jpg");
        assert_eq!(safe(Some("..."), "x/y", 1), "bijlage-1.bin");
        assert_eq!(safe(Some("///"), "message/rfc822", 3), "bijlage-3.eml");
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_safe_one(sent in any::<String>()) {
            let name = safe(Some(&sent), "application/pdf", 1);
            prop_assert!(!name.is_empty() && name.chars().count() <= NAME_CHARS_MAX);
            let unsafe_char = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c) || turns_direction(c);
            prop_assert!(!name.chars().any(unsafe_char));
            prop_assert!(!name.starts_with('.') && !name.ends_with('.'));
        }
    }
}
