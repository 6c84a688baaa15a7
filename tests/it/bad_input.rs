//! What is wrong with a plan or with data is said in plain words: where, what, what to do.
