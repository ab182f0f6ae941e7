//! Does nothing that a stream may hold break the reader?
