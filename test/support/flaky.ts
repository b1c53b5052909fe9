import { StoreFault } from "#shared/ports/store-fault.ts";

/** Numbers of [0, 1), the same for the same seed. @source mulberry32, public domain */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/**
 * The same port on a bad day: half of its calls fail before or after they did their work, and the
 * caller tries again, as a port's guarantees allow. What a contract promises must still hold.
 */
export function flaky<Port extends object>(port: Port, seed: number): Port {
  const next = seededNumbers(seed);
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;

      return async (...input: unknown[]) => {
        for (let attempt = 0; attempt < 64; attempt++) {
          const day = next();
          if (day < 0.25) continue;
          const output: unknown = await member.apply(target, input);
          if (day < 0.5) continue;
          return output;
        }
        throw new StoreFault("flaky to the end", { retryable: true });
      };
    },
  });
}
