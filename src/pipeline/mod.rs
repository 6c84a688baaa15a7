//! The map of a run, one line a room.

mod estimates;
mod prepare;
