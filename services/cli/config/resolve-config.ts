import {
  ALIASES,
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigName,
  NETWORK_FLAGS,
} from "#services/cli/config/config-keys.ts";
import { nearest } from "#services/cli/config/nearest.ts";
import type { ConfigLine } from "#services/cli/config/parse-config-file.ts";
import { type ConfigValue, parseValue } from "#services/cli/config/parse-value.ts";

export type ConfigSource = "flag" | "environment" | "file" | "built-in";

export interface ConfigEntry {
  readonly value: ConfigValue;
  readonly source: ConfigSource;
}

export type ConfigEntries = Partial<Record<ConfigName, ConfigEntry>>;

/** What was said, by whom: flags and environment as pairs, the file as its lines. */
export interface ConfigInput {
  readonly flags: readonly (readonly [key: string, value: string])[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly file: readonly ConfigLine[];
}

/** Names that start with EXOS_ but are no configuration of the node. */
const NOT_CONFIG = new Set(["vectors"]);
const NAMES = Object.keys(CONFIG_KEYS);

const isName = (text: string): text is ConfigName => Object.hasOwn(CONFIG_KEYS, text);

/** Case, dashes and underscores do not count. */
export function normalizeKey(text: string): string {
  return text.toLowerCase().replace(/[-_]/g, "");
}

/** The key that a spelling stands for, or the sentence that says there is none. */
export function findKey(text: string): ConfigName | { readonly error: string } {
  const key = normalizeKey(text);
  if (isName(key)) return key;
  if (Object.hasOwn(ALIASES, key)) return ALIASES[key] ?? { error: text };
  const close = nearest(key, NAMES);
  const hint = close === undefined ? "" : `; did you mean ${close}?`;
  return { error: `unknown configuration key "${text}"${hint}` };
}

/** Collects values by rank: what was said first stays, so flags come before the rest. */
class Collector {
  readonly entries: ConfigEntries = {};
  readonly errors: string[] = [];

  add(key: string, text: string, source: ConfigSource, where: string): void {
    const network = NETWORK_FLAGS[normalizeKey(key)];
    if (network !== undefined) {
      if (text !== "0") this.#set("network", network, source, where);
      return;
    }
    const name = findKey(key);
    if (typeof name === "object") this.errors.push(`${where}: ${name.error}`);
    else this.#set(name, text, source, where);
  }

  #set(name: ConfigName, text: string, source: ConfigSource, where: string): void {
    const parsed = parseValue(name, text);
    if (!parsed.ok) {
      // A flag and a name of the environment say the key already, each in its own spelling.
      const same = normalizeKey(where).replace(/^exos/, "") === name;
      const error = same ? parsed.error.slice(`${name}: `.length) : parsed.error;
      this.errors.push(`${where}: ${error}`);
      return;
    }
    const said = this.entries[name];
    if (said === undefined) this.entries[name] = { value: parsed.value, source };
    else if (said.source === source && Array.isArray(said.value)) {
      this.entries[name] = { value: [...said.value, ...[parsed.value].flat().map(String)], source };
    }
  }
}

/**
 * Merge what flags, environment and file say, in this order of rank, and fill in the defaults.
 * Lines of a `[network]` section count only for that network, and before the file's other lines.
 *
 * @returns every key that has a value, and a sentence for each thing that is wrong
 */
export function resolveConfig({ flags, environment, file }: ConfigInput): {
  readonly entries: ConfigEntries;
  readonly errors: readonly string[];
} {
  const collector = new Collector();
  for (const [key, value] of flags) collector.add(key, value, "flag", `--${key}`);
  for (const [name, value] of Object.entries(environment)) {
    const key = /^EXOS_(\w+)$/.exec(name)?.[1];
    if (key === undefined || value === undefined || NOT_CONFIG.has(normalizeKey(key))) continue;
    collector.add(key, value, "environment", name);
  }
  const chosen = networkOf(collector.entries, file);
  const own = file.filter(({ section }) => section === chosen);
  const general = file.filter(({ section }) => section === undefined);
  for (const { key, value, line } of [...own, ...general]) {
    collector.add(key, value, "file", `exos.conf line ${line}`);
  }
  for (const [name, key] of Object.entries<ConfigKey>(CONFIG_KEYS)) {
    if (key.fallback !== undefined) collector.add(name, key.fallback, "built-in", name);
  }
  return collector;
}

function networkOf(entries: ConfigEntries, file: readonly ConfigLine[]): string {
  const said = entries.network?.value;
  if (typeof said === "string") return said;
  const general = file.filter(({ section }) => section === undefined);
  const named = general.find(({ key }) => normalizeKey(key) === "network")?.value;
  const flag = general.find(({ key, value }) => NETWORK_FLAGS[normalizeKey(key)] && value !== "0");
  const byFlag = flag === undefined ? undefined : NETWORK_FLAGS[normalizeKey(flag.key)];
  return named ?? byFlag ?? CONFIG_KEYS.network.fallback;
}
