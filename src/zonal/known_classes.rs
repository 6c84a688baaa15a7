//! Classes of bytes that have been met, which others are compared with.

/// The classes that are known to occur.
#[derive(Debug)]
pub(super) struct KnownClasses {
    listed: Vec<u8>,
    marks: [bool; 256],
}

impl Default for KnownClasses {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            marks: [false; 256],
        }
    }
}

impl KnownClasses {
    /// The classes, in the order in which they were met.
    pub(super) fn listed(&self) -> &[u8] {
        &self.listed
    }

    /// Which of all classes are known.
    pub(super) const fn marks(&self) -> &[bool; 256] {
        &self.marks
    }

    /// Adds a class, where it is new.
    pub(super) fn learn(&mut self, class: u8) {
        let is_known = &mut self.marks[usize::from(class)];
        if !std::mem::replace(is_known, true) {
            self.listed.push(class);
        }
    }

    /// Forgets the classes that are not to be kept.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        self.listed.retain(|class| {
            let place = usize::from(*class);
            self.marks[place] = keep(place);
            self.marks[place]
        });
    }
}
