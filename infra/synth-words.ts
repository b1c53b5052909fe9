import { parseArgs } from "node:util";
import type { EnvironmentName } from "#regions/environment.ts";
import { environmentNamed } from "./environment-named.ts";

/** What a synthesis for reading is asked for. */
export interface SynthWords {
  readonly environment: EnvironmentName;
  readonly lint: boolean;
}

/** @throws for a word or an option that it does not know */
export function synthWords(words: readonly string[]): SynthWords {
  const { positionals, values } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { lint: { type: "boolean", default: false } },
  });
  const [name = "prod", ...more] = positionals;
  if (more.length > 0) throw new Error(`One environment at a time, and no "${more.join(" ")}".`);
  return { environment: environmentNamed(name), lint: values.lint };
}
