//! Does bad input become counted findings, and the rest go on?
