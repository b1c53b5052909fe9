const INPUT_CHARACTERS =
  "0123456789()[],'/*abcdefgh@:$%{}" +
  "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~" +
  'ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';
const CHECKSUM_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/** Where a character stands among those of a descriptor, by its code. */
const PLACES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, INPUT_CHARACTERS.indexOf(String.fromCharCode(code))),
);

/** The generator's five terms of 40 bits, each as its upper 8 and its lower 32. */
const GENERATOR = [
  [0xf5, 0xdee51989],
  [0xa9, 0xfdca3312],
  [0x1b, 0xab10e32d],
  [0x37, 0x06b1677a],
  [0x64, 0x4d626ffd],
] as const;

/** What each value of the five topmost bits adds, so that a step is one look-up. */
const HIGH_TERMS = Int32Array.from({ length: 32 }, (_, top) => termsOf(top, 0));
const LOW_TERMS = Int32Array.from({ length: 32 }, (_, top) => termsOf(top, 1));

function termsOf(top: number, half: 0 | 1): number {
  return GENERATOR.reduce(
    (sum, term, bit) => (((top >> bit) & 1) === 1 ? sum ^ term[half] : sum),
    0,
  );
}

/** A polynomial of 40 bits in two numbers: bigints would cost more than all of a transaction. */
class Checksum {
  high = 0;
  low = 1;

  mix(value: number): void {
    const top = this.high >>> 3;
    const { low } = this;
    this.high = (((this.high & 7) << 5) | (low >>> 27)) ^ (HIGH_TERMS[top] ?? 0);
    this.low = (low << 5) ^ value ^ (LOW_TERMS[top] ?? 0);
  }

  /** Five bits. @param place 0 to 7, from the lowest */
  digit(place: number): number {
    const from = 5 * place;
    if (from >= 32) return (this.high >>> (from - 32)) & 31;
    return ((this.low >>> from) | (from > 27 ? this.high << (32 - from) : 0)) & 31;
  }
}

/** An output descriptor with its checksum. @source BIP380 */
export function withChecksum(descriptor: string): string {
  const sum = new Checksum();
  let group = 0;
  let pending = 0;
  for (let index = 0; index < descriptor.length; index++) {
    const place = PLACES[descriptor.charCodeAt(index)] ?? 0;
    sum.mix(place & 31);
    group = group * 3 + (place >> 5);
    pending++;
    if (pending < 3) continue;
    sum.mix(group);
    group = 0;
    pending = 0;
  }
  if (pending > 0) sum.mix(group);
  for (let round = 0; round < 8; round++) sum.mix(0);
  sum.low ^= 1;
  let checksum = "";
  for (let place = 7; place >= 0; place--) checksum += CHECKSUM_CHARACTERS[sum.digit(place)] ?? "";
  return `${descriptor}#${checksum}`;
}
