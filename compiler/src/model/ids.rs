//! What parts of a model are called: indices into its lists.

/// An index into one of the lists of a [`Model`].
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// Its place in the list.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A space.
    SpaceId,
    /// An item: part, zone, reserve, device, window, guard, hole or area.
    ItemId,
    /// A page-table format.
    FormatId,
    /// An enum.
    EnumId,
}
