import type { Result } from "#shared/primitives/result.ts";

/** Arrays and objects inside each other that a request may have. @source interfaces.md 1.3 */
export const JSON_DEPTH_MAX = 64;

export type JsonFault = "not utf-8" | "nested too deeply" | "not json";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Numbers a double may change: many digits, or an exponent. Also matches harmless hex. */
const PERHAPS_INEXACT = /\d[\d.]{14}|\d[eE]/;

/**
 * A request body as a value. Depth is counted before anything is parsed. A number that a double
 * cannot hold exactly becomes an `ExactNumber`: echoed digit by digit, and no number to any schema.
 * Of two members with one name the last one counts.
 */
export function readJson(bytes: Uint8Array): Result<unknown, JsonFault> {
  if (exceedsDepth(bytes)) return { ok: false, error: "nested too deeply" };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, error: "not utf-8" };
  }
  try {
    const value: unknown = PERHAPS_INEXACT.test(text)
      ? JSON.parse(text, keepExact)
      : JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false, error: "not json" };
  }
}

function keepExact(_key: string, value: unknown, { source }: { readonly source?: string }) {
  if (typeof value !== "number" || source === undefined) return value;
  const exact = Number.isInteger(value) ? Number.isSafeInteger(value) : String(value) === source;
  return exact ? value : JSON.rawJSON(source);
}

/** Brackets outside strings; what is no JSON is for the parser to say. */
function exceedsDepth(bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) {
      if (++depth > JSON_DEPTH_MAX) return true;
    } else if (CLOSING.has(byte)) depth--;
  }
  return false;
}
