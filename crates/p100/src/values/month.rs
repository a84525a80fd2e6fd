//! Months, by which transaction histories are listed.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};

use super::InvalidValue;

/// A calendar month of a year of four digits.
///
/// P100 does not say in which time zone it cuts months. [`start`](Self::start) and [`end`](Self::end) cut in UTC; whoever looks for a
/// transaction near the end of a month must look into its neighbour too.
///
/// ```
/// use p100::Month;
///
/// let month = Month::new(2025, 8)?;
/// assert_eq!(month.to_string(), "2025-08");
/// assert_eq!(month, "2025-08".parse()?);
/// assert!(Month::new(25, 8).is_err());
/// # Ok::<(), p100::InvalidValue>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Its first day: chrono has no type for a month of a year, and this one needs no further check.
    first: NaiveDate,
}

impl Month {
    /// The month `month`, 1 (January) to 12, of `year`.
    ///
    /// # Errors
    /// The year has not four digits, or there is no such month.
    pub fn new(year: u16, month: u8) -> Result<Self, InvalidValue> {
        Self::at(i32::from(year), u32::from(month))
    }

    /// The month, in UTC, that a time belongs to.
    ///
    /// ```
    /// use p100::{Month, types};
    ///
    /// let created_at = p100::raw::Timestamp::from("2025-08-12T08:00:00.000Z");
    /// assert_eq!(Month::of(created_at.utc()?)?, Month::new(2025, 8)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The year of the time has not four digits.
    pub fn of(time: DateTime<Utc>) -> Result<Self, InvalidValue> {
        Self::at(time.year(), time.month())
    }

    fn at(year: i32, month: u32) -> Result<Self, InvalidValue> {
        if !(1000..=9999).contains(&year) {
            return Err(InvalidValue::new("year", "must have four digits, such as 2025"));
        }
        let first = NaiveDate::from_ymd_opt(year, month, 1);
        first.map(|first| Self { first }).ok_or_else(|| InvalidValue::new("month", "must be from 1 (January) to 12"))
    }

    /// The month, in UTC, that a time belongs to, even one whose year P100 will refuse.
    pub(crate) fn holding(time: DateTime<Utc>) -> Self {
        let date = time.date_naive();
        Self { first: date.with_day(1).unwrap_or(date) }
    }

    /// The month after this one.
    pub(crate) fn following(self) -> Option<Self> {
        self.first.checked_add_months(Months::new(1)).map(|first| Self { first })
    }

    /// The year, as P100 wants it in the query.
    #[must_use]
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// The number of the month, 1 to 12, as P100 wants it in the query.
    #[must_use]
    pub fn number(self) -> i32 {
        self.first.month().cast_signed()
    }

    /// The first instant of the month, in UTC.
    #[must_use]
    pub fn start(self) -> DateTime<Utc> {
        self.first.and_time(NaiveTime::MIN).and_utc()
    }

    /// The first instant that no longer belongs to the month, in UTC.
    ///
    /// ```
    /// let month = p100::Month::new(2025, 12)?;
    /// assert_eq!(month.start().to_rfc3339(), "2025-12-01T00:00:00+00:00");
    /// assert_eq!(month.end().to_rfc3339(), "2026-01-01T00:00:00+00:00");
    /// # Ok::<(), p100::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn end(self) -> DateTime<Utc> {
        // Years of four digits are far from where chrono's end.
        (self.first + Months::new(1)).and_time(NaiveTime::MIN).and_utc()
    }
}

impl FromStr for Month {
    type Err = InvalidValue;

    /// Reads `2025-08`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let number = |text: &str, length: usize| {
            (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u16>().ok()).flatten()
        };
        let parts = text.split_once('-').and_then(|(year, month)| Some((number(year, 4)?, number(month, 2)?)));
        let (year, month) = parts.ok_or_else(|| InvalidValue::new("month", "must be written as 2025-08"))?;
        Self::at(i32::from(year), u32::from(month))
    }
}

impl TryFrom<&str> for Month {
    type Error = InvalidValue;

    fn try_from(text: &str) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        text.parse()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Month({self})")
    }
}
