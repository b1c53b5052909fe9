import type { Dice } from "../sim/chain-tree.ts";

/** Values at which lengths and counts turn. */
const EDGES = [0, 1, 0x7f, 0x80, 0xfc, 0xfd, 0xfe, 0xff] as const;

function overwrite(bytes: Uint8Array, dice: Dice): Uint8Array {
  const changed = bytes.slice();
  for (let left = 1 + dice.below(4); left > 0 && changed.length > 0; left--) {
    const at = dice.below(changed.length);
    const old = changed[at] ?? 0;
    changed[at] = dice.chance(0.5) ? old ^ (1 << dice.below(8)) : (dice.pick(EDGES) ?? 0);
  }
  return changed;
}

/** The beginning decides how the rest is read: counts, versions, types. */
function overwriteHead(bytes: Uint8Array, dice: Dice): Uint8Array {
  const changed = bytes.slice();
  const length = Math.min(changed.length, 1 + dice.below(9));
  for (let at = 0; at < length; at++) changed[at] = dice.pick(EDGES) ?? 0;
  return changed;
}

function cut(bytes: Uint8Array, dice: Dice): Uint8Array {
  return bytes.slice(0, dice.below(bytes.length + 1));
}

function extend(bytes: Uint8Array, dice: Dice): Uint8Array {
  const tail = Uint8Array.from({ length: 1 + dice.below(64) }, () => dice.below(256));
  return Uint8Array.of(...bytes.subarray(0, 65_536), ...tail);
}

/** A piece of another payload in the place of a piece of this one. */
function splice(bytes: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  const at = dice.below(bytes.length + 1);
  const from = dice.below(other.length + 1);
  const changed = bytes.slice();
  changed.set(other.subarray(from, from + Math.min(256, bytes.length - at)), at);
  return changed;
}

function repeat(bytes: Uint8Array, dice: Dice): Uint8Array {
  const at = dice.below(bytes.length + 1);
  const again = bytes.subarray(at, at + 1 + dice.below(128));
  const changed = new Uint8Array(bytes.length + again.length);
  changed.set(bytes.subarray(0, at));
  changed.set(again, at);
  changed.set(bytes.subarray(at), at + again.length);
  return changed;
}

const MUTATIONS = [overwrite, overwrite, overwriteHead, cut, extend, splice, repeat] as const;

/** A payload that differs from a real one. @param other another real one, of any command */
export function mutatePayload(payload: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  const mutate = dice.pick(MUTATIONS) ?? overwrite;
  return mutate(payload, dice, other);
}

/** A frame whose magic, command, length or checksum is wrong, or that ends early. */
export function mutateFrame(frame: Uint8Array, dice: Dice): Uint8Array {
  if (dice.chance(0.1)) return cut(frame, dice);
  const changed = frame.slice();
  const fields = [
    [0, 4],
    [4, 12],
    [16, 4],
    [20, 4],
  ] as const;
  const [start, length] = dice.pick(fields) ?? fields[0];
  changed[start + dice.below(length)] = dice.chance(0.5)
    ? dice.below(256)
    : (dice.pick(EDGES) ?? 0);
  return changed;
}
