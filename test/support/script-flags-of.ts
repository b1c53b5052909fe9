import { ScriptFlags } from "#shared/script/script-flags.ts";

/** Flags of the suites as bits. Those that need others bring them, as in the references' own runs. */
export function scriptFlagsOf(text: string): number {
  const names = text.split(",").filter((name) => name !== "" && name !== "NONE");
  const known = new Map<string, number>(Object.entries(ScriptFlags));
  let flags = 0;
  for (const name of names) {
    const bit = known.get(name);
    // Taproot is not judged here; its flag turns nothing on.
    if (bit === undefined && name !== "TAPROOT") throw new RangeError(`unknown flag ${name}`);
    flags |= bit ?? 0;
  }
  if (flags & ScriptFlags.CLEANSTACK) flags |= ScriptFlags.P2SH | ScriptFlags.WITNESS;
  if (flags & ScriptFlags.WITNESS) flags |= ScriptFlags.P2SH;
  return flags;
}
