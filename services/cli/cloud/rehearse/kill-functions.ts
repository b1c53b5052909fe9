import { randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type FunctionName, functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { childrenOf, sendSignal } from "#services/cli/cloud/process-group.ts";
import { deliveredAgain, driverCuts, emulatorCuts } from "#services/cli/cloud/rehearse/cut-runs.ts";
import { type HeldMessage, heldMessages } from "#services/cli/cloud/rehearse/held-messages.ts";
import { SET } from "#services/cli/cloud/rehearse/mining-node.ts";
import {
  askCity,
  CATCH_UP_MS_MAX,
  expectAnswered,
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";

/** Runs that are cut in their middle. */
const CUTS = 20;
/** Times that blocks are announced; some start no run that is met. */
const ROUNDS_MAX = 30 * CUTS;
/** Kills of others: a topic and a caller bring nothing again. */
const OTHERS = 5;
/** Blocks that are announced at once, at most, and how often a run of theirs is then looked for. */
const BLOCKS_MAX = 4;
const LOOKS = 12;
/** Between two looks, at most. */
const PAUSE_MS_MAX = 40;
/** A log names a process that was lost at once; a kill of which it says nothing by then does not count. */
const TOLD_MS_MAX = 1_000;
const TOLD_LOOK_MS = 20;
/** A process that has stood so long has loaded its code. */
const LOADED_MS = 3_000;
/** So that a hint that a killed run held comes again while a person waits. @source cloud.md 14.4 */
const HIDDEN_SECONDS = 12;

/** Functions that blocks start through a queue, which brings again what a killed run held. */
const VICTIMS = [
  { name: "check", queue: "ExosQueueBlocks" },
  { name: "connect", queue: "ExosQueueConnect" },
] as const;
type Victim = (typeof VICTIMS)[number];
const BESIDE = ["index-follow", "mempool-follow", "rpc"] as const;

/** A run that was cut. */
interface Cut {
  readonly name: Victim["name"];
  /** What was held of its queue, of which it held at least one; by the driver's word, all of it. */
  readonly held: readonly HeldMessage[];
}

interface Killing {
  readonly rehearsal: Rehearsal;
  /** The process that starts functions. */
  readonly starter: number;
  /** Runs that were cut so far. */
  readonly cuts: Cut[];
  /** What was held whenever one was cut: some of it comes again only when its time is over. */
  readonly left: HeldMessage[];
  /** When each process was seen first. */
  readonly seen: Map<number, number>;
}

/** A process that runs a function. */
interface Running {
  readonly pid: number;
  readonly name: FunctionName;
}

async function allRunning({ starter }: Killing): Promise<readonly Running[]> {
  const names = [...VICTIMS.map(({ name }) => name), ...BESIDE];
  return (await childrenOf(starter)).flatMap(({ pid, command }) => {
    const name = names.find((one) => command.includes(`${functionName(LOCAL_CITY, one)}-`));
    return name === undefined ? [] : [{ pid, name }];
  });
}

function anyOf<One>(all: readonly One[]): One | undefined {
  return all[randomInt(Math.max(1, all.length))];
}

const logOf = async ({ rehearsal: { city } }: Killing) => (await city.starterLog()) ?? "";

/** What is held of a queue, but for what was held when a run was cut. */
async function heldNow({ rehearsal: { city }, left }: Killing, { queue }: Victim) {
  const held = await heldMessages(city.endpoint, city.outputs[queue] ?? "");
  return held.filter((one) => !isAmong(one, left));
}

function isAmong({ id, attempt }: HeldMessage, others: readonly HeldMessage[]): boolean {
  return others.some((other) => other.id === id && other.attempt === attempt);
}

/**
 * The processes that have loaded their code: MiniStack ends all of a function where one of them is lost
 * before that.
 */
async function loadedProcesses(killing: Killing): Promise<readonly Running[]> {
  const { seen, rehearsal } = killing;
  const since = performance.now();
  while (performance.now() - since < CATCH_UP_MS_MAX) {
    const running = await allRunning(killing);
    const now = performance.now();
    for (const { pid } of running) if (!seen.has(pid)) seen.set(pid, now);
    const loaded = running.filter(({ pid }) => now - (seen.get(pid) ?? now) > LOADED_MS);
    if (loaded.length > 0) return loaded;
    await wait(TOLD_LOOK_MS, undefined, { signal: rehearsal.signal });
  }
  throw rehearsalFailure("no process of a function is left");
}

/** Look until it is known. @returns `undefined` when it was not in time */
async function told<Told>(look: () => Promise<Told | undefined>): Promise<Told | undefined> {
  const since = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined || performance.now() - since > TOLD_MS_MAX) return found;
    await wait(TOLD_LOOK_MS);
  }
}

/**
 * Kill a process while runs of its function hold messages; it stands still while that is looked at.
 *
 * @returns what was held of its queue, if a run was lost with it
 */
async function cutByEmulator(
  killing: Killing,
  { pid }: Running,
  victim: Victim,
): Promise<Cut["held"] | undefined> {
  const name = functionName(LOCAL_CITY, victim.name);
  sendSignal(pid, "SIGSTOP");
  let held: readonly HeldMessage[] = [];
  try {
    held = await heldNow(killing, victim);
  } finally {
    if (held.length === 0) sendSignal(pid, "SIGCONT");
  }
  if (held.length === 0) return undefined;
  const before = emulatorCuts(await logOf(killing), name);
  sendSignal(pid, "SIGKILL");
  const isCut = await told(async () => {
    if (emulatorCuts(await logOf(killing), name) > before) return true;
    const still = await heldNow(killing, victim);
    // What others held they have handled, and this one had nothing to do.
    return still.some((one) => isAmong(one, held)) ? undefined : false;
  });
  const still = await heldNow(killing, victim);
  killing.left.push(...still);
  // It may have been given more while it stood still.
  return isCut === true ? [...held, ...still.filter((one) => !isAmong(one, held))] : undefined;
}

/** The same where the driver says what was lost. */
async function cutByDriver(
  killing: Killing,
  { pid }: Running,
  victim: Victim,
): Promise<Cut["held"] | undefined> {
  const name = functionName(LOCAL_CITY, victim.name);
  const before = driverCuts(await logOf(killing), name).length;
  sendSignal(pid, "SIGKILL");
  return told(async () => driverCuts(await logOf(killing), name)[before]);
}

function cutsOf({ cuts }: Killing, name: Victim["name"]): number {
  return cuts.filter((cut) => cut.name === name).length;
}

/** Announce blocks, and cut a run that they start: of the function that was cut least often, if any. */
async function cutOne(killing: Killing): Promise<void> {
  const { rehearsal, cuts } = killing;
  const { city, node, signal } = rehearsal;
  const { driven } = city.state();
  const cut = driven ? cutByDriver : cutByEmulator;
  const loaded = driven ? [] : await loadedProcesses(killing);
  // The driver names what came again: who had it meanwhile is let alone, or it would die again and again.
  const { left } = driven ? await lookAgain(killing) : { left: [] };
  const victims = VICTIMS.filter(({ name }) => !left.some((one) => one.name === name));
  if (victims.length === 0) return void (await wait(TOLD_MS_MAX, undefined, { signal }));
  await node.mine(1 + randomInt(BLOCKS_MAX));
  for (let look = 0; look < LOOKS; look++) {
    await wait(randomInt(PAUSE_MS_MAX), undefined, { signal });
    const [least, other = least] = victims.toSorted(
      (a, b) => cutsOf(killing, a.name) - cutsOf(killing, b.name),
    );
    // The driver starts a process for each hint that finds none, and loses what that holds from then on:
    // `check`, which comes first, would be met every time.
    const victim = driven || look % 2 === 0 ? least : other;
    const running = driven ? await allRunning(killing) : loaded;
    const found = anyOf(running.filter(({ name }) => name === victim?.name));
    if (found === undefined || victim === undefined) continue;
    const held = await cut(killing, found, victim);
    if (held === undefined) continue;
    cuts.push({ name: victim.name, held });
    return;
  }
}

/** @returns how many processes were killed of whom nobody calls again */
async function killBeside(killing: Killing): Promise<number> {
  const { node, signal } = killing.rehearsal;
  let killed = 0;
  for (let round = 0; round < OTHERS; round++) {
    const loaded = await loadedProcesses(killing);
    await node.mine(1);
    await wait(randomInt(LOOKS * PAUSE_MS_MAX), undefined, { signal });
    const found = anyOf(loaded.filter(({ name }) => BESIDE.some((one) => one === name)));
    if (found === undefined) continue;
    sendSignal(found.pid, "SIGKILL");
    killed++;
  }
  return killed;
}

/**
 * What came again. An emulator does not say which of the messages that were held a run held that was
 * cut: of those at least one has to; of what the driver names, each.
 */
async function lookAgain(killing: Killing): Promise<{
  /** Runs of which something has not come again yet. */
  readonly left: readonly Cut[];
  /** How many messages did, each time counted. */
  readonly count: number;
}> {
  const { cuts, rehearsal } = killing;
  const { driven } = rehearsal.city.state();
  const again = deliveredAgain(await logOf(killing));
  const isWhole = ({ name, held }: Cut): boolean => {
    const came = ({ id, attempt }: HeldMessage) =>
      again.get(name)?.some((one) => one.id === id && one.attempt > attempt) === true;
    return driven ? held.every(came) : held.some(came);
  };
  const left = cuts.filter((cut) => !isWhole(cut));
  return {
    left,
    count: VICTIMS.reduce((sum, { name }) => sum + (again.get(name)?.length ?? 0), 0),
  };
}

/** What each run held that was cut is delivered again. @returns how many messages were */
async function expectAgain(killing: Killing): Promise<number> {
  const since = performance.now();
  for (;;) {
    const { left, count } = await lookAgain(killing);
    if (left.length === 0) return count;
    if (performance.now() - since > CATCH_UP_MS_MAX) {
      const held = left.map((cut) => `${cut.name} ${cut.held.map(({ id }) => id).join(" or ")}`);
      throw rehearsalFailure(`not delivered again after runs were cut: ${held.join(", ")}`);
    }
    await wait(TOLD_MS_MAX, undefined, { signal: killing.rehearsal.signal });
  }
}

/**
 * Kill processes of functions in the middle of runs, at random, while blocks come in. What a run held
 * that was cut is delivered again, and the city ends on the tip and with the unspent set of the node.
 * A kill that cut no run does not count.
 */
export async function killFunctions(rehearsal: Rehearsal): Promise<void> {
  const { city, cloud, node, print } = rehearsal;
  if (city.starter === undefined) return print("kill       no emulator of ours to kill in");
  const starter = city.starter.pid;
  const killing: Killing = { rehearsal, starter, cuts: [], left: [], seen: new Map() };
  const { cuts } = killing;
  for (const { queue } of VICTIMS) await cloud.hideFor(city.outputs[queue] ?? "", HIDDEN_SECONDS);
  let rounds = 0;
  for (; cuts.length < CUTS; rounds++) {
    if (rounds >= ROUNDS_MAX) {
      throw rehearsalFailure(`${cuts.length} runs cut in ${rounds} rounds, not ${CUTS}`);
    }
    await cutOne(killing);
  }
  const beside = await killBeside(killing);
  const what = `after ${CUTS} runs were cut`;
  const msMax = CATCH_UP_MS_MAX;
  const elapsedMs = await expectAnswered(rehearsal, await node.tip(), { msMax, what });
  const again = await expectAgain(killing);
  await compareSets(rehearsal);
  const counts = VICTIMS.map(({ name }) => `${name} ${cutsOf(killing, name)}`).join(", ");
  const each = `${CUTS} runs cut (${counts}) in ${rounds} rounds`;
  print(`kill       ${each}, ${again} messages delivered again;`);
  print(`           ${beside} other processes; same tip after ${secondsOf(elapsedMs)}`);
}

/** Same tip, same unspent set. */
export async function compareSets(rehearsal: Rehearsal): Promise<void> {
  const { muhash } = SET.parse(await askCity(rehearsal, "gettxoutsetinfo", "muhash"));
  const wanted = await rehearsal.node.setHash();
  if (muhash !== wanted) throw rehearsalFailure(`set hash ${muhash}, the node has ${wanted}`);
}
