import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Command, CommandContext } from "#services/cli/command.ts";
import { CONFIG_KEYS, type ConfigKey, type ConfigName } from "#services/cli/config/config-keys.ts";
import { parseValue } from "#services/cli/config/parse-value.ts";
import { findKey, normalizeKey } from "#services/cli/config/resolve-config.ts";
import { EXIT, type ExitCode } from "#services/cli/exit-codes.ts";
import { CommandFailure, usageFailure } from "#services/cli/failure.ts";

const USAGE = "exos config [list | get KEY | set KEY VALUE | path | explain KEY]";

function keyOf(text: string | undefined): ConfigName {
  if (text === undefined) throw usageFailure("a configuration key is missing", USAGE);
  const name = findKey(text);
  if (typeof name === "string") return name;
  throw new CommandFailure(name.error, { code: "EXOS-E0001", exit: EXIT.notFound });
}

/** What the network's data says where nobody else does. */
function ofNetwork({ config: { network } }: CommandContext, name: ConfigName): string {
  const { http, rpc, p2p } = network.ports;
  const ports: Partial<Record<ConfigName, number>> = { httpport: http, rpcport: rpc, port: p2p };
  return String(ports[name] ?? "");
}

function shown(context: CommandContext, name: ConfigName): string {
  const key: ConfigKey = CONFIG_KEYS[name];
  const value = context.config.entries[name]?.value;
  if (key.secret === true && value !== undefined) return "(secret)";
  return Array.isArray(value) ? value.join(",") : String(value ?? ofNetwork(context, name));
}

function row(context: CommandContext, name: ConfigName) {
  const key: ConfigKey = CONFIG_KEYS[name];
  return {
    key: name,
    value: shown(context, name),
    source: context.config.entries[name]?.source ?? "network",
    default: key.fallback ?? ofNetwork(context, name),
    meaning: key.meaning,
  };
}

function list(context: CommandContext): ExitCode {
  const names = Object.keys(CONFIG_KEYS).map((name) => keyOf(name));
  const rows = names.map((name) => row(context, name));
  if (context.json) {
    context.terminal.out(JSON.stringify({ schema: "exos.config.v1", keys: rows }));
    return EXIT.done;
  }
  for (const { key, value, source, meaning } of rows) {
    context.terminal.out(`${`${key}=${value}`.padEnd(32)} ${source.padEnd(12)} ${meaning}`);
  }
  return EXIT.done;
}

function get(context: CommandContext, name: ConfigName): ExitCode {
  const { json, terminal } = context;
  const document = { schema: "exos.config-key.v1", ...row(context, name) };
  terminal.out(json ? JSON.stringify(document) : shown(context, name));
  return EXIT.done;
}

function path({ json, terminal, config: { file } }: CommandContext): ExitCode {
  terminal.out(json ? JSON.stringify({ schema: "exos.config-path.v1", path: file }) : file);
  return EXIT.done;
}

function explain(context: CommandContext, name: ConfigName): ExitCode {
  const { value, source, default: fallback, meaning } = row(context, name);
  if (context.json) return get(context, name);
  context.terminal.out(`${name}: ${meaning}`);
  context.terminal.out(`value    ${value === "" ? "(none)" : value}, from ${source}`);
  context.terminal.out(`default  ${fallback === "" ? "(none)" : fallback}`);
  context.terminal.out(
    `say it   --${name} …, EXOS_${name.toUpperCase()}=…, ${name}=… in exos.conf`,
  );
  return EXIT.done;
}

/** Replace the line of this key above the first section, or put one there. */
function withLine(text: string, name: ConfigName, value: string): string {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const section = lines.findIndex((line) => line.trim().startsWith("["));
  const end = section === -1 ? lines.length : section;
  const at = lines.findIndex(
    (line, index) => index < end && normalizeKey(line.split("=")[0]?.trim() ?? "") === name,
  );
  if (at === -1) lines.splice(end, 0, `${name}=${value}`);
  else lines[at] = `${name}=${value}`;
  return `${lines.join("\n")}\n`;
}

function set(context: CommandContext, name: ConfigName, value: string | undefined): ExitCode {
  if (value === undefined) throw usageFailure(`${name}: a value is missing`, USAGE);
  const parsed = parseValue(name, value);
  if (!parsed.ok) throw new CommandFailure(parsed.error, { code: "EXOS-E0002", exit: EXIT.usage });
  const { file } = context.config;
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, withLine(before, name, value), { mode: 0o600 });
  } catch (cause) {
    throw new CommandFailure(`${file} cannot be written`, { code: "EXOS-E1002", cause });
  }
  const key: ConfigKey = CONFIG_KEYS[name];
  const said = key.secret === true ? "(secret)" : value;
  if (context.json) {
    const document = { schema: "exos.config-set.v1", key: name, value: said, path: file };
    context.terminal.out(JSON.stringify(document));
    return EXIT.done;
  }
  context.terminal.err(`${name}=${said} written to ${file}; a running node takes it at its start`);
  return EXIT.done;
}

export const config: Command = {
  name: "config",
  audience: "inspect",
  usage: USAGE,
  takesWords: true,
  summary: "every configuration key with its value, source, default and meaning",
  examples: ["config", "config get network", "config explain dbcache", "config path"],
  async run(context) {
    const [verb = "list", key, value] = context.positionals;
    if (verb === "list") return list(context);
    if (verb === "explain") return explain(context, keyOf(key));
    if (verb === "set") return set(context, keyOf(key), value);
    if (verb === "path") return path(context);
    if (verb === "get") return get(context, keyOf(key));
    throw usageFailure(`config has no "${verb}"`, USAGE);
  },
};
