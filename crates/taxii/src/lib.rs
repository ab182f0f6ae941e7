//! Cresset: taxii.
