//! The whole journey on the samples: laws, and the same bytes for any number of threads.
