import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { askRpc } from "#services/cli/cloud/ask-city.ts";
import type { CloudControl } from "#services/cli/cloud/cloud-control.ts";
import type { CloudFolder } from "#services/cli/cloud/cloud-state.ts";
import type { RaisedCity } from "#services/cli/cloud/raise-city.ts";
import type { MiningNode } from "#services/cli/cloud/rehearse/mining-node.ts";
import type { Environment } from "#services/cli/command.ts";
import { CommandFailure } from "#services/cli/failure.ts";

/** A deployed city, a node that makes the blocks it is to follow, and what a step says. */
export interface Rehearsal {
  readonly city: RaisedCity;
  readonly node: MiningNode;
  readonly cloud: CloudControl;
  readonly signal: AbortSignal;
  /** The environment of a program that works on the endpoint. */
  readonly program: Environment;
  /** What such a city goes without, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** What the city is made of on this machine, and what it leaves there. */
  readonly folder: CloudFolder;
  /** The variables of whoever rehearses, with keys of his own among them that nobody is to see. */
  readonly environment: Environment;
  /** By name, values that are to stand nowhere but where secrets are kept. */
  readonly secrets: Map<string, string>;
  /** One line per step, with what was measured. */
  print(line: string): void;
  /** A line that a program said. */
  hear(line: string): void;
  /** All that was printed and heard so far. */
  printed(): readonly string[];
}

/** From a block's announcement to its answer. */
export const ANSWER_MS_MAX = 5_000;
/** What is late, but not lost: a hint that a killed run held comes again after its visibility. */
export const CATCH_UP_MS_MAX = 180_000;
const LOOK_MS = 50;
/** LocalStack does one thing at a time, and each look is a call of a function there. */
const LOOK_LOCALSTACK_MS = 250;

const BLOCK = z.object({ hash: z.string(), confirmations: z.int(), height: z.int() });

/** The city did not do what it must. */
export function rehearsalFailure(message: string): CommandFailure {
  return new CommandFailure(message, { code: "EXOS-E8186" });
}

/** One call to the function that answers for the city, over its URL. */
export function askCity(
  { city }: Pick<Rehearsal, "city">,
  method: string,
  ...params: readonly unknown[]
): Promise<unknown> {
  return askRpc(city.rpcUrl, { method, params });
}

/** @returns how deep the block lies in the city's chain, 1 for its tip; -1: on a branch; 0: unknown */
export async function depthOf(rehearsal: Pick<Rehearsal, "city">, hash: string): Promise<number> {
  try {
    return BLOCK.parse(await askCity(rehearsal, "getblock", hash)).confirmations;
  } catch (cause) {
    // A city that has no first tip yet, or not this block: the answer is an error of JSON-RPC.
    if (cause instanceof RangeError) return 0;
    throw cause;
  }
}

/**
 * Ask until the city has the block in its chain.
 *
 * @returns milliseconds that it took; `undefined` when it took longer
 */
async function untilAnswered(
  rehearsal: Pick<Rehearsal, "city" | "signal">,
  hash: string,
  msMax: number,
): Promise<number | undefined> {
  const lookMs = rehearsal.city.endpoint.kind === "localstack" ? LOOK_LOCALSTACK_MS : LOOK_MS;
  const started = performance.now();
  const elapsedMs = () => performance.now() - started;
  while (elapsedMs() < msMax) {
    rehearsal.signal.throwIfAborted();
    // A look may itself take longer than there was time.
    if ((await depthOf(rehearsal, hash)) > 0) return elapsedMs() <= msMax ? elapsedMs() : undefined;
    await wait(lookMs, undefined, { signal: rehearsal.signal });
  }
  return undefined;
}

/** @throws CommandFailure `EXOS-E8186` when the block is not answered in time */
export async function expectAnswered(
  rehearsal: Rehearsal,
  hash: string,
  { msMax, what }: { readonly msMax: number; readonly what: string },
): Promise<number> {
  const elapsedMs = await untilAnswered(rehearsal, hash, msMax);
  if (elapsedMs !== undefined) return elapsedMs;
  throw rehearsalFailure(`${what}: getblock ${hash} is not answered after ${secondsOf(msMax)}`);
}

/** `1.2 s`. */
export function secondsOf(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
