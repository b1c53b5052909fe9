import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";

const SIZES = /^(\d{1,2})\/(\d{1,2})$/;

/** The sizes of two groups as `6/7`. @returns `undefined` for any other text */
export function parseSizes(text: string): readonly [number, number] | undefined {
  const [, first, second] = SIZES.exec(text) ?? [];
  return first === undefined || second === undefined ? undefined : [Number(first), Number(second)];
}

/**
 * Deal out names to two groups in turn, the first name to the first group, until one is full; so the
 * first two names, who stake, are never together.
 */
export function dealGroups(
  names: readonly string[],
  [first, second]: readonly [number, number],
): Result<readonly [readonly string[], readonly string[]], Refusal> {
  if (first < 1 || second < 1 || first + second !== names.length) {
    const message = `${first} and ${second} do not divide ${names.length} cities in two`;
    return refusal("EXOS-E8002", message, { cities: names.length });
  }
  const left: string[] = [];
  const right: string[] = [];
  for (const name of names) {
    const isLeft = right.length === second || (left.length < first && left.length <= right.length);
    (isLeft ? left : right).push(name);
  }
  return { ok: true, value: [left, right] };
}
