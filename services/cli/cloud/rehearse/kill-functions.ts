import { randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { childrenOf } from "#services/cli/cloud/process-group.ts";
import { SET } from "#services/cli/cloud/rehearse/mining-node.ts";
import {
  askCity,
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

const KILLS = 20;
/** Some find nobody, where all were killed a moment ago. */
const ROUNDS_MAX = 5 * KILLS;
/** So long after blocks were announced, at most, a process is killed. */
const DELAY_MS_MAX = 400;
/** Blocks that are announced before each kill, at most. */
const BLOCKS_MAX = 8;
/** So that a hint that a killed run held comes again while a person waits. */
const HIDDEN_SECONDS = 12;

const QUEUES = ["ExosQueueBlocks", "ExosQueueConnect", "ExosQueueTransactions"] as const;

/**
 * Kill processes of functions at random moments while blocks come in. What a killed run held is
 * delivered again, and the city ends on the tip and with the unspent set of the node.
 */
export async function killFunctions(rehearsal: Rehearsal): Promise<void> {
  const { city, cloud, node, signal } = rehearsal;
  const { starter } = city;
  if (starter === undefined) return rehearsal.print("kill       no emulator of ours to kill in");
  for (const queue of QUEUES) await cloud.hideFor(city.outputs[queue] ?? "", HIDDEN_SECONDS);
  const killed = new Map<string, number>();
  let rounds = 0;
  for (let kills = 0; kills < KILLS; rounds++) {
    if (rounds > ROUNDS_MAX) throw rehearsalFailure("there is hardly a process to kill");
    await node.mine(1 + randomInt(BLOCKS_MAX));
    await wait(randomInt(DELAY_MS_MAX), undefined, { signal });
    const running = await childrenOf(starter.pid);
    const functions = running.filter(({ command }) => command.includes(`-${LOCAL_CITY.prefix}-`));
    const victim = functions[randomInt(Math.max(1, functions.length))];
    // All of them were killed, and none is started again yet.
    if (victim === undefined) continue;
    kills++;
    process.kill(victim.pid, "SIGKILL");
    const name = new RegExp(`${LOCAL_CITY.prefix}-([a-z]+(-[a-z]+)?)-`).exec(victim.command)?.[1];
    killed.set(name ?? "?", (killed.get(name ?? "?") ?? 0) + 1);
  }
  const what = `after ${KILLS} kills`;
  const msMax = CATCH_UP_MS_MAX;
  const elapsedMs = await expectAnswered(rehearsal, await node.tip(), { msMax, what });
  await compareSets(rehearsal);
  const names = [...killed].map(([name, count]) => `${name} ${count}`).join(", ");
  rehearsal.print(`kill       ${KILLS} (${names}); same tip after ${secondsOf(elapsedMs)}`);
}

/** Same tip, same unspent set. */
export async function compareSets(rehearsal: Rehearsal): Promise<void> {
  const { muhash } = SET.parse(await askCity(rehearsal, "gettxoutsetinfo", "muhash"));
  const wanted = await rehearsal.node.setHash();
  if (muhash !== wanted) throw rehearsalFailure(`set hash ${muhash}, the node has ${wanted}`);
}
