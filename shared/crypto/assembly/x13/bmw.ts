/**
 * Blue Midnight Wish, 512 bits, of 64 bytes. The padded message is one block, of which the upper
 * half is constant; the digest is compressed a second time, keyed with a constant.
 * @source "Cryptographic hash function Blue Midnight Wish", Gligoroski, Klima et al., second-round
 *   version: f0, f1 with expand1 and expand2, f2, padding, finalization
 * @module
 */
import { type FunctionWriter, SourceWriter } from "./source-writer.ts";
import { literal, range, rotateLeft64 } from "./words.ts";

/** A word known when generating, or the name of one that is not. */
type Word = string | bigint;

/** f0: the bijective transform, as sums of words of message xor chaining value. */
const SUMS = [
  "5-7+10+13+14",
  "6-8+11+14-15",
  "0+7+9-12+15",
  "0-1+8-10+13",
  "1+2+9-11-14",
  "3-2+10-12+15",
  "4-0-3-11+13",
  "1-4-5-12-14",
  "2-5-6+13-15",
  "0-3+6-7+14",
  "8-1-4-7+15",
  "8-0-2-5+9",
  "1+3-6-9+10",
  "2+4+7+10+11",
  "3-5+8-11-12",
  "12-4-6-9+13",
];

/** s0 to s5. */
const S: readonly ((x: string) => string)[] = [
  (x) => `((${x} >> 1) ^ (${x} << 3) ^ rotl(${x}, 4) ^ rotl(${x}, 37))`,
  (x) => `((${x} >> 1) ^ (${x} << 2) ^ rotl(${x}, 13) ^ rotl(${x}, 43))`,
  (x) => `((${x} >> 2) ^ (${x} << 1) ^ rotl(${x}, 19) ^ rotl(${x}, 53))`,
  (x) => `((${x} >> 2) ^ (${x} << 2) ^ rotl(${x}, 28) ^ rotl(${x}, 59))`,
  (x) => `((${x} >> 1) ^ ${x})`,
  (x) => `((${x} >> 2) ^ ${x})`,
];
const s = (index: number, word: string): string => S[index]?.(word) ?? "";

/** r1 to r7. */
const ROTATIONS = [5, 11, 27, 32, 37, 43, 53];

/** How f2 shifts XH and Q[16 … 23] for words 0 to 7, XL for words 8 to 15. Left is positive. */
const SHIFTS_LOW = [
  [5, -5],
  [-7, 8],
  [-5, 5],
  [-1, 5],
  [-3, 0],
  [6, -6],
  [-4, 6],
  [-11, 2],
] as const;
const SHIFTS_HIGH = [8, -6, 6, 4, -3, -4, -7, -2] as const;

const INITIAL = range(16).map((index) => 0x8081828384858687n + BigInt(index) * 0x0808080808080808n);
const FINAL = range(16).map((index) => 0xaaaaaaaaaaaaaaa0n + BigInt(index));
const PADDING = [0x80n, 0n, 0n, 0n, 0n, 0n, 0n, 512n];

const text = (word: Word | undefined): string =>
  typeof word === "bigint" ? literal(word) : `${word}`;

const shifted = (word: string, bits: number): string => {
  if (bits === 0) return word;
  return bits > 0 ? `(${word} << ${bits})` : `(${word} >> ${-bits})`;
};

export function generate(): string {
  const source = new SourceWriter();
  source.function("bmw(digest: usize)", (writer) => {
    const words = range(8).map((index) => writer.u64(`load<u64>(digest, ${8 * index})`));
    const chained = compress(writer, [...words, ...PADDING], INITIAL);
    const result = compress(writer, chained, FINAL);
    for (const index of range(8)) writer.store("u64", "digest", `${result[8 + index]}`, 8 * index);
  });
  return source.text();
}

function compress(writer: FunctionWriter, message: Word[], chaining: bigint[]): string[] {
  const quadruple = transform(writer, message, chaining);
  expand(writer, message, chaining, quadruple);
  return fold(writer, message, quadruple);
}

/** f0: Q[0 … 15]. */
function transform(writer: FunctionWriter, message: Word[], chaining: bigint[]): string[] {
  const mixed = message.map((word, index) => {
    const key = chaining[index] ?? 0n;
    return typeof word === "bigint" ? literal(word ^ key) : writer.u64(`${word} ^ ${literal(key)}`);
  });
  return SUMS.map((sum, index) => {
    const spaced = sum.replace(/\d+/g, (digits) => `${mixed[Number(digits)]}`);
    const total = writer.u64(spaced.replace(/([+-])/g, " $1 "));
    return writer.u64(`${s(index % 5, total)} + ${text(chaining[(index + 1) % 16])}`);
  });
}

/** f1: Q[16 … 31], the first two by expand1, the others by expand2. */
function expand(
  writer: FunctionWriter,
  message: Word[],
  chaining: bigint[],
  quadruple: string[],
): void {
  const rotated = message.map((word, index) =>
    typeof word === "bigint"
      ? literal(rotateLeft64(word, index + 1))
      : `rotl(${word}, ${index + 1})`,
  );
  for (const index of range(16)) {
    const [a, b, c] = [0, 3, 10].map((distance) => rotated[(index + distance) % 16]);
    const constant = literal(BigInt(index + 16) * 0x0555555555555555n);
    const element = `((${a} + ${b} - ${c} + ${constant}) ^ ${text(chaining[(index + 7) % 16])})`;
    const last = quadruple.slice(index, index + 16);
    const terms =
      index < 2
        ? last.map((word, at) => s((at + 1) % 4, word))
        : last.map((word, at) => {
            if (at >= 14) return s(at - 10, word);
            return at % 2 === 0 ? word : `rotl(${word}, ${ROTATIONS[at >> 1]})`;
          });
    quadruple.push(writer.u64([...terms, element].join(" + ")));
  }
}

/** f2: the new chaining value. */
function fold(writer: FunctionWriter, message: Word[], quadruple: string[]): string[] {
  const low = writer.u64(quadruple.slice(16, 24).join(" ^ "));
  const high = writer.u64([low, ...quadruple.slice(24, 32)].join(" ^ "));
  const result = SHIFTS_LOW.map(([highBits, wordBits], index) => {
    const word = shifted(`${quadruple[16 + index]}`, wordBits);
    const first = `(${shifted(high, highBits)} ^ ${word} ^ ${text(message[index])})`;
    return writer.u64(`${first} + (${low} ^ ${quadruple[24 + index]} ^ ${quadruple[index]})`);
  });
  SHIFTS_HIGH.forEach((bits, index) => {
    const rotated = `rotl(${result[(index + 4) % 8]}, ${9 + index})`;
    const first = `(${high} ^ ${quadruple[24 + index]} ^ ${text(message[8 + index])})`;
    const word = `${quadruple[16 + ((index + 7) % 8)]} ^ ${quadruple[8 + index]}`;
    result.push(writer.u64(`${rotated} + ${first} + (${shifted(low, bits)} ^ ${word})`));
  });
  return result;
}
