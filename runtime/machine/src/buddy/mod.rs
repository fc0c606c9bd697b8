//! Page frames: a buddy system for each zone, lists of single frames for each processor in front,
//! watermarks, and fallback from zone to zone.
//!
//! The cost is half a byte a frame: a quarter for what is free (a bitmap for each order under a
//! pyramid of summaries, so that the lowest free block is found in a handful of loads), a quarter
//! for what is given out, which turns every wrong free into a named [`FreeError`].

mod bitmap;
mod blocks;
mod cpu_lists;
mod failure;
mod given;
mod zone;
mod zones;

pub use blocks::{Blocks, MOST_ORDER};
pub use cpu_lists::ListSizes;
pub use failure::{FrameFailure, FreeError, Refusal, ZoneRefusal};
pub use zone::{Watermarks, Zone, ZoneSpec};
pub use zones::{FrameRequest, Given as GivenFrames, Urgency, ZoneId, Zones};
