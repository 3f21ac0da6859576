// Stable text for vector files: objects and lists of lists over several lines,
// lists of scalars on one, characters that an editor hides escaped.

const hidden = /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]/g;

const scalar = (value) =>
  JSON.stringify(value).replace(
    hidden,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"),
  );

const isScalar = (value) => value === null || typeof value !== "object";

export function format(value, indent = "") {
  const deeper = indent + "  ";
  if (isScalar(value)) return scalar(value);
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return `[${value.map(scalar).join(", ")}]`;
    return `[\n${value.map((v) => deeper + format(v, deeper)).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${deeper}${scalar(name)}: ${format(member, deeper)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}
