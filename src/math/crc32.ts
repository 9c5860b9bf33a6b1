// CRC-32: the checksum of PNG's chunks, and what tells one set of images from another.

/** The remainder of each byte by the polynomial, bits in reverse. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/** @param before the checksum of what lies in front of these bytes */
export function crc32(bytes: Uint8Array, before = 0): number {
  let remainder = ~before >>> 0;
  for (const byte of bytes) remainder = TABLE[(remainder ^ byte) & 0xff]! ^ (remainder >>> 8);
  return ~remainder >>> 0;
}
