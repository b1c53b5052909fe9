import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import type { Result } from "#shared/primitives/result.ts";

export type NamedArguments = Readonly<Record<string, unknown>>;

interface Names {
  /** In positional order. */
  readonly names: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
  usage(): string;
}

/** Arguments by name, whether they came by place or by name; `null` is left out. */
export function nameArguments(raw: unknown, known: Names): Result<NamedArguments, RpcError> {
  if (raw === undefined || raw === null) return { ok: true, value: {} };
  if (Array.isArray(raw)) return byPlace(raw, known);
  if (typeof raw === "object" && !JSON.isRawJSON(raw)) return byName(raw, known);
  return refuse(RPC_CODES.invalidRequest, "Params must be an array or object");
}

function byPlace(raw: readonly unknown[], known: Names): Result<NamedArguments, RpcError> {
  if (raw.length > known.names.length) {
    return refuse(RPC_CODES.misc, `Too many parameters. Usage: ${known.usage()}`);
  }
  const pairs = raw.map((value, place) => [known.names[place] ?? "", value] as const);
  return { ok: true, value: Object.fromEntries(pairs.filter(([, value]) => value !== null)) };
}

function byName(raw: object, known: Names): Result<NamedArguments, RpcError> {
  const named = new Map<string, unknown>();
  for (const [given, value] of Object.entries(raw)) {
    const name = Object.hasOwn(known.aliases, given) ? known.aliases[given] : given;
    if (name === undefined || !known.names.includes(name)) {
      return refuse(RPC_CODES.parameter, `Unknown named parameter ${printable(given)}`);
    }
    if (value === null) continue;
    if (named.has(name)) {
      return refuse(RPC_CODES.parameter, `Parameter ${name} specified twice`);
    }
    named.set(name, value);
  }
  return { ok: true, value: Object.fromEntries(named) };
}

/** A caller's text, short enough for an answer. */
function printable(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
