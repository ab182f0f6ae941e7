//! The words that only Windows has. (sections 10.27 to 10.32)

use super::{Vocabulary, closed, open};

pub(in crate::validate) static WINDOWS_INTEGRITY_LEVEL: Vocabulary =
    closed("windows-integrity-level-enum", "10.27", &["high", "low", "medium", "system"]);

pub(in crate::validate) static WINDOWS_PEBINARY_TYPE: Vocabulary =
    open("windows-pebinary-type-ov", "10.28", &["dll", "exe", "sys"]);

pub(in crate::validate) static WINDOWS_REGISTRY_DATATYPE: Vocabulary = closed(
    "windows-registry-datatype-enum",
    "10.29",
    &[
        "REG_BINARY",
        "REG_DWORD",
        "REG_DWORD_BIG_ENDIAN",
        "REG_DWORD_LITTLE_ENDIAN",
        "REG_EXPAND_SZ",
        "REG_FULL_RESOURCE_DESCRIPTION",
        "REG_INVALID_TYPE",
        "REG_LINK",
        "REG_MULTI_SZ",
        "REG_NONE",
        "REG_QWORD",
        "REG_RESOURCE_LIST",
        "REG_RESOURCE_REQUIREMENTS_LIST",
        "REG_SZ",
    ],
);

pub(in crate::validate) static WINDOWS_SERVICE_START_TYPE: Vocabulary = closed(
    "windows-service-start-type-enum",
    "10.30",
    &[
        "SERVICE_AUTO_START",
        "SERVICE_BOOT_START",
        "SERVICE_DEMAND_START",
        "SERVICE_DISABLED",
        "SERVICE_SYSTEM_ALERT",
    ],
);

pub(in crate::validate) static WINDOWS_SERVICE_TYPE: Vocabulary = closed(
    "windows-service-type-enum",
    "10.31",
    &[
        "SERVICE_FILE_SYSTEM_DRIVER",
        "SERVICE_KERNEL_DRIVER",
        "SERVICE_WIN32_OWN_PROCESS",
        "SERVICE_WIN32_SHARE_PROCESS",
    ],
);

pub(in crate::validate) static WINDOWS_SERVICE_STATUS: Vocabulary = closed(
    "windows-service-status-enum",
    "10.32",
    &[
        "SERVICE_CONTINUE_PENDING",
        "SERVICE_PAUSED",
        "SERVICE_PAUSE_PENDING",
        "SERVICE_RUNNING",
        "SERVICE_START_PENDING",
        "SERVICE_STOPPED",
        "SERVICE_STOP_PENDING",
    ],
);
