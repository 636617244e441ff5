//! Fields of a record, by position: only those of which something was said. A list may declare hundreds of fields, of
//! which a record gives a handful.

/// Values by position, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparse<T>(Vec<(usize, T)>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Sparse(Vec::new())
    }
}

impl<T> Sparse<T> {
    fn at(&self, position: usize) -> Result<usize, usize> {
        self.0.binary_search_by_key(&position, |(p, _)| *p)
    }

    /// The value at a position, if there is one.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&T> {
        self.at(position).ok().and_then(|i| self.0.get(i)).map(|(_, value)| value)
    }

    /// The value at a position, to be changed.
    pub fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        let i = self.at(position).ok()?;
        self.0.get_mut(i).map(|(_, value)| value)
    }

    /// The value at a position, to be changed; made if there is none.
    pub fn entry(&mut self, position: usize, make: impl FnOnce() -> T) -> Option<&mut T> {
        let i = match self.at(position) {
            Ok(i) => i,
            Err(i) => {
                self.0.insert(i, (position, make()));
                i
            }
        };
        self.0.get_mut(i).map(|(_, value)| value)
    }

    /// Positions and values, in the order of the positions.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.0.iter().map(|(position, value)| (*position, value))
    }

    /// Positions and values, to be changed, in the order of the positions.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut T)> {
        self.0.iter_mut().map(|(position, value)| (*position, value))
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

/// Of values at one position the last stays.
impl<T> FromIterator<(usize, T)> for Sparse<T> {
    fn from_iter<I: IntoIterator<Item = (usize, T)>>(values: I) -> Self {
        let sorted: std::collections::BTreeMap<usize, T> = values.into_iter().collect();
        Sparse(sorted.into_iter().collect())
    }
}
