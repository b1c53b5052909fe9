import type { Command, OptionSpec } from "#services/cli/command.ts";
import { CONFIG_KEYS, NETWORK_FLAGS } from "#services/cli/config/config-keys.ts";
import { nearest } from "#services/cli/config/nearest.ts";
import { findKey, normalizeKey } from "#services/cli/config/resolve-config.ts";

/** Options of every command. @source interfaces.md 4 */
export const GLOBAL_OPTIONS = {
  json: { kind: "boolean", meaning: "one JSON document on stdout, NDJSON on stderr" },
  quiet: { kind: "boolean", meaning: "no progress and no notes" },
  help: { kind: "boolean", meaning: "what the command does and takes" },
  version: { kind: "boolean", meaning: "print the version" },
} as const satisfies Record<string, OptionSpec>;

export interface CommandLine {
  readonly command: Command | undefined;
  /** The first word, where it is no command. */
  readonly unknown: string | undefined;
  readonly positionals: readonly string[];
  readonly globals: Readonly<Partial<Record<keyof typeof GLOBAL_OPTIONS, boolean>>>;
  readonly options: Readonly<Record<string, string>>;
  /** Configuration keys, for `resolveConfig` to judge. */
  readonly flags: readonly (readonly [key: string, value: string])[];
  readonly errors: readonly string[];
}

/** What a flag of this spelling is, or the sentence that says it is nothing. */
function kindOf(
  key: string,
  own: Readonly<Record<string, OptionSpec>>,
): { readonly owner: "global" | "command" | "config"; readonly spec: OptionSpec } | string {
  const globals: Readonly<Record<string, OptionSpec>> = GLOBAL_OPTIONS;
  const name = key.toLowerCase();
  if (own[name] !== undefined) return { owner: "command", spec: own[name] };
  if (globals[name] !== undefined) return { owner: "global", spec: globals[name] };
  if (NETWORK_FLAGS[normalizeKey(key)] !== undefined) {
    return { owner: "config", spec: { kind: "boolean", meaning: "" } };
  }
  const found = findKey(key);
  if (typeof found === "string") {
    const { kind, meaning } = CONFIG_KEYS[found];
    return { owner: "config", spec: { kind: kind === "integer" ? kind : "text", meaning } };
  }
  const all = [...Object.keys(own), ...Object.keys(globals), ...Object.keys(CONFIG_KEYS)];
  const close = nearest(name, all);
  return `unknown option --${key}${close === undefined ? "" : `; did you mean --${close}?`}`;
}

/** Split a command line into the command, its arguments, and options by their owner. */
class Parser {
  command: Command | undefined;
  unknown: string | undefined;
  readonly positionals: string[] = [];
  readonly globals: Record<string, boolean> = {};
  readonly options: Record<string, string> = {};
  readonly flags: (readonly [string, string])[] = [];
  readonly errors: string[] = [];
  readonly #commands: readonly Command[];
  readonly #rest: string[];

  constructor(argv: readonly string[], commands: readonly Command[], fallback: Command) {
    this.#commands = commands;
    this.#rest = [...argv];
    const named = argv.find((word) => !word.startsWith("-"));
    const command = commands.find(({ name }) => name === named);
    if (named === undefined) this.command = fallback;
    else if (command !== undefined) this.command = command;
  }

  parse(): void {
    let named = false;
    while (this.#rest.length > 0) {
      const word = this.#rest.shift() ?? "";
      const flag = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word);
      if (flag?.[1] !== undefined && !this.#isArgument(word, flag[1])) {
        this.#takeFlag(flag[1], flag[2]);
      } else if (named) this.positionals.push(word);
      else {
        named = true;
        this.command = this.#commands.find(({ name }) => name === word);
        if (this.command === undefined) this.unknown = word;
      }
    }
  }

  /** Behind the first word of a verbatim command only options that exist are options. */
  #isArgument(word: string, key: string): boolean {
    if (this.command?.verbatim !== true || this.positionals.length === 0) return false;
    return !word.startsWith("--") || typeof kindOf(key, this.command.options ?? {}) === "string";
  }

  #takeFlag(key: string, inline: string | undefined): void {
    const kind = kindOf(key, this.command?.options ?? {});
    if (typeof kind === "string") {
      this.errors.push(kind);
      return;
    }
    const { owner, spec } = kind;
    const value = inline ?? (spec.kind === "boolean" ? "1" : this.#rest.shift());
    if (value === undefined) {
      this.errors.push(`--${key} needs a value: ${spec.meaning}`);
      return;
    }
    if (owner === "command") {
      if (spec.kind === "integer" && !/^\d{1,15}$/.test(value)) {
        this.errors.push(`--${key}: "${value}" is no whole number`);
      }
      this.options[key.toLowerCase()] = value;
    } else if (owner === "global") this.globals[key.toLowerCase()] = value !== "0";
    else this.flags.push([key, value]);
  }
}

/** @param fallback the command that stands for no command */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  fallback: Command,
): CommandLine {
  const parser = new Parser(argv, commands, fallback);
  parser.parse();
  const { command, unknown, positionals, globals, options, flags, errors } = parser;
  return { command, unknown, positionals, globals, options, flags, errors };
}
