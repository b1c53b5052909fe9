import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { CONFIG_KEYS, type ConfigKey, type ConfigName } from "#services/cli/config/config-keys.ts";
import { parseConfigFile } from "#services/cli/config/parse-config-file.ts";
import {
  type ConfigEntries,
  type ConfigEntry,
  type ConfigInput,
  resolveConfig,
} from "#services/cli/config/resolve-config.ts";
import { EXIT } from "#services/cli/exit-codes.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { Network } from "#shared/consensus/params.ts";
import { parseNetwork } from "#shared/consensus/parse-network.ts";

/** Everything the operator said, merged, with where each value comes from. */
export interface Config {
  readonly entries: ConfigEntries;
  readonly network: Network;
  /** Absolute path of the folder that holds one folder per network. */
  readonly datadir: string;
  /** Absolute path of the configuration file, whether it exists or not. */
  readonly file: string;
  text(name: ConfigName): string | undefined;
  integer(name: ConfigName): number | undefined;
  flag(name: ConfigName): boolean;
  list(name: ConfigName): readonly string[];
}

/** Of a network printed as JSON. */
export const NETWORK_SCHEMA = "exos.network.v1";

const expand = (path: string): string =>
  path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(path);

/**
 * Read flags, environment and file into one configuration.
 * @throws CommandFailure with exit code 2 that lists every mistake at once
 */
export function readConfig(input: Omit<ConfigInput, "file">): Config {
  const before = resolveConfig({ ...input, file: [] });
  const folder = expand(String(before.entries.datadir?.value ?? CONFIG_KEYS.datadir.fallback));
  const named = before.entries.conf?.value;
  const file = typeof named === "string" ? expand(named) : join(folder, "exos.conf");
  if (named !== undefined && !existsSync(file)) {
    throw new CommandFailure(`conf: ${file} does not exist`, {
      code: "EXOS-E0003",
      exit: EXIT.usage,
    });
  }
  const { lines, errors: fileErrors } = parseConfigFile(readText(file));
  const { entries, errors } = resolveConfig({ ...input, file: lines });
  const all = [...fileErrors.map((error) => `${file}: ${error}`), ...errors];
  if (all.length > 0) {
    const code = errors.length > 0 ? "EXOS-E0001" : "EXOS-E0003";
    throw new CommandFailure(all.join("\n"), { code, exit: EXIT.usage });
  }
  const secrets = resolveSecrets(entries);
  return {
    entries: secrets,
    network: openNetwork(String(entries.network?.value)),
    datadir: expand(String(entries.datadir?.value)),
    file,
    text: (name) => asText(secrets[name]),
    integer: (name) => {
      const value = secrets[name]?.value;
      return typeof value === "number" ? value : undefined;
    },
    flag: (name) => secrets[name]?.value === true,
    list: (name) => {
      const value = secrets[name]?.value;
      return Array.isArray(value) ? value : [];
    },
  };
}

function asText(entry: ConfigEntry | undefined): string | undefined {
  return typeof entry?.value === "string" && entry.value !== "" ? entry.value : undefined;
}

function readText(path: string): string {
  if (!existsSync(path)) return "";
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CommandFailure(`${path} cannot be read`, {
      code: "EXOS-E0003",
      exit: EXIT.usage,
      cause,
    });
  }
}

/** Replace `@file:<path>` of a secret by what the file holds. */
function resolveSecrets(entries: ConfigEntries): ConfigEntries {
  const read = (name: string, entry: ConfigEntry): ConfigEntry => {
    const path = /^@file:(.+)$/.exec(String(entry.value))?.[1];
    const key: ConfigKey | undefined = Object.entries(CONFIG_KEYS).find(([k]) => k === name)?.[1];
    if (path === undefined || key?.secret !== true) return entry;
    if (!existsSync(expand(path))) {
      throw new CommandFailure(`${name}: there is no file ${path}`, {
        code: "EXOS-E0002",
        exit: EXIT.usage,
      });
    }
    return { ...entry, value: readText(expand(path)).trim() };
  };
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, read(name, entry)]),
  );
}

/**
 * A network by its name, or from a private network's file.
 * @throws CommandFailure that names the field and the reason
 */
export function openNetwork(nameOrPath: string): Network {
  const known = NETWORKS[nameOrPath];
  if (known !== undefined) return known;
  if (!nameOrPath.endsWith(".json") && !isAbsolute(nameOrPath)) {
    const names = Object.keys(NETWORKS).join(", ");
    throw new CommandFailure(`network "${nameOrPath}" is none of ${names}`, {
      code: "EXOS-E0004",
      exit: EXIT.usage,
    });
  }
  const path = expand(nameOrPath);
  const parsed = parseNetwork(withoutSchema(parseJsonFile(path)));
  if (parsed.ok) return parsed.value;
  const reasons = parsed.error.map(({ path: field, reason }) => `${path}: ${field}: ${reason}`);
  throw new CommandFailure(reasons.join("\n"), { code: "EXOS-E0005", exit: EXIT.usage });
}

/** What `network show` prints names itself; a network has no such field. */
function withoutSchema(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("schema" in json)) return json;
  const { schema, ...fields } = json;
  return schema === NETWORK_SCHEMA ? fields : json;
}

function parseJsonFile(path: string): unknown {
  if (!existsSync(path)) {
    throw new CommandFailure(`${path} does not exist`, { code: "EXOS-E0005", exit: EXIT.usage });
  }
  try {
    return JSON.parse(readText(path));
  } catch (cause) {
    throw new CommandFailure(`${path} is not JSON: ${String(cause)}`, {
      code: "EXOS-E0005",
      exit: EXIT.usage,
      cause,
    });
  }
}
