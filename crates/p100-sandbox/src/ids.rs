//! Ids and other made-up values: the same seed gives the same ones.

use serde::{Deserialize, Serialize};

/// A sequence of random numbers that can be written down and continued.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ids {
    seed: u64,
    drawn: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// A fresh source of random numbers.
    pub(crate) fn draw(&mut self) -> fastrand::Rng {
        self.drawn += 1;
        fastrand::Rng::with_seed(self.seed ^ self.drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// Random numbers that belong to `name`: always the same, without keeping anything.
    pub(crate) fn of(&self, name: &str) -> fastrand::Rng {
        // FNV-1a: short, and the same in every build, as what is exported must be.
        let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        fastrand::Rng::with_seed(hash ^ self.seed.rotate_left(32))
    }

    /// The uuid that belongs to `name`.
    pub(crate) fn uuid_of(&self, name: &str) -> String {
        uuid(&mut self.of(name))
    }

    /// A random uuid.
    pub(crate) fn uuid(&mut self) -> String {
        uuid(&mut self.draw())
    }

    /// So many random decimal digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        let mut rng = self.draw();
        std::iter::repeat_with(|| rng.digit(10)).take(count).collect()
    }

    /// The hash of a transaction on a chain.
    pub(crate) fn transaction_hash(&mut self) -> String {
        let mut rng = self.draw();
        format!("0x{:032x}{:032x}", rng.u128(..), rng.u128(..))
    }
}

fn uuid(rng: &mut fastrand::Rng) -> String {
    let bits = rng.u128(..) & !(0xF << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn a_seed_reports_all_ids_and_they_are_uuids() {
        let (mut one, mut other) = (Ids::new(7), Ids::new(7));
        let id = one.uuid();
        assert_eq!((id.as_str(), one.digits(6)), (other.uuid().as_str(), other.digits(6)));
        assert_ne!(id, one.uuid());
        let fields: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(fields, [8, 4, 4, 4, 12], "{id}");
        assert!(id[14..].starts_with('4') && id[19..].starts_with(['8', '9', 'a', 'b']), "{id}");
    }
}
