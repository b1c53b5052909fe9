import { readFile } from "node:fs/promises";
import { type FunctionName, functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { type Rehearsal, rehearsalFailure } from "#services/cli/cloud/rehearse/rehearsal.ts";

/** Lines of a log that say that a function was started, for those that are started alike. */
interface Calls {
  readonly what: string;
  readonly names: readonly FunctionName[];
  line(functionName: string): string;
}

const BY_MAPPING = ["check", "connect"] as const;
const BY_OTHERS = ["index-follow", "mempool-follow", "rpc"] as const;

/** By the emulator: it has a line for each batch of a mapping, and for each process of the others. */
const STARTED: readonly Calls[] = [
  { what: "batches", names: BY_MAPPING, line: (name) => `ESM: Lambda ${name} processed` },
  { what: "processes", names: BY_OTHERS, line: (name) => `worker spawned for ${name} ` },
];
/** By whoever drives them: each run has a line. */
const DRIVEN: readonly Calls[] = [
  { what: "runs", names: [...BY_MAPPING, ...BY_OTHERS], line: (name) => `drove ${name}:` },
];

/** Above it, hints were doubled on their way, or what failed came again. */
const CHECKS_PER_BLOCK_MAX = 1.5;

/** How often a text has this. */
function count(text: string, piece: string): number {
  return text.split(piece).length - 1;
}

/**
 * That each handler was started by whoever is to start it, by what stands in its own log.
 *
 * @throws CommandFailure `EXOS-E8186` that names the handlers that were not, or whose work came
 *   again and again
 */
export async function countCalls(rehearsal: Rehearsal): Promise<void> {
  const { city, node, print } = rehearsal;
  const { starter } = city;
  if (starter === undefined) return print("calls      the endpoint's log is not here");
  const log = await readFile(starter.log, "utf8");
  const groups = (city.state().driven ? DRIVEN : STARTED).map(({ what, names, line }) => ({
    what,
    rows: names.map((name) => ({ name, calls: count(log, line(functionName(LOCAL_CITY, name))) })),
  }));
  const all = groups.flatMap(({ rows }) => rows);
  const idle = all.filter(({ calls }) => calls === 0);
  if (idle.length > 0) {
    const names = idle.map(({ name }) => name).join(", ");
    throw rehearsalFailure(`${starter.log} has no call of ${names}`);
  }
  const blocks = node.made();
  const checks = all.find(({ name }) => name === "check")?.calls ?? 0;
  if (checks > CHECKS_PER_BLOCK_MAX * blocks) {
    throw rehearsalFailure(`check was started ${checks} times for ${blocks} blocks`);
  }
  const said = groups.map(
    ({ what, rows }) => `${what}: ${rows.map(({ name, calls }) => `${name} ${calls}`).join(", ")}`,
  );
  print(`calls      ${blocks} blocks; ${said.join("; ")}`);
}
