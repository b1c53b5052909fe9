/** The part of WebAssembly that is used here; TypeScript declares it only together with `dom`. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The memory of a module. It may grow, and `buffer` is then another one: do not hold on to it. */
export interface AssemblyMemory {
  readonly buffer: ArrayBuffer;
}

/**
 * Start a module that `npm run assembly` has written, in the calling thread: the compiler of the
 * engine needs about a millisecond for 100 KB, so nothing here waits.
 *
 * `Exports` describes what the entry of the module exports; that it does so truly is proved by the
 * tests of its typed wrapper.
 */
export function instantiate<Exports extends object>(base64: string): Exports {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(base64)));
  return instance.exports as Exports;
}

/** Text of our own making, of a length divisible by four. Node 24 has no `Uint8Array.fromBase64`. */
function decodeBase64(text: string): Uint8Array {
  const values = new Uint8Array(128);
  for (let value = 0; value < 64; value++) values[DIGITS.charCodeAt(value)] = value;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    let group = 0;
    for (let digit = 0; digit < 4; digit++) {
      group = (group << 6) | (values[text.charCodeAt(from + digit)] ?? 0);
    }
    bytes[to] = group >> 16;
    bytes[to + 1] = group >> 8;
    bytes[to + 2] = group;
  }
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return bytes.subarray(0, bytes.length - padding);
}
