/**
 * Readers of the fields of a network file. Each says of a wrong value what it must be; together they
 * find every fault at once, so that a file is mended in one go.
 * @module
 */
import type { Hash256 } from "#shared/primitives/brand.ts";
import { fromHashHex, parseHashHex } from "#shared/primitives/hash.ts";
import { parseHex } from "#shared/primitives/hex.ts";

/** What is wrong with one field. */
export interface NetworkFault {
  /** Names joined by dots, places in lists in brackets; empty for the whole. */
  readonly path: string;
  readonly reason: string;
}

/** Where a value stands, and where its faults go. */
export interface Place {
  readonly path: string;
  readonly faults: NetworkFault[];
}

/** A value that was read, boxed because it may be `undefined` itself. */
export type Read<T> = readonly [T];

/** @returns nothing after noting a fault */
export type Field<T> = (value: unknown, place: Place) => Read<T> | undefined;

/** Note a fault. @returns nothing, for the caller to return */
export function fault({ path, faults }: Place, reason: string): undefined {
  faults.push({ path, reason });
  return undefined;
}

/** Whether a value is what JSON calls an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value that `accept` takes; `expected` completes "must be …". */
function field<T>(expected: string, accept: (value: unknown) => T | undefined): Field<T> {
  return (value, place) => {
    if (value === undefined) return fault(place, `is missing: ${expected}`);
    const read = accept(value);
    return read === undefined ? fault(place, `must be ${expected}`) : [read];
  };
}

/** A field that may be absent, or null, which is the same. */
export function optional<T>(read: Field<T>): Field<T | undefined> {
  return (value, place) =>
    value === undefined || value === null ? [undefined] : read(value, place);
}

/** What another reader yields, made into something else. */
export function mapped<T, U>(read: Field<T>, make: (value: T) => U): Field<U> {
  return (value, place) => {
    const box = read(value, place);
    return box === undefined ? undefined : [make(box[0])];
  };
}

/** A whole number, both bounds included. */
export function integer(min: number, max: number): Field<number> {
  return field(`a whole number from ${min} to ${max}`, (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? Number(value)
      : undefined,
  );
}

/** True or false. */
export const flag: Field<boolean> = field("true or false", (value) =>
  typeof value === "boolean" ? value : undefined,
);

/** Text of a form that `expected` describes. */
export function text(pattern: RegExp, expected: string): Field<string> {
  return field(expected, (value) =>
    typeof value === "string" && pattern.test(value) ? value : undefined,
  );
}

/** One of a few words. */
export function word<const T extends string>(...words: readonly T[]): Field<T> {
  const expected = words.map((one) => `"${one}"`).join(" or ");
  return field(expected, (value) => words.find((one) => one === value));
}

/** Base units as decimal text: a number could not hold the premine. */
export const money: Field<bigint> = field(
  "base units as text of digits, at most 2^63 - 1",
  (value) => {
    if (typeof value !== "string" || !/^[0-9]{1,19}$/.test(value)) return undefined;
    const units = BigInt(value);
    return units < 2n ** 63n ? units : undefined;
  },
);

/** A target as people print it: 64 hex digits, most significant first, not zero. */
export const target: Field<bigint> = field("a target of 64 hex digits, not zero", (value) => {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) return undefined;
  const number = BigInt(`0x${value}`);
  return number > 0n ? number : undefined;
});

/** `bits` as people print them. */
export const bits: Field<number> = field("8 hex digits", (value) =>
  typeof value === "string" && /^[0-9a-f]{8}$/.test(value) ? Number.parseInt(value, 16) : undefined,
);

/** A hash as people print it. */
export const hash: Field<Hash256> = field("a hash of 64 hex digits", (value) => {
  const hex = typeof value === "string" ? parseHashHex(value) : undefined;
  return hex === undefined ? undefined : fromHashHex(hex);
});

/** Bytes in hex, of a length within both bounds. */
export function bytes(min: number, max: number): Field<Uint8Array> {
  const expected = min === max ? `${min} bytes in hex` : `${min} to ${max} bytes in hex`;
  return field(expected, (value) => {
    const read = typeof value === "string" ? parseHex(value) : undefined;
    return read !== undefined && read.length >= min && read.length <= max ? read : undefined;
  });
}

/** Either of two. */
export function either<T, U>(first: Field<T>, second: Field<U>): Field<T | U> {
  return (value, place) => first(value, { ...place, faults: [] }) ?? second(value, place);
}

/** A list of at most so many. */
export function list<T>(item: Field<T>, max: number): Field<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length > max) {
      return fault(place, `must be a list of at most ${max}`);
    }
    const read = value.map((one: unknown, index) =>
      item(one, { ...place, path: `${place.path}[${index}]` }),
    );
    const whole = read.flatMap((box) => (box === undefined ? [] : [box[0]]));
    return whole.length === read.length ? [whole] : undefined;
  };
}

/** An object of exactly these fields: a typing error must not pass for a default. */
export function object<T>(fields: { readonly [K in keyof T]-?: Field<T[K]> }): Field<T> {
  return (value, place) => {
    if (!isObject(value)) return fault(place, "must be an object");
    const at = (name: string): Place => ({
      ...place,
      path: place.path === "" ? name : `${place.path}.${name}`,
    });
    for (const name of Object.keys(value)) {
      if (!(name in fields)) fault(at(name), "is no field of a network");
    }
    const read: Partial<T> = {};
    let isWhole = true;
    for (const name in fields) {
      const box = fields[name](value[name], at(name));
      if (box === undefined) isWhole = false;
      else read[name] = box[0];
    }
    // Every field of T has been read: the mapped type above names each of them.
    return isWhole ? [read as T] : undefined;
  };
}
