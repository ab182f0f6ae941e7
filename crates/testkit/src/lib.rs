//! Cresset: testkit.
