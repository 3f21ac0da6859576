//! Replaces the values of some members of a JSON body, wherever they stand, by
//! `"[redacted]"`, and leaves every other byte as it is. The setting `members`
//! names them, with commas between; the setting `drop` names a type of event that
//! is not sent on at all. The header X-Redacted says how many were replaced.
//!
//! It looks for strings and brackets alone and is no validator. A name that is
//! written with an escape may be any name, and so its value is replaced too.

use hookseal::{log, Event, Level, Output};

hookseal::transform!(forward);

const MARK: &[u8] = b"\"[redacted]\"";
const NOT_JSON: &str = "the body is not a JSON object or array";

fn forward(event: &Event) -> Result<(), &'static str> {
    let members =
        event.setting("members").filter(|list| !list.is_empty()).ok_or("the setting \"members\" is missing")?;
    if event.setting("drop").map_or(false, |kind| !kind.is_empty() && kind == event.kind()) {
        log(Level::Info, "dropped by its type");
        return Ok(());
    }
    let (body, count) = redact(&event.body(), &members).ok_or(NOT_JSON)?;
    event.emit(Output { body: &body, headers: &[("X-Redacted", &count.to_string())], ..Output::default() });
    Ok(())
}

/// Returns the body without the values of the members, and how many it replaced;
/// nothing for what is not JSON.
fn redact(body: &[u8], members: &str) -> Option<(Vec<u8>, usize)> {
    let mut out = Vec::with_capacity(body.len() + 256);
    let (mut kept, mut depth, mut count) = (0, 0, 0);
    let mut i = skip_space(body, 0);
    if i == body.len() {
        return None;
    }
    while i < body.len() {
        match body[i] {
            b'{' | b'[' => depth += 1,
            c if depth == 0 && !is_space(c) => return None,
            b'}' | b']' => depth -= 1,
            b'"' => {
                let end = end_of_string(body, i)?;
                let name = &body[i + 1..end - 1];
                let colon = skip_space(body, end);
                i = end;
                if body.get(colon) == Some(&b':') && named(members, name) {
                    let value = skip_space(body, colon + 1);
                    out.extend_from_slice(&body[kept..value]);
                    out.extend_from_slice(MARK);
                    i = end_of_value(body, value)?;
                    kept = i;
                    count += 1;
                }
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    out.extend_from_slice(&body[kept..]);
    (depth == 0).then(|| (out, count))
}

/// Says whether a member's name, as it is written, is one of the list.
fn named(members: &str, name: &[u8]) -> bool {
    name.contains(&b'\\') || members.split(',').any(|member| member.as_bytes() == name)
}

fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\n' | b'\r' | b'\t')
}

fn skip_space(body: &[u8], from: usize) -> usize {
    let past = body.get(from..).unwrap_or_default();
    from + past.iter().take_while(|&&c| is_space(c)).count()
}

/// Returns what follows the string that begins at i.
fn end_of_string(body: &[u8], mut i: usize) -> Option<usize> {
    loop {
        i += 1;
        match body.get(i)? {
            b'"' => return Some(i + 1),
            b'\\' => i += 1,
            _ => {}
        }
    }
}

/// Returns what follows the value that begins at i.
fn end_of_value(body: &[u8], mut i: usize) -> Option<usize> {
    let mut depth = 0;
    loop {
        match *body.get(i)? {
            b'"' => {
                i = end_of_string(body, i)?;
                if depth == 0 {
                    return Some(i);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            c if depth == 0 && (matches!(c, b',' | b'}' | b']') || is_space(c)) => return Some(i),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            _ => {}
        }
        i += 1;
    }
}
