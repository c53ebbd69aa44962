//! A compound file (MS-CFB): the file of files that Outlook keeps a saved mail in. Reads the directory and the streams of
//! one, each chain of sectors no longer than the file and all of them together no more than twice its length, so that
//! chains that bite their tails or share sectors cost nothing. Pure.

use std::cell::Cell;

const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// The first number that is no sector: ends of chains, free sectors, no entry.
const NO_SECTOR: u32 = 0xFFFF_FFFA;
/// Where the header's own list of the table's sectors begins, and how many it has.
const TABLE_AT: usize = 76;
const TABLE_IN_HEADER: usize = 109;
const ENTRY_BYTES: usize = 128;
const MINI_BYTES: usize = 64;
/// Entries looked at: a mail with a hundred attachments and all their properties has some ten thousand.
const ENTRIES_MAX: usize = 20_000;

/// A stream, or a folder of such.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub name: String,
    pub is_folder: bool,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: usize,
}

/// A compound file with its directory read.
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// Streams shorter than this lie in the small sectors.
    mini_below: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini: Vec<u8>,
    entries: Vec<Entry>,
    /// Octets that may still be copied out.
    budget: Cell<usize>,
}

/// Whether it begins as one.
pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<'a> Compound<'a> {
    /// None: it is none.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let shift = half(bytes, 30).filter(|shift| is_compound(bytes) && matches!(shift, 9 | 12))?;
        let mut file = Self {
            bytes,
            sector: 1 << shift,
            mini_below: index(number(bytes, 56)?),
            table: Vec::new(),
            mini_table: Vec::new(),
            mini: Vec::new(),
            entries: Vec::new(),
            budget: Cell::new(bytes.len().saturating_mul(2)),
        };
        file.table = file.whole_table()?;
        file.entries = entries(&file.chain(number(bytes, 48)?));
        file.mini_table = numbers(&file.chain(number(bytes, 60)?));
        let root = file.entries.first()?.clone();
        file.mini = file.chain(root.start);
        Some(file)
    }

    /// Where each sector's chain goes on.
    fn whole_table(&self) -> Option<Vec<u32>> {
        let mut sectors: Vec<u32> =
            (0..TABLE_IN_HEADER).map_while(|nth| number(self.bytes, TABLE_AT + nth * 4)).collect();
        let (mut more, last) = (number(self.bytes, 68)?, self.sector / 4 - 1);
        while more < NO_SECTOR && sectors.len() <= self.count() {
            let listed = numbers(self.sector_at(more)?);
            more = listed.get(last).copied().unwrap_or(NO_SECTOR);
            sectors.extend(listed.into_iter().take(last));
        }
        let within = sectors.into_iter().filter(|sector| *sector < NO_SECTOR).take(self.count());
        Some(within.filter_map(|sector| self.sector_at(sector)).flat_map(numbers).collect())
    }

    /// Sectors of the file.
    fn count(&self) -> usize {
        self.bytes.len() / self.sector
    }

    fn sector_at(&self, number: u32) -> Option<&'a [u8]> {
        let start = index(number).checked_add(1)?.checked_mul(self.sector)?;
        let rest = self.bytes.get(start..)?;
        Some(rest.get(..self.sector).unwrap_or(rest))
    }

    /// The sectors of a chain, one after the other.
    fn chain(&self, start: u32) -> Vec<u8> {
        let (mut at, mut out) = (start, Vec::new());
        for _ in 0..self.count() {
            let Some(sector) = self.sector_at(at).filter(|sector| self.may_copy(sector.len())) else { break };
            out.extend_from_slice(sector);
            at = self.table.get(index(at)).copied().unwrap_or(NO_SECTOR);
        }
        out
    }

    fn mini_chain(&self, start: u32, size: usize) -> Vec<u8> {
        let (mut at, mut out) = (start, Vec::new());
        while out.len() < size {
            let from = index(at).saturating_mul(MINI_BYTES);
            let Some(sector) = self.mini.get(from..from.saturating_add(MINI_BYTES)) else { break };
            if !self.may_copy(sector.len()) {
                break;
            }
            out.extend_from_slice(sector);
            at = self.mini_table.get(index(at)).copied().unwrap_or(NO_SECTOR);
        }
        out
    }

    fn may_copy(&self, octets: usize) -> bool {
        let left = self.budget.get().checked_sub(octets);
        self.budget.set(left.unwrap_or_default());
        left.is_some()
    }

    /// What a stream holds.
    pub fn stream(&self, entry: &Entry) -> Vec<u8> {
        let size = entry.size.min(self.bytes.len());
        let mut whole =
            if size < self.mini_below { self.mini_chain(entry.start, size) } else { self.chain(entry.start) };
        whole.truncate(size);
        whole
    }

    /// What lies in the file itself.
    pub fn root(&self) -> Vec<&Entry> {
        self.entries.first().map(|root| self.within(root)).unwrap_or_default()
    }

    /// What lies in a folder.
    pub fn within(&self, folder: &Entry) -> Vec<&Entry> {
        let (mut found, mut waiting) = (Vec::new(), vec![folder.child]);
        // Brothers hang in a tree; one that runs in circles ends with the number of all entries.
        while let Some(entry) = waiting.pop().map(|at| self.entries.get(index(at))) {
            let Some(entry) = entry.filter(|_| found.len() < self.entries.len()) else { continue };
            found.push(entry);
            waiting.extend([entry.left, entry.right].into_iter().filter(|at| *at < NO_SECTOR));
        }
        found
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let four = |chunk: &[u8]| chunk.try_into().ok().map(u32::from_le_bytes);
    bytes.chunks_exact(4).filter_map(four).collect()
}

fn entries(directory: &[u8]) -> Vec<Entry> {
    directory.chunks_exact(ENTRY_BYTES).take(ENTRIES_MAX).filter_map(entry).collect()
}

fn entry(bytes: &[u8]) -> Option<Entry> {
    let length = usize::from(half(bytes, 64)?).clamp(2, 64) - 2;
    Some(Entry {
        name: wide(bytes.get(..length)?),
        is_folder: matches!(bytes.get(66), Some(1 | 5)),
        left: number(bytes, 68)?,
        right: number(bytes, 72)?,
        child: number(bytes, 76)?,
        start: number(bytes, 116)?,
        size: index(number(bytes, 120)?),
    })
}

/// UTF-16, little end first.
pub(super) fn wide(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

/// The bytes of a small compound file, for tests: streams by their path, `folder/name` or `name`.
#[cfg(test)]
pub(super) fn written(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    const SECTOR: usize = 512;
    let mut sectors: Vec<Vec<u8>> = Vec::new();
    let mut table: Vec<u32> = Vec::new();
    let mut put = |bytes: &[u8], table: &mut Vec<u32>| {
        let first = u32::try_from(sectors.len()).unwrap();
        for chunk in bytes.chunks(SECTOR) {
            sectors.push([chunk, &vec![0; SECTOR - chunk.len()]].concat());
            table.push(u32::try_from(sectors.len()).unwrap());
        }
        if let Some(last) = table.last_mut() {
            *last = 0xFFFF_FFFE;
        }
        first
    };
    // Entry 0 is the root; folders first, then each stream; brothers in a chain to the right.
    let mut folders: Vec<&str> = streams.iter().filter_map(|(path, _)| Some(path.split_once('/')?.0)).collect();
    folders.dedup();
    let mut listed: Vec<(String, u8, u32, u32, usize, String)> = vec![("Root Entry".into(), 5, 0, 0, 0, "-".into())];
    listed.extend(folders.iter().map(|folder| ((*folder).to_owned(), 1, 0, 0, 0, String::new())));
    for (path, content) in streams {
        let (folder, name) = path.split_once('/').unwrap_or(("", path));
        let start = put(content, &mut table);
        listed.push((name.to_owned(), 2, start, 0, content.len(), folder.to_owned()));
    }
    let none = 0xFFFF_FFFF_u32;
    let of = |folder: &str| (1..listed.len()).filter(|at| listed[*at].5 == folder).collect::<Vec<_>>();
    let mut directory = Vec::new();
    for (at, (name, kind, start, _, size, within)) in listed.iter().enumerate() {
        let children = match kind {
            5 => of(""),
            1 => of(name),
            _ => Vec::new(),
        };
        let brothers = of(within);
        let next = brothers.iter().position(|one| *one == at).and_then(|place| brothers.get(place + 1));
        let id = |at: Option<&usize>| at.map_or(none, |at| u32::try_from(*at).unwrap());
        let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = u16::try_from(bytes.len() + 2).unwrap();
        bytes.resize(64, 0);
        bytes.extend(length.to_le_bytes());
        bytes.extend([*kind, 1]);
        bytes.extend([none, id(next), id(children.first())].iter().flat_map(|n| n.to_le_bytes()));
        bytes.resize(116, 0);
        bytes.extend(start.to_le_bytes());
        bytes.extend(u64::try_from(*size).unwrap().to_le_bytes());
        directory.extend(bytes);
    }
    let first_of_directory = put(&directory, &mut table);
    let (at, needed) = (sectors.len(), (table.len() + 8).div_ceil(SECTOR / 4));
    table.extend(std::iter::repeat_n(0xFFFF_FFFD, needed));
    let mut fat: Vec<u8> = table.iter().flat_map(|next| next.to_le_bytes()).collect();
    fat.resize(needed * SECTOR, 0xFF);
    sectors.extend(fat.chunks(SECTOR).map(<[u8]>::to_vec));
    let mut header = SIGNATURE.to_vec();
    header.resize(24, 0);
    header.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    header.resize(44, 0);
    header.extend(u32::try_from(needed).unwrap().to_le_bytes());
    header.extend(first_of_directory.to_le_bytes());
    header.extend([0; 4]);
    // Nothing lies in small sectors.
    header.extend([0_u32, none, 0, none, 0].iter().flat_map(|n| n.to_le_bytes()));
    header.extend((at..at + needed).flat_map(|sector| u32::try_from(sector).unwrap().to_le_bytes()));
    header.resize(SECTOR, 0xFF);
    [header, sectors.concat()].concat()
}
