import { CONFIG_KEYS, type ConfigKey, type ConfigName } from "#services/cli/config/config-keys.ts";
import type { Config } from "#services/cli/read-config.ts";

/** How the program is called in a checkout. */
const PROGRAM = "npm start --";

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command as it would be typed in the project's folder. */
export function commandText(words: readonly string[]): string {
  return [PROGRAM, ...words.map(quoted)].join(" ");
}

/** Every key that was given as a flag, as it would be given again. */
export function flagsOf({ entries }: Pick<Config, "entries">): string[] {
  // The keys of the table are its names.
  const names = Object.keys(CONFIG_KEYS) as ConfigName[];
  return names.flatMap((name) => {
    const entry = entries[name];
    const key: ConfigKey = CONFIG_KEYS[name];
    if (entry?.source !== "flag" || key.secret === true) return [];
    return [`--${name}`, [entry.value].flat().map(textOf).join(",")];
  });
}

function textOf(value: string | number | boolean): string {
  return typeof value === "boolean" ? String(Number(value)) : String(value);
}
