import { CONFIG_KEYS, type ConfigKey, type ConfigName } from "#services/cli/config/config-keys.ts";
import type { Result } from "#shared/primitives/result.ts";

export type ConfigValue = string | number | boolean | readonly string[];

const YES = /^(1|true|yes|on)$/i;
const NO = /^(0|false|no|off)$/i;

/** Read the text of one key's value. @returns the sentence that says what is wrong */
export function parseValue(name: ConfigName, text: string): Result<ConfigValue, string> {
  const key: ConfigKey = CONFIG_KEYS[name];
  if (key.kind === "integer") return parseInteger(name, key, text);
  if (key.kind === "boolean") {
    if (YES.test(text) || NO.test(text)) return { ok: true, value: YES.test(text) };
    return { ok: false, error: `${name}: "${text}" is neither 1 nor 0` };
  }
  if (key.kind === "list") {
    return {
      ok: true,
      value: text
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    };
  }
  if (key.choices !== undefined && !key.choices.includes(text)) {
    return { ok: false, error: `${name}: "${text}" is none of ${key.choices.join(", ")}` };
  }
  return { ok: true, value: text };
}

function parseInteger(name: string, key: ConfigKey, text: string): Result<number, string> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = key;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max
    ? { ok: true, value }
    : { ok: false, error: `${name}: "${text}" is no whole number from ${min} to ${max}` };
}
