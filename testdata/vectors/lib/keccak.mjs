// Keccak-256 as Ethereum has it, which node:crypto does not: SHA3-256 with another
// padding (FIPS 202 without its domain bits).
import { bytes } from "./digest.mjs";

const WORD = (1n << 64n) - 1n;
const rotated = (x, n) => ((x << BigInt(n)) | (x >> BigInt(64 - n))) & WORD;

// roundConstants come from a shift register of eight bits (FIPS 202, 3.2.5).
const roundConstants = (() => {
  let register = 1;
  return Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt((1 << j) - 1);
      register = register & 0x80 ? ((register << 1) ^ 0x171) & 0xff : register << 1;
    }
    return constant;
  });
})();

// Lane x, y is at x + 5y.
function permuted(lanes) {
  for (const constant of roundConstants) {
    const columns = Array.from({ length: 5 }, (_, x) => [0, 5, 10, 15, 20].reduce((sum, row) => sum ^ lanes[x + row], 0n));
    lanes = lanes.map((lane, i) => lane ^ columns[(i + 4) % 5] ^ rotated(columns[(i + 1) % 5], 1));
    const moved = [...lanes];
    for (let t = 0, x = 1, y = 0; t < 24; t++) {
      const from = lanes[x + 5 * y];
      [x, y] = [y, (2 * x + 3 * y) % 5];
      moved[x + 5 * y] = rotated(from, (((t + 1) * (t + 2)) / 2) % 64);
    }
    lanes = moved.map((lane, i) => {
      const row = i - (i % 5);
      return lane ^ (~moved[row + ((i + 1) % 5)] & WORD & moved[row + ((i + 2) % 5)]);
    });
    lanes[0] ^= constant;
  }
  return lanes;
}

export function keccak256(message) {
  const rate = 136;
  const raw = bytes(message);
  const padded = Buffer.alloc((Math.floor(raw.length / rate) + 1) * rate);
  raw.copy(padded);
  padded[raw.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  let lanes = Array(25).fill(0n);
  for (let at = 0; at < padded.length; at += rate) {
    for (let i = 0; i < rate / 8; i++) lanes[i] ^= padded.readBigUInt64LE(at + 8 * i);
    lanes = permuted(lanes);
  }
  const digest = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) digest.writeBigUInt64LE(lanes[i], 8 * i);
  return digest;
}
