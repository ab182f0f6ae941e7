//! Is this object what the standard says it should be?
