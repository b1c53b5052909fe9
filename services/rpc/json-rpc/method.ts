import * as z from "zod";
import type { CallContext } from "#services/rpc/json-rpc/call-context.ts";
import { type NamedArguments, nameArguments } from "#services/rpc/json-rpc/name-arguments.ts";
import { RPC_CODES, type RpcError, refuse } from "#services/rpc/json-rpc/rpc-error.ts";
import { lazy } from "#shared/primitives/lazy.ts";
import type { Result } from "#shared/primitives/result.ts";

/**
 * Who may call: everybody, only with a login on one's own node, or that and on development networks
 * alone, or where the node has wallets. @source interfaces.md, "Reach"
 */
export type Reach = "public" | "local" | "development" | "wallet";

type Answer = Result<unknown, RpcError>;

interface Definition<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly reach: Reach;
  /** Whether a city answers it to everybody, although one's own node asks for a login. */
  readonly openInCity?: true;
  /** Units of the public allowance; 1 unless given. @source interfaces.md 1.3 */
  readonly cost?: 2 | 5 | 10 | 20;
  /** What it answers, in one or two sentences. */
  readonly description: string;
  /**
   * In positional order; the keys are Bitcoin Core's names. Made when somebody asks: a start makes
   * ninety methods and asks few of them.
   */
  readonly parameters: () => Shape;
  /** Other names of a parameter, each pointing at its key. */
  readonly aliases?: Readonly<Record<string, keyof Shape & string>>;
  readonly run: (
    parameters: z.output<z.ZodObject<Shape>>,
    context: CallContext,
  ) => Answer | Promise<Answer>;
}

/** One JSON-RPC method: what `help` prints of it, and what it does. */
export interface Method {
  readonly name: string;
  readonly reach: Reach;
  /** Whether a city answers it. */
  readonly inCity: boolean;
  /** Units of the public allowance. */
  readonly cost: number;
  readonly description: string;
  /** The name and its parameters, optional ones in parentheses. */
  usage(): string;
  /** @param parameters as they came: an array, an object, or nothing */
  call(parameters: unknown, context: CallContext): Promise<Answer>;
}

export function defineMethod<Shape extends z.ZodRawShape>(definition: Definition<Shape>): Method {
  const { name, reach, description, run } = definition;
  const parameters = lazy(definition.parameters);
  const names = lazy(() => Object.keys(parameters()));
  const required = lazy(() => names().filter((key) => !isOptional(parameters()[key])));
  const usage = lazy(() => usageLine(name, names(), required()));
  const schema = lazy(() => z.object(parameters()));

  async function call(raw: unknown, context: CallContext): Promise<Answer> {
    const aliases = definition.aliases ?? {};
    const named = nameArguments(raw, { names: names(), aliases, usage });
    if (!named.ok) return named;
    const missing = required().some((key) => named.value[key] === undefined);
    if (missing) return refuse(RPC_CODES.misc, `Missing parameter. Usage: ${usage()}`);
    const parsed = schema().safeParse(named.value);
    if (!parsed.success) return refuseArguments(parsed.error, named.value);
    return await run(parsed.data, context);
  }
  const inCity = reach === "public" || definition.openInCity === true;
  return { name, reach, inCity, cost: definition.cost ?? 1, description, usage, call };
}

function isOptional(type: unknown): boolean {
  return type instanceof z.ZodType && type.safeParse(undefined).success;
}

function usageLine(name: string, names: readonly string[], required: readonly string[]): string {
  const optional = names.filter((key) => !required.includes(key));
  const tail = optional.length === 0 ? [] : [`( ${optional.join(" ")} )`];
  return [name, ...required, ...tail].join(" ");
}

/** A wrong JSON type is -3, a value out of its range or form -8. */
function refuseArguments(error: z.ZodError, named: NamedArguments): Answer {
  const [issue] = error.issues;
  const key = String(issue?.path[0] ?? "");
  const wrongType = issue?.code === "invalid_type" || issue?.code === "invalid_union";
  const what = wrongType
    ? `JSON value of type ${typeName(named[key])} is not of the expected type`
    : (issue?.message ?? "bad value");
  return refuse(wrongType ? RPC_CODES.type : RPC_CODES.parameter, `${key}: ${what}`);
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (JSON.isRawJSON(value)) return "number";
  return typeof value === "boolean" ? "bool" : typeof value;
}
