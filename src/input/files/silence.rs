//! What the library of HDF5 prints of damage, past GDAL and for every thread anew: tens of lines on the standard
//! error of the program. GDAL says what is wrong, and that is told.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held by who writes to the standard error, and while nobody may.
static SPEAKING: Mutex<()> = Mutex::new(());

fn speaking() -> MutexGuard<'static, ()> {
    SPEAKING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes to the standard error of the program, not while a library is kept from it.
pub fn aloud<R>(write: impl FnOnce() -> R) -> R {
    let _speaking = speaking();
    write()
}

/// Reads a file, of HDF5 or not; nothing is printed while one of HDF5 is read, which GDAL does by one thread
/// at a time.
pub(in crate::input) fn in_silence<R>(is_hdf5: bool, read: impl FnOnce() -> R) -> R {
    let _silence = is_hdf5.then(Silence::begin);
    read()
}

/// While it lives, what is written to the standard error goes nowhere.
#[cfg(unix)]
struct Silence {
    _nobody_speaks: MutexGuard<'static, ()>,
    aloud: Option<std::os::fd::OwnedFd>,
}

#[cfg(unix)]
impl Silence {
    fn begin() -> Self {
        use std::os::fd::AsFd as _;
        let nobody_speaks = speaking();
        let aloud = std::io::stderr().as_fd().try_clone_to_owned().ok();
        let nowhere = std::fs::OpenOptions::new().write(true).open("/dev/null");
        let is_silent = |nowhere| rustix::stdio::dup2_stderr(nowhere).is_ok();
        Self {
            _nobody_speaks: nobody_speaks,
            aloud: aloud.filter(|_| nowhere.is_ok_and(is_silent)),
        }
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(aloud) = &self.aloud {
            let _ = rustix::stdio::dup2_stderr(aloud);
        }
    }
}

/// Where nothing can be kept from it, it is not.
#[cfg(not(unix))]
struct Silence;

#[cfg(not(unix))]
impl Silence {
    fn begin() -> Self {
        Self
    }
}
