//! Answers of other programs.
