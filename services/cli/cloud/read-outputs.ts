import { readFile } from "node:fs/promises";
import * as z from "zod";
import { type CityStack, variableOf } from "#regions/city-outputs.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** The file that the CLI of the CDK writes: per stack its outputs. */
const OUTPUTS = z.record(z.string(), z.record(z.string(), z.string()));

/** What the stacks of a city print, by the output's name. */
export type CityOutputs = Readonly<Record<string, string>>;

/** What is read. */
export interface WantedOutputs {
  /** Of the names of the stacks. */
  readonly prefix: string;
  readonly wanted: readonly (readonly [CityStack, readonly string[]])[];
}

/**
 * The outputs of a city's stacks, all in one.
 *
 * @param wanted of each stack that was deployed, the outputs that it is to print
 * @throws CommandFailure `EXOS-E8183` that names each output that one of them lacks
 */
export async function readOutputs(
  file: string,
  { prefix, wanted }: WantedOutputs,
): Promise<CityOutputs> {
  const byStack = OUTPUTS.parse(JSON.parse(await readFile(file, "utf8")));
  const all: Record<string, string> = {};
  const missing: string[] = [];
  for (const [stack, names] of wanted) {
    const printed = byStack[`${prefix}-${stack}`] ?? {};
    Object.assign(all, printed);
    missing.push(
      ...names.filter((name) => printed[name] === undefined).map((name) => `${stack}.${name}`),
    );
  }
  if (missing.length === 0) return all;
  const message = `the stacks do not print ${missing.join(", ")}`;
  throw new CommandFailure(message, { code: "EXOS-E8183" });
}

/** Those of them that functions and tasks are given, as the variables of their environment. */
export function cityVariables(outputs: CityOutputs): Readonly<Record<string, string>> {
  const named = Object.entries(outputs).flatMap(([name, value]) => {
    const variable = variableOf(name);
    return variable === undefined ? [] : [[variable, value] as const];
  });
  return Object.fromEntries(named);
}
