//! Texts that are points in time: ISO 8601 in all its usual forms, and seconds since 1970.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

/// A point in time, and whether the text has its offset from UTC.
pub(super) struct Read {
    pub(super) utc: DateTime<Utc>,
    pub(super) has_offset: bool,
}

/// Reads a text; nothing if it is no time.
pub(super) fn read(text: &str) -> Option<Read> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    if let Some(utc) = since_1970(text) {
        return Some(Read { utc, has_offset: true });
    }
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(place) => (&text[..place], Some(text[place + 1..].trim_start())),
        // Without a separator, as `20250812080000`.
        None if text.len() >= 12 && digits(text) => (&text[..8], Some(&text[8..])),
        None => (text, None),
    };
    let day = date(day)?;
    let Some(rest) = rest else { return Some(Read { utc: day.and_time(NaiveTime::MIN).and_utc(), has_offset: false }) };
    let (clock, offset) = match rest.find(['Z', 'z', '+', '-']) {
        Some(place) => (rest[..place].trim_end(), Some(offset(&rest[place..])?)),
        None => (rest, None),
    };
    let local = at(day, clock)?;
    let utc = local.checked_sub_signed(offset.unwrap_or_default())?.and_utc();
    Some(Read { utc, has_offset: offset.is_some() })
}

/// Seconds since 1970, or thousandths, millionths or billionths, distinguished by their magnitude: seconds end in the year 5138, thousandths of
/// that begin in 1973. Eight digits are a date, fourteen a date and a time.
fn since_1970(text: &str) -> Option<DateTime<Utc>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let per_second: i64 = match whole.len() {
        9..=11 => 1,
        12..=13 => 1_000,
        15..=16 => 1_000_000,
        18..=19 => 1_000_000_000,
        _ => return None,
    };
    let count: i64 = whole.parse().ok()?;
    let nanos = nanos(fraction)? / u32::try_from(per_second).ok()?;
    let below = u32::try_from(count % per_second).ok()? * u32::try_from(1_000_000_000 / per_second).ok()?;
    DateTime::from_timestamp(count / per_second, below + nanos)
}

/// `2025-08-12`, `2025-224` or `2025-W33-2`, or the same without hyphens.
fn date(text: &str) -> Option<NaiveDate> {
    let short = text.replace('-', "");
    let number = |from: usize, to: usize| short.get(from..to).filter(|part| digits(part))?.parse::<u32>().ok();
    let year = i32::try_from(number(0, 4)?).ok()?;
    let hyphens: Vec<usize> = text.match_indices('-').map(|(place, _)| place).collect();
    match (short.len(), hyphens.as_slice()) {
        (8, [] | [4, 7]) if !short.contains(['W', 'w']) => NaiveDate::from_ymd_opt(year, number(4, 6)?, number(6, 8)?),
        (8, [] | [4, 8]) => {
            let day = Weekday::try_from(u8::try_from(number(7, 8)?.checked_sub(1)?).ok()?).ok()?;
            NaiveDate::from_isoywd_opt(year, number(5, 7)?, day)
        }
        (7, [] | [4]) => NaiveDate::from_yo_opt(year, number(4, 7)?),
        _ => None,
    }
}

/// `08:00:00.000`, `08:00` or `08`, or the same without colons; a comma is a point, and `24:00` the end of the day.
fn at(day: NaiveDate, text: &str) -> Option<NaiveDateTime> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let parts: Vec<&str> = match whole.contains(':') {
        true => whole.split(':').collect(),
        false => (0..whole.len()).step_by(2).filter_map(|place| whole.get(place..place + 2)).collect(),
    };
    let all = parts.iter().map(|part| part.len()).sum::<usize>() + if whole.contains(':') { parts.len() - 1 } else { 0 };
    let mut numbers = parts.iter().map(|part| part.parse::<u32>().ok().filter(|_| part.len() == 2 && digits(part)));
    let (hour, minute, second) = (numbers.next()??, numbers.next().unwrap_or(Some(0))?, numbers.next().unwrap_or(Some(0))?);
    if all != whole.len() || numbers.next().is_some() || parts.len() < 3 && text != whole {
        return None;
    }
    let nanos = nanos(fraction)?;
    if (hour, minute, second, nanos) == (24, 0, 0, 0) {
        return Some(day.succ_opt()?.and_time(NaiveTime::MIN));
    }
    // A leap second is the last moment of its minute.
    let (second, nanos) = if second == 60 { (59, 1_000_000_000 + nanos) } else { (second, nanos) };
    day.and_hms_nano_opt(hour, minute, second, nanos)
}

/// `Z`, `+02:00`, `+0200` or `+02`.
fn offset(text: &str) -> Option<TimeDelta> {
    if text.eq_ignore_ascii_case("z") {
        return Some(TimeDelta::zero());
    }
    let short = match &text[1..] {
        rest if rest.len() == 5 && rest.as_bytes()[2] == b':' => rest.replace(':', ""),
        rest => rest.to_owned(),
    };
    if !matches!(short.len(), 2 | 4) || !digits(&short) {
        return None;
    }
    let (hours, minutes) = (short[..2].parse::<i64>().ok()?, short.get(2..4).map_or(Some(0), |minutes| minutes.parse::<i64>().ok())?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let size = TimeDelta::minutes(hours * 60 + minutes);
    Some(if text.starts_with('-') { -size } else { size })
}

/// A fraction of a second; digits beyond the ninth are smaller than any clock shows.
fn nanos(fraction: &str) -> Option<u32> {
    if !digits(fraction) {
        return None;
    }
    format!("{fraction:0<9}").get(..9)?.parse().ok()
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_usual_form_of_a_time_is_read() {
        for (text, expected, has_offset) in [
            ("2025-08-12T08:00:00.000Z", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T08:00:00Z", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12t08:00:00z", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12 08:00:00Z", "2025-08-12T08:00:00+00:00", true),
            (" 2025-08-12 08:00:00 +00:00 ", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T10:00:00+02:00", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T10:00:00+0200", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T10:00:00+02", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T02:30-05:30", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T08:00Z", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T08Z", "2025-08-12T08:00:00+00:00", true),
            ("20250812T080000Z", "2025-08-12T08:00:00+00:00", true),
            ("20250812T080000.5Z", "2025-08-12T08:00:00.500+00:00", true),
            ("2025-08-12T08:00:00,25Z", "2025-08-12T08:00:00.250+00:00", true),
            ("2025-08-12T08:00:00.1234567891Z", "2025-08-12T08:00:00.123456789+00:00", true),
            ("2025-08-11T24:00:00Z", "2025-08-12T00:00:00+00:00", true),
            ("2025-W33-2T08:00:00Z", "2025-08-12T08:00:00+00:00", true),
            ("2025W332T080000Z", "2025-08-12T08:00:00+00:00", true),
            ("2025-224T08:00:00Z", "2025-08-12T08:00:00+00:00", true),
            ("2025-08-12T08:00:00", "2025-08-12T08:00:00+00:00", false),
            ("2025-08-12 08:00", "2025-08-12T08:00:00+00:00", false),
            ("20250812080000", "2025-08-12T08:00:00+00:00", false),
            ("2025-08-12", "2025-08-12T00:00:00+00:00", false),
            ("20250812", "2025-08-12T00:00:00+00:00", false),
            ("2025-W33-2", "2025-08-12T00:00:00+00:00", false),
            ("2025-224", "2025-08-12T00:00:00+00:00", false),
            ("1754985600", "2025-08-12T08:00:00+00:00", true),
            ("1754985600.5", "2025-08-12T08:00:00.500+00:00", true),
            ("1754985600123", "2025-08-12T08:00:00.123+00:00", true),
            ("1754985600123.5", "2025-08-12T08:00:00.123500+00:00", true),
            ("1754985600123456", "2025-08-12T08:00:00.123456+00:00", true),
            ("1754985600123456789", "2025-08-12T08:00:00.123456789+00:00", true),
            ("99999999999", "5138-11-16T09:46:39+00:00", true),
            ("100000000000", "1973-03-03T09:46:40+00:00", true),
        ] {
            let time = read(text).unwrap_or_else(|| panic!("{text} is a time"));
            assert_eq!((time.utc.to_rfc3339().as_str(), time.has_offset), (expected, has_offset), "{text}");
        }
        assert!(read("2016-12-31T23:59:60Z").is_some(), "a leap second");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "soon",
            "2025",
            "1",
            "12345678901234567890123",
            "2025-13-01",
            "2025-02-30",
            "2025-08-12T",
            "2025-08-12T25:00Z",
            "2025-08-12T08:60Z",
            "2025-08-12T8:00Z",
            "2025-08-12T08:00:00:00Z",
            "2025-08-12T08:00:00+",
            "2025-08-12T08:00:00+2",
            "2025-08-12T08:00:00+24:00",
            "2025-08-12T08:00:00+02:60",
            "2025-0812",
            "202508-12",
            "2025-W54-1",
            "2025-W33-8",
            "2025-W33-0",
            "2025-366",
            "2025-000",
            "2025-08-12T08.5Z",
            "2025-08-12T08:00:00.Z",
            "2025-08-12T08:00:00ZZ",
            "٢٠٢٥-08-12",
            "-1754985600",
            "2025-08-12T24:00:01Z",
            "12/08/2025",
            "1e9",
            "2025-08-12T080Z",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
