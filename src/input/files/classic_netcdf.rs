//! The length that a file of classic netCDF states, so that one that was cut off is known: its library reads zeros
//! where the data are missing.

use std::io::{self, Read};

/// A dimension, in elements; that of records has none.
type Length = u64;

/// Tag of a list in the header.
const NO_LIST: u32 = 0;

/// The bytes that a file of classic netCDF must have, from its header; `None` of other files, and of one whose number
/// of records is not stated.
///
/// # Source
///
/// `NetCDF` Users Guide, Appendix B, "The `NetCDF` Classic Format Specification": versions 1, 2 (64-bit offset) and 5
/// (64-bit data).
pub(super) fn stated_length(file: impl Read) -> Option<u64> {
    let mut header = Header { file, version: 0 };
    header.length().ok().flatten()
}

/// Reads a header from its first byte.
struct Header<R> {
    file: R,
    version: u8,
}

/// A variable: bytes of it, or of a record of it, and where they begin.
struct Variable {
    of_records: bool,
    bytes: u64,
    begin: u64,
}

impl<R: Read> Header<R> {
    fn length(&mut self) -> io::Result<Option<u64>> {
        let [c, d, f, version] = self.bytes()?;
        if [c, d, f] != *b"CDF" || ![1, 2, 5].contains(&version) {
            return Ok(None);
        }
        self.version = version;
        let records = self.count()?;
        let mut dimensions: Vec<Length> = Vec::new();
        for _ in 0..self.list()? {
            self.name()?;
            dimensions.push(self.count()?);
        }
        self.skip_attributes()?;
        let mut variables = Vec::new();
        for _ in 0..self.list()? {
            variables.push(self.variable(&dimensions)?);
        }
        Ok(end(&variables, self.stated(records)))
    }

    /// A number of records; one that is still being written states none.
    fn stated(&self, records: u64) -> Option<u64> {
        let streaming = if self.version == 5 {
            u64::MAX
        } else {
            u64::from(u32::MAX)
        };
        (records != streaming).then_some(records)
    }

    fn variable(&mut self, dimensions: &[Length]) -> io::Result<Variable> {
        self.name()?;
        let (mut of_records, mut elements) = (false, 1_u64);
        for place in 0..self.count()? {
            let dimension = usize::try_from(self.count()?).map_err(|_| odd())?;
            match dimensions.get(dimension).ok_or_else(odd)? {
                0 if place == 0 => of_records = true,
                length => elements = elements.checked_mul(*length).ok_or_else(odd)?,
            }
        }
        self.skip_attributes()?;
        let size = size(self.word()?)?;
        self.count()?;
        let begin = match self.version {
            1 => u64::from(self.word()?),
            _ => u64::from_be_bytes(self.bytes()?),
        };
        Ok(Variable {
            of_records,
            bytes: elements.checked_mul(size).ok_or_else(odd)?,
            begin,
        })
    }

    fn skip_attributes(&mut self) -> io::Result<()> {
        for _ in 0..self.list()? {
            self.name()?;
            let size = size(self.word()?)?;
            let values = self.count()?;
            self.skip(values.checked_mul(size).ok_or_else(odd)?)?;
        }
        Ok(())
    }

    /// Number of entries of a list; its tag comes before it.
    fn list(&mut self) -> io::Result<u64> {
        let tag = self.word()?;
        let entries = self.count()?;
        if tag == NO_LIST && entries > 0 {
            return Err(odd());
        }
        Ok(entries)
    }

    fn name(&mut self) -> io::Result<()> {
        let length = self.count()?;
        self.skip(length)
    }

    /// Passes over bytes, which fill whole words.
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let padded = bytes.checked_next_multiple_of(4).ok_or_else(odd)?;
        let passed = io::copy(&mut (&mut self.file).take(padded), &mut io::sink())?;
        if passed == padded { Ok(()) } else { Err(odd()) }
    }

    fn count(&mut self) -> io::Result<u64> {
        match self.version {
            5 => Ok(u64::from_be_bytes(self.bytes()?)),
            _ => Ok(u64::from(self.word()?)),
        }
    }

    fn word(&mut self) -> io::Result<u32> {
        Ok(u32::from_be_bytes(self.bytes()?))
    }

    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Where the last of the variables ends.
fn end(variables: &[Variable], records: Option<u64>) -> Option<u64> {
    let of_records = || variables.iter().filter(|variable| variable.of_records);
    // A single variable of records is not padded.
    let record = match of_records().count() {
        1 => of_records().map(|variable| variable.bytes).sum(),
        _ => of_records().try_fold(0_u64, |sum, variable| {
            sum.checked_add(variable.bytes.checked_next_multiple_of(4)?)
        })?,
    };
    let ends = variables.iter().map(|variable| {
        let before = match (variable.of_records, records) {
            (false, _) => 0,
            (true, None) => return None,
            (true, Some(0)) => return Some(0),
            (true, Some(records)) => record.checked_mul(records - 1)?,
        };
        variable
            .begin
            .checked_add(before)?
            .checked_add(variable.bytes)
    });
    ends.collect::<Option<Vec<u64>>>()?.into_iter().max()
}

/// Bytes of an element of a type.
fn size(kind: u32) -> io::Result<u64> {
    match kind {
        1 | 2 | 7 => Ok(1),
        3 | 8 => Ok(2),
        4 | 5 | 9 => Ok(4),
        6 | 10 | 11 => Ok(8),
        _ => Err(odd()),
    }
}

fn odd() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of one dimension of five and one of records, with a variable of each, by its version.
    fn header(version: u8, records: u64) -> Vec<u8> {
        let mut bytes = vec![b'C', b'D', b'F', version];
        let wide = version == 5;
        let word = |bytes: &mut Vec<u8>, word: u32| bytes.extend(word.to_be_bytes());
        let count = |bytes: &mut Vec<u8>, count: u64| {
            if wide {
                bytes.extend(count.to_be_bytes());
            } else {
                bytes.extend(u32::try_from(count).unwrap().to_be_bytes());
            }
        };
        let name = |bytes: &mut Vec<u8>| {
            count(bytes, 1);
            bytes.extend(b"x\0\0\0");
        };
        count(&mut bytes, records);
        word(&mut bytes, 10);
        count(&mut bytes, 2);
        for length in [5, 0] {
            name(&mut bytes);
            count(&mut bytes, length);
        }
        word(&mut bytes, 12);
        count(&mut bytes, 1);
        name(&mut bytes);
        word(&mut bytes, 2);
        count(&mut bytes, 3);
        bytes.extend(b"abc\0");
        word(&mut bytes, 11);
        count(&mut bytes, 2);
        // Bytes of five at 1000, and shorts of three records of five from 2000.
        for (dimensions, kind, begin) in [(&[0_u64][..], 1, 1000_u64), (&[1, 0], 3, 2000)] {
            name(&mut bytes);
            count(&mut bytes, dimensions.len() as u64);
            for dimension in dimensions {
                count(&mut bytes, *dimension);
            }
            word(&mut bytes, 0);
            count(&mut bytes, 0);
            word(&mut bytes, kind);
            count(&mut bytes, 8);
            if version == 1 {
                word(&mut bytes, u32::try_from(begin).unwrap());
            } else {
                bytes.extend(begin.to_be_bytes());
            }
        }
        bytes
    }

    #[test]
    fn each_version_states_its_length() {
        for version in [1, 2, 5] {
            assert_eq!(stated_length(&*header(version, 3)), Some(2030), "{version}");
            assert_eq!(stated_length(&*header(version, 0)), Some(1005), "{version}");
            let whole = header(version, 3);
            assert_eq!(stated_length(&whole[..whole.len() - 1]), None, "{version}");
        }
        assert_eq!(stated_length(&*header(1, u64::from(u32::MAX))), None);
        assert_eq!(stated_length(&*header(5, u64::MAX)), None);
        assert_eq!(stated_length(&b"CDF\x03"[..]), None);
        assert_eq!(stated_length(&b"II*\0"[..]), None);
    }
}
