//! Why a slab cache refuses.

use alloc::string::String;
use core::fmt;

/// Why a slab cache refuses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SlabError {
    /// More than the largest size class.
    TooLarge {
        /// The bytes asked for.
        bytes: u64,
        /// The most that can be had.
        limit: u64,
    },
    /// A cache cannot have this size and alignment.
    BadShape {
        /// The bytes of an object.
        bytes: u64,
        /// Its alignment.
        align: u64,
        /// The bytes of the largest slab.
        limit: u64,
    },
    /// A cache of this name exists.
    DuplicateName {
        /// The name.
        name: String,
    },
    /// There is no such cache.
    UnknownCache {
        /// Its name or number.
        name: String,
    },
    /// A cache that is to be destroyed has objects in use.
    InUse {
        /// The cache.
        cache: String,
        /// How many.
        objects: u64,
    },
    /// The address is in no slab.
    Foreign {
        /// The address.
        address: u64,
    },
    /// The address is in a slab, but is not where an object begins.
    NotAnObject {
        /// The address.
        address: u64,
        /// The cache.
        cache: String,
        /// Where the object that holds it begins, if one does.
        object: Option<u64>,
    },
    /// The object is free already.
    DoubleFree {
        /// The address.
        address: u64,
        /// The cache.
        cache: String,
    },
    /// The object is of another cache.
    WrongCache {
        /// The address.
        address: u64,
        /// Its cache.
        cache: String,
        /// The cache that it was given to.
        given_to: String,
    },
    /// No linear window shows the frames that were given: the zones of the cache reach too high.
    NoAddress {
        /// The physical address.
        physical: u64,
    },
}

impl fmt::Display for SlabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes, limit } => {
                write!(
                    f,
                    "{bytes} bytes are more than kmalloc gives: at most {limit}"
                )
            }
            Self::BadShape {
                bytes,
                align,
                limit,
            } => write!(
                f,
                "no slab has objects of {bytes} bytes at multiples of {align}: \
                 1 to {limit} bytes, aligned to a power of two of at most a page"
            ),
            Self::DuplicateName { name } => write!(f, "there is a cache `{name}` already"),
            Self::UnknownCache { name } => write!(f, "there is no cache `{name}`"),
            Self::InUse { cache, objects } => {
                write!(f, "{objects} objects of cache `{cache}` are in use")
            }
            Self::Foreign { address } => write!(f, "{address:#x} is in no slab"),
            Self::NotAnObject {
                address,
                cache,
                object: Some(object),
            } => write!(
                f,
                "{address:#x} is inside the object of cache `{cache}` that begins at {object:#x}"
            ),
            Self::NotAnObject {
                address,
                cache,
                object: None,
            } => write!(
                f,
                "{address:#x} is in a slab of cache `{cache}`, but in none of its objects"
            ),
            Self::DoubleFree { address, cache } => {
                write!(
                    f,
                    "the object of cache `{cache}` at {address:#x} is free already"
                )
            }
            Self::WrongCache {
                address,
                cache,
                given_to,
            } => write!(
                f,
                "the object at {address:#x} is of cache `{cache}`, not `{given_to}`"
            ),
            Self::NoAddress { physical } => write!(
                f,
                "no linear window shows {physical:#x}, where a slab was to be"
            ),
        }
    }
}

impl core::error::Error for SlabError {}
