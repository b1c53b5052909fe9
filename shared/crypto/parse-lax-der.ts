import { compareBytes } from "#shared/primitives/bytes.ts";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const SCALAR_BYTES = 32;

/** Order of the group of secp256k1, big-endian. @source SEC 2 version 2, 2.4.1 */
const ORDER = Uint8Array.of(
  ...[
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
  ],
  ...[
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
  ],
);

interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * r‖s of a signature in any form that consensus ever read, 32 big-endian bytes each; a fresh array.
 *
 * Read are also: a length of several bytes, a wrong length of the whole, what follows s, integers
 * with superfluous or missing zeros, so that they are never negative. Where r or s is not below the
 * order, both come back zero: parsed, and false for every key.
 *
 * @returns `undefined` when even these rules find no two integers
 * @source ecdsa_signature_parse_der_lax, bitcoin/bitcoin src/pubkey.cpp; exos-l1.md 5.7
 */
export function parseLaxDer(der: Uint8Array): Uint8Array | undefined {
  if (der[0] !== SEQUENCE) return undefined;
  const outer = der[1];
  if (outer === undefined) return undefined;
  const longBytes = outer & 0x80 ? outer - 0x80 : 0;
  if (longBytes > der.length - 2) return undefined;

  const r = integerAt(der, 2 + longBytes);
  if (r === undefined) return undefined;
  const s = integerAt(der, r.end);
  if (s === undefined) return undefined;

  const compact = new Uint8Array(2 * SCALAR_BYTES);
  if (!putScalar(der, r, compact.subarray(0, SCALAR_BYTES))) return compact.fill(0);
  if (!putScalar(der, s, compact.subarray(SCALAR_BYTES))) return compact.fill(0);
  return compact;
}

/** Where the content of the integer at `position` lies. */
function integerAt(der: Uint8Array, position: number): Span | undefined {
  const length = der[position + 1];
  if (der[position] !== INTEGER || length === undefined) return undefined;
  const start = position + 2;
  const span = length & 0x80 ? longSpan(der, start, length - 0x80) : { start, end: start + length };
  return span !== undefined && span.end <= der.length ? span : undefined;
}

/** A length of `count` bytes: leading zeros do not count, and three bytes are the most. */
function longSpan(der: Uint8Array, position: number, count: number): Span | undefined {
  const start = position + count;
  if (start > der.length) return undefined;
  let first = position;
  while (first < start && der[first] === 0) first++;
  if (start - first >= 4) return undefined;
  let length = 0;
  for (const byte of der.subarray(first, start)) length = length * 256 + byte;
  return { start, end: start + length };
}

/** Right-align the integer in 32 bytes. @returns whether it is below the order */
function putScalar(der: Uint8Array, { start, end }: Span, scalar: Uint8Array): boolean {
  let first = start;
  while (first < end && der[first] === 0) first++;
  if (end - first > SCALAR_BYTES) return false;
  scalar.set(der.subarray(first, end), SCALAR_BYTES - (end - first));
  return compareBytes(scalar, ORDER) < 0;
}
