//! Walls between rooms, sizes of files, sources of seeds.
