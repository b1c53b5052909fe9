import { readFile } from "node:fs/promises";
import { functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { type Rehearsal, rehearsalFailure } from "#services/cli/cloud/rehearse/rehearsal.ts";

/** Started by a mapping: the emulator's log has a line for each batch. */
const BY_MAPPING = ["check", "connect"] as const;
/** Started by the topic, or by a URL: the log has a line for each process. */
const BY_OTHERS = ["index-follow", "mempool-follow", "rpc"] as const;

/** Above it, hints were doubled on their way, or what failed came again. */
const CHECKS_PER_BLOCK_MAX = 1.5;

/** How often a text has this. */
function count(text: string, piece: string): number {
  return text.split(piece).length - 1;
}

/**
 * That the emulator started each handler itself, by what stands in its own log.
 *
 * @throws CommandFailure `EXOS-E8186` that names the handlers that it did not, or whose work came
 *   again and again
 */
export async function countCalls(rehearsal: Rehearsal): Promise<void> {
  const { emulator } = rehearsal.city.state;
  if (emulator === undefined) return rehearsal.print("calls      the endpoint's log is not here");
  const log = await readFile(emulator.log, "utf8");
  const batches = BY_MAPPING.map((name) => ({
    name,
    calls: count(log, `ESM: Lambda ${functionName(LOCAL_CITY, name)} processed`),
  }));
  const processes = BY_OTHERS.map((name) => ({
    name,
    calls: count(log, `worker spawned for ${functionName(LOCAL_CITY, name)} `),
  }));
  const idle = [...batches, ...processes].filter(({ calls }) => calls === 0);
  if (idle.length > 0) {
    const names = idle.map(({ name }) => name).join(", ");
    throw rehearsalFailure(`the endpoint's log has no call of ${names}`);
  }
  const blocks = rehearsal.node.made();
  const checks = batches.find(({ name }) => name === "check")?.calls ?? 0;
  if (checks > CHECKS_PER_BLOCK_MAX * blocks) {
    throw rehearsalFailure(`check was started ${checks} times for ${blocks} blocks`);
  }
  const said = (rows: typeof batches | typeof processes) =>
    rows.map(({ name, calls }) => `${name} ${calls}`).join(", ");
  rehearsal.print(
    `calls      ${blocks} blocks; batches: ${said(batches)}; processes: ${said(processes)}`,
  );
}
