//! Are mapping files read as they are meant, and are mistakes in them found?
