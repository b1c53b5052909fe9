import { judgeFleet } from "#shared/fleet/judge-fleet.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CityHealth, CityLook, Deployments, DeployRecord } from "./deploy-ports.ts";
import {
  afterWave,
  baking,
  type DeployState,
  isHeldFrom,
  isUnderWay,
  rollingBack,
  waveOf,
} from "./deploy-state.ts";

/** How long nobody else may go on after the last sign of life. */
const HOLD_SECONDS = 300;
/**
 * After what a city that changes is looked at for the first time, and a wave that bakes; each further
 * look comes so much later than the one before it. What takes seconds is seen at once, and what takes
 * an hour is not asked for all the time.
 */
const LOOK_STEP_MS = 1_000;
/** The longest time between two looks. */
const LOOK_MS_MAX = 15_000;
/** Times a city is brought to a version before its wave is given up. */
const TRIES_MAX = 2;
/** The same on the way back, where giving up leaves a city between two versions. */
const BACK_TRIES_MAX = 3;

/** What the engine runs on. */
export interface WaveDeps {
  readonly record: DeployRecord;
  readonly deployments: Deployments;
  readonly health: CityHealth;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** One line for whoever watches. */
  say(line: string): void;
}

/** What is to be deployed where. */
export interface DeployOrder {
  readonly operator: string;
  readonly version: string;
  readonly waves: readonly (readonly string[])[];
  /** Seconds for which a wave is watched before the next one. */
  readonly bakeSeconds: number;
  /** Give up another version that was killed half way, instead of being refused. */
  readonly abandon?: boolean;
}

/** How a deployment ended. */
export type DeployOutcome =
  | { readonly state: "done"; readonly deployed: DeployState }
  /** A wave was rolled back; `stuck` names cities that need a hand. */
  | {
      readonly state: "failed";
      readonly wave: readonly string[];
      readonly reason: string;
      readonly stuck: readonly string[];
    }
  /** Somebody else deploys, or deployed something else and was killed; nothing was changed. */
  | { readonly state: "refused"; readonly by: DeployState }
  /** Somebody else took over while this one stood still; he goes on. */
  | { readonly state: "taken" };

/** The record's state as this operator wrote it last. */
interface Held {
  readonly state: DeployState;
  readonly tag: string;
  /** How often it was waited since something was done. */
  readonly waits?: number;
}

class TakenOver extends Error {
  override readonly name = "TakenOver";
}

/**
 * Deploy wave after wave: every city of a wave, then a time in which the wave is watched; a wave
 * that fails is rolled back, and later ones are left untouched. Each step is written down before it
 * is taken, so that whoever is killed anywhere is followed by the same command, which goes on.
 *
 * @throws StoreFault when the world failed; the same command goes on later
 * @source cloud.md 11
 */
export async function runWaves(order: DeployOrder, deps: WaveDeps): Promise<DeployOutcome> {
  const begun = await begin(order, deps);
  if ("state" in begun && begun.state === "refused") return begun;
  let held = begun as Held;
  try {
    while (isUnderWay(held.state)) held = await step(held, order, deps);
  } catch (cause) {
    if (cause instanceof TakenOver) return { state: "taken" };
    throw cause;
  }
  const { state } = held;
  if (state.phase === "done") return { state: "done", deployed: state };
  const stuck = await stuckCities(state, deps);
  return { state: "failed", wave: waveOf(state), reason: state.reason ?? "", stuck };
}

type Refused = Extract<DeployOutcome, { readonly state: "refused" }>;

async function begin(order: DeployOrder, deps: WaveDeps): Promise<Held | Refused> {
  const found = await deps.record.read();
  const now = deps.clock.now();
  if (found !== undefined && isUnderWay(found.state)) {
    const isOther = found.state.version !== order.version;
    const isRefused = isHeldFrom(found.state, order.operator, now);
    if (isRefused || (isOther && order.abandon !== true))
      return { state: "refused", by: found.state };
    if (isOther) return beginAnew(order, found, deps);
    deps.say(`going on with ${order.version} at wave ${found.state.at}`);
    const state = { ...found.state, operator: order.operator, until: now + HOLD_SECONDS };
    return take(state, found, deps);
  }
  return beginAnew(order, found, deps);
}

async function beginAnew(
  order: DeployOrder,
  found: Held | undefined,
  deps: WaveDeps,
): Promise<Held | Refused> {
  const before: Record<string, string | null> = {};
  for (const city of order.waves.flat()) {
    const at = await deps.deployments.look(city);
    before[city] = at.state === "settled" ? (at.version ?? null) : null;
  }
  const state: DeployState = {
    v: 1,
    operator: order.operator,
    until: deps.clock.now() + HOLD_SECONDS,
    version: order.version,
    phase: "deploying",
    waves: order.waves.map((wave) => [...wave]),
    at: 0,
    before,
    tries: {},
    bakeFrom: 0,
    reason: null,
  };
  return take(state, found, deps);
}

/** Take hold of the record, or learn who was quicker. */
async function take(
  state: DeployState,
  found: Held | undefined,
  { record }: WaveDeps,
): Promise<Held | Refused> {
  const tag = await record.write(state, found?.tag);
  if (tag !== undefined) return { state, tag };
  const now = await record.read();
  // A write whose answer was lost is found as it was written.
  if (now !== undefined && JSON.stringify(now.state) === JSON.stringify(state)) return now;
  return { state: "refused", by: now?.state ?? state };
}

/** Write the next state, and hold the record for another while. */
async function keep(next: DeployState, held: Held, deps: WaveDeps): Promise<Held> {
  const state = { ...next, until: deps.clock.now() + HOLD_SECONDS };
  const tag = await deps.record.write(state, held.tag);
  if (tag !== undefined) return { state, tag };
  const now = await deps.record.read();
  if (now !== undefined && JSON.stringify(now.state) === JSON.stringify(state)) return now;
  throw new TakenOver("another operator changed the record");
}

function step(held: Held, order: DeployOrder, deps: WaveDeps): Promise<Held> {
  const { phase } = held.state;
  if (phase === "deploying") return deployWave(held, deps);
  if (phase === "baking") return bakeWave(held, order, deps);
  return returnWave(held, deps);
}

/** Where a wave stands on its way to the versions it should run. */
type Way =
  | { readonly state: "there" }
  | { readonly state: "waiting" }
  | { readonly state: "start"; readonly city: string; readonly version: string }
  | { readonly state: "stuck"; readonly city: string; readonly reason: string };

async function look(
  { state }: Held,
  target: (city: string) => string | null,
  { triesMax, deployments }: { readonly triesMax: number } & Pick<WaveDeps, "deployments">,
): Promise<Way> {
  let waiting = false;
  let stuck: Way | undefined;
  for (const city of waveOf(state)) {
    const version = target(city);
    if (version === null) continue;
    const at = await deployments.look(city);
    if (at.state === "settled" && at.version === version) continue;
    if (at.state === "busy") waiting = true;
    else if (at.state === "broken") stuck ??= { state: "stuck", city, reason: at.reason };
    else if ((state.tries[city] ?? 0) < triesMax) return { state: "start", city, version };
    else stuck ??= { state: "stuck", city, reason: `it did not come to ${version}` };
  }
  // One that is lost does not keep the others from getting where they should be.
  return waiting ? { state: "waiting" } : (stuck ?? { state: "there" });
}

async function start(
  { city, version }: { readonly city: string; readonly version: string },
  held: Held,
  deps: WaveDeps,
): Promise<Held> {
  const tries = { ...held.state.tries, [city]: (held.state.tries[city] ?? 0) + 1 };
  const next = await keep({ ...held.state, tries }, held, deps);
  deps.say(`${city}: deploying ${version}`);
  await deps.deployments.deploy(city, version);
  return next;
}

async function wait(held: Held, deps: WaveDeps, msMax = LOOK_MS_MAX): Promise<Held> {
  const waits = (held.waits ?? 0) + 1;
  await deps.clock.sleep(Math.min(LOOK_STEP_MS * waits, LOOK_MS_MAX, msMax));
  return { ...(await keep(held.state, held, deps)), waits };
}

async function deployWave(held: Held, deps: WaveDeps): Promise<Held> {
  const { version } = held.state;
  const way = await look(held, () => version, { ...deps, triesMax: TRIES_MAX });
  if (way.state === "start") return start(way, held, deps);
  if (way.state === "waiting") return wait(held, deps);
  if (way.state === "stuck") return giveUp(held, `${way.city}: ${way.reason}`, deps);
  deps.say(`wave ${held.state.at} runs ${version}; watching it`);
  return keep(baking(held.state, deps.clock.now()), held, deps);
}

function giveUp(held: Held, reason: string, deps: WaveDeps): Promise<Held> {
  deps.say(`wave ${held.state.at} failed: ${reason}; rolling it back`);
  return keep(rollingBack(held.state, reason), held, deps);
}

/**
 * An alarm ends a bake at once; whatever else is wrong must be gone at its end. A city that ran nothing
 * before is not watched: it has no chain, perhaps no edge before it, and nobody who relies on it.
 */
async function bakeWave(held: Held, { bakeSeconds }: DeployOrder, deps: WaveDeps): Promise<Held> {
  const { state } = held;
  const isNew = (city: string) => state.before[city] === null;
  const watched = waveOf(state).filter((city) => !isNew(city));
  if (watched.length === 0) {
    deps.say(`wave ${state.at} is new: nobody relies on it yet, and nothing is watched`);
    return keep(afterWave(state), held, deps);
  }
  const looks = await deps.health.look(watched);
  const raised = looks.find(({ alarm }) => alarm);
  if (raised !== undefined) return giveUp(held, `${raised.city}: its alarm is raised`, deps);
  const leftSeconds = state.bakeFrom + bakeSeconds - deps.clock.now();
  if (leftSeconds > 0) return wait(held, deps, leftSeconds * 1_000);
  const complaint = await complaintOf(looks, state, deps);
  if (complaint !== undefined) return giveUp(held, complaint, deps);
  deps.say(`wave ${state.at} stood ${bakeSeconds} s`);
  return keep(afterWave(state), held, deps);
}

/** Every city ready, of the version, and of one mind with those before it. @returns what is wrong */
async function complaintOf(
  looks: readonly CityLook[],
  { version, waves, at }: DeployState,
  { health, clock }: WaveDeps,
): Promise<string | undefined> {
  const older = looks.find((look) => look.version !== version);
  if (older !== undefined) return `${older.city}: it runs ${older.version ?? "no known version"}`;
  const earlier = at === 0 ? [] : await health.look(waves.slice(0, at).flat());
  const verdict = judgeFleet([...looks, ...earlier], clock.now());
  const wave = verdict.cities.slice(0, looks.length);
  for (const { city, ready, reasons } of wave) {
    const differs = reasons.some(({ name }) => name === "split" || name === "state-split");
    if (ready && !differs) continue;
    return `${city}: ${reasons.map(({ name, text }) => `${name}, ${text}`).join("; ")}`;
  }
  return undefined;
}

async function returnWave(held: Held, deps: WaveDeps): Promise<Held> {
  const { state } = held;
  const options = { ...deps, triesMax: BACK_TRIES_MAX };
  const way = await look(held, (city) => state.before[city] ?? null, options);
  if (way.state === "start") return start(way, held, deps);
  if (way.state === "waiting") return wait(held, deps);
  if (way.state === "stuck") deps.say(`${way.city}: ${way.reason}; it needs a hand`);
  return keep({ ...state, phase: "failed" }, held, deps);
}

/** Cities of a failed wave that do not run what they ran before. */
async function stuckCities(state: DeployState, { deployments }: WaveDeps): Promise<string[]> {
  const stuck: string[] = [];
  for (const city of waveOf(state)) {
    const before = state.before[city] ?? null;
    if (before === null) continue;
    const at = await deployments.look(city);
    if (at.state !== "settled" || at.version !== before) stuck.push(city);
  }
  return stuck;
}
