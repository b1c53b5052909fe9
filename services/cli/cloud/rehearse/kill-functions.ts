import { randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type FunctionName, functionName } from "#regions/city-names.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { childrenOf, sendSignal } from "#services/cli/cloud/process-group.ts";
import {
  type CutRun,
  cameAgain,
  deliveredAgain,
  driverCuts,
  emulatorCuts,
} from "#services/cli/cloud/rehearse/cut-runs.ts";
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
const ROUNDS_MAX = 10 * CUTS;
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
/** So that a hint that a killed run held comes again while a person waits. @source cloud.md 14.4 */
const HIDDEN_SECONDS = 12;

/** Functions that blocks start through a queue, which brings again what a killed run held. */
const VICTIMS = [
  { name: "check", queue: "ExosQueueBlocks", isAlone: false },
  { name: "connect", queue: "ExosQueueConnect", isAlone: true },
] as const;
type Victim = (typeof VICTIMS)[number];
const BESIDE = ["index-follow", "mempool-follow", "rpc"] as const;

interface Killing {
  readonly rehearsal: Rehearsal;
  /** The process that starts functions. */
  readonly starter: number;
  /** Runs that were cut so far. */
  readonly cuts: CutRun[];
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

/** What is held of a queue, but for what runs held that were cut: that waits for its time. */
async function heldNow({ rehearsal: { city }, cuts }: Killing, { queue }: Victim) {
  const held = await heldMessages(city.endpoint, city.outputs[queue] ?? "");
  const left = cuts.flatMap((cut) => cut.held);
  return held.filter((one) => !left.some((other) => isSame(one, other)));
}

function isSame(one: HeldMessage, other: HeldMessage): boolean {
  return one.id === other.id && one.attempt === other.attempt;
}

/**
 * The processes, once none of them has anything to do. MiniStack ends all of a function where one of
 * them is lost before it has loaded its code; so only those are killed that have.
 */
async function restingProcesses(killing: Killing): Promise<readonly Running[]> {
  const { city, signal } = killing.rehearsal;
  const since = performance.now();
  while (performance.now() - since < CATCH_UP_MS_MAX) {
    const running = await allRunning(killing);
    if (city.state().driven) return running;
    const held = await Promise.all(VICTIMS.map((victim) => heldNow(killing, victim)));
    if (held.flat().length === 0) return running;
    await wait(PAUSE_MS_MAX, undefined, { signal });
  }
  throw rehearsalFailure("functions run on and on");
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
 * @returns `undefined` where it had none
 */
async function cutByEmulator(
  killing: Killing,
  { pid }: Running,
  victim: Victim,
): Promise<CutRun | undefined> {
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
    return still.some((one) => held.some((other) => isSame(one, other))) ? undefined : false;
  });
  if (isCut !== true) return undefined;
  // It may have been given another batch than those seen before; what was lost is held still.
  const lost = await heldNow(killing, victim);
  return lost.length === 0 ? undefined : { name: victim.name, held: lost, isAlone: victim.isAlone };
}

/** The same where the driver says what it held. */
async function cutByDriver(
  killing: Killing,
  { pid }: Running,
  victim: Victim,
): Promise<CutRun | undefined> {
  const name = functionName(LOCAL_CITY, victim.name);
  const before = driverCuts(await logOf(killing), name).length;
  sendSignal(pid, "SIGKILL");
  const held = await told(async () => driverCuts(await logOf(killing), name)[before]);
  return held && { name: victim.name, held, isAlone: true };
}

/** Announce blocks, and cut a run that they start: of the function that was cut least often, if any. */
async function cutOne(killing: Killing): Promise<void> {
  const { rehearsal, cuts } = killing;
  const { city, node, signal } = rehearsal;
  const cut = city.state().driven ? cutByDriver : cutByEmulator;
  const cutsOf = ({ name }: Victim) => cuts.filter((one) => one.name === name).length;
  const resting = await restingProcesses(killing);
  await node.mine(1 + randomInt(BLOCKS_MAX));
  for (let look = 0; look < LOOKS; look++) {
    await wait(randomInt(PAUSE_MS_MAX), undefined, { signal });
    const [least, other] = VICTIMS.toSorted((a, b) => cutsOf(a) - cutsOf(b));
    const victim = look % 2 === 0 ? least : other;
    const found = anyOf(resting.filter(({ name }) => name === victim?.name));
    const run = found && victim && (await cut(killing, found, victim));
    if (run === undefined) continue;
    cuts.push(run);
    return;
  }
}

/** @returns how many processes were killed of whom nobody calls again */
async function killBeside(killing: Killing): Promise<number> {
  const { node, signal } = killing.rehearsal;
  let killed = 0;
  for (let round = 0; round < OTHERS; round++) {
    const resting = await restingProcesses(killing);
    await node.mine(1);
    await wait(randomInt(LOOKS * PAUSE_MS_MAX), undefined, { signal });
    const found = anyOf(resting.filter(({ name }) => BESIDE.some((one) => one === name)));
    if (found === undefined) continue;
    sendSignal(found.pid, "SIGKILL");
    killed++;
  }
  return killed;
}

/** What each run held when it was cut is delivered again. @returns how many messages that were */
async function expectAgain(killing: Killing): Promise<number> {
  const { rehearsal, cuts } = killing;
  const since = performance.now();
  for (;;) {
    const again = deliveredAgain(await logOf(killing));
    const lost = cuts.filter((run) => !cameAgain(run, again));
    if (lost.length === 0) {
      const held = new Set(cuts.flatMap((run) => run.held.map(({ id }) => id)));
      return [...held].filter((id) => again.has(id)).length;
    }
    if (performance.now() - since > CATCH_UP_MS_MAX) {
      const names = lost.map(({ name, held }) => `${name} ${held.map(({ id }) => id).join(" ")}`);
      throw rehearsalFailure(`not delivered again after a run was cut: ${names.join("; ")}`);
    }
    await wait(TOLD_MS_MAX, undefined, { signal: rehearsal.signal });
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
  const killing: Killing = { rehearsal, starter: city.starter.pid, cuts: [] };
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
  const counts = VICTIMS.map(
    ({ name }) => `${name} ${cuts.filter((run) => run.name === name).length}`,
  ).join(", ");
  const each = `${CUTS} runs cut (${counts}) in ${rounds} rounds`;
  print(`kill       ${each}, ${again} messages of theirs delivered again;`);
  print(`           ${beside} other processes; same tip after ${secondsOf(elapsedMs)}`);
}

/** Same tip, same unspent set. */
export async function compareSets(rehearsal: Rehearsal): Promise<void> {
  const { muhash } = SET.parse(await askCity(rehearsal, "gettxoutsetinfo", "muhash"));
  const wanted = await rehearsal.node.setHash();
  if (muhash !== wanted) throw rehearsalFailure(`set hash ${muhash}, the node has ${wanted}`);
}
