import type { Clock } from "#shared/ports/clock.ts";
import type { CityHealth, CityLook, Deployments, DeployRecord } from "./deploy-ports.ts";
import {
  afterWave,
  baking,
  type DeployState,
  givenNow,
  isHeldFrom,
  isUnderWay,
  keptWave,
  lastRun,
  type RaisedAlarms,
  rollingBack,
  waveOf,
} from "./deploy-state.ts";
import { type Held, HOLD_SECONDS, keep, TakenOver, take } from "./held-record.ts";
import { judgeWave, reliable } from "./judge-wave.ts";
import { patientPorts } from "./patiently.ts";

/**
 * After what a city that changes is looked at for the first time, and a wave that bakes; each further
 * look comes so much later than the one before it. What takes seconds is seen at once, and what takes
 * an hour is not asked for all the time.
 */
const LOOK_STEP_MS = 1_000;
/** The longest time between two looks. */
const LOOK_MS_MAX = 15_000;
/**
 * How long a wave is waited for in which nothing can be begun. A service that does not become steady,
 * which CloudFormation gives up after three hours, takes the longest.
 *
 * @source AWS re:Post, "Why is my CloudFormation stack stuck in an IN_PROGRESS state?"
 */
const WAIT_SECONDS_MAX = 4 * 3_600;
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
  /** Aborted where the operator wants to stop: what is under way stays as it is written down. */
  readonly signal: AbortSignal;
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
  /** The release that these cities are taken back from: they never return to it. */
  readonly leaves?: string;
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
  /** A wave stays at the version though not all is well, and no later one was begun. */
  | {
      readonly state: "kept";
      readonly wave: readonly string[];
      readonly reason: string;
      readonly deployed: DeployState;
    }
  /** Somebody else deploys, or deployed something else and was killed; nothing was changed. */
  | { readonly state: "refused"; readonly by: DeployState }
  /** Somebody else took over while this one stood still; he goes on. */
  | { readonly state: "taken" };

/**
 * Deploy wave after wave: every city of a wave, then a time in which the wave is watched; a wave
 * that fails is rolled back, and later ones are left untouched. Each step is written down before it
 * is taken, so that whoever is killed anywhere is followed by the same command, which goes on.
 *
 * @throws StoreFault when the world failed, or the signal's reason; the same command goes on later
 * @source cloud.md 11
 */
export async function runWaves(order: DeployOrder, ports: WaveDeps): Promise<DeployOutcome> {
  const deps = patientPorts(ports);
  const begun = await begin(order, deps);
  if ("state" in begun && begun.state === "refused") return begun;
  let held = begun as Held;
  try {
    while (isUnderWay(held.state)) {
      deps.signal.throwIfAborted();
      held = await step(held, order, deps);
    }
  } catch (cause) {
    if (cause instanceof TakenOver) return { state: "taken" };
    throw cause;
  }
  const { state } = held;
  if (state.phase === "done") {
    const isWhole = order.waves.flat().every((city) => state.waves.flat().includes(city));
    // It went on with what was killed half way, of which these were only some, or none.
    return isWhole ? { state: "done", deployed: state } : runWaves(order, ports);
  }
  const [wave, reason] = [waveOf(state), state.reason ?? ""];
  if (state.phase === "kept") return { state: "kept", wave, reason, deployed: state };
  return { state: "failed", wave, reason, stuck: await stuckCities(state, deps) };
}

type Refused = Extract<DeployOutcome, { readonly state: "refused" }>;

async function begin(order: DeployOrder, deps: WaveDeps): Promise<Held | Refused> {
  const found = await deps.record.read();
  const now = deps.clock.now();
  if (found !== undefined && isUnderWay(found.state)) {
    const { version, leaves } = found.state;
    const isOther = version !== order.version || leaves !== (order.leaves ?? null);
    const isRefused = isHeldFrom(found.state, order.operator, now);
    if (isRefused || (isOther && order.abandon !== true))
      return { state: "refused", by: found.state };
    if (isOther) return beginAnew(order, found, deps);
    deps.say(`going on with ${order.version} in ${nameOf(found.state)}`);
    // What was cut short was no failed try.
    const own = { operator: order.operator, until: now + HOLD_SECONDS, tries: {} };
    const state = { ...found.state, ...own };
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
    const known = at.state === "settled" ? at.version : undefined;
    // What is between two releases goes back to where it came from, and not to nothing.
    const last = found === undefined || at.state === "absent" ? null : lastRun(found.state, city);
    before[city] = known ?? last;
  }
  const state: DeployState = {
    v: 1,
    operator: order.operator,
    until: deps.clock.now() + HOLD_SECONDS,
    version: order.version,
    leaves: order.leaves ?? null,
    phase: "deploying",
    waves: order.waves.map((wave) => [...wave]),
    at: 0,
    before,
    raised: {},
    given: found === undefined ? {} : givenNow(found.state),
    tries: {},
    bakeFrom: 0,
    reason: null,
  };
  return take({ ...state, raised: await raisedBefore(state, deps) }, found, deps);
}

const nameOf = (state: DeployState): string => waveOf(state).join(" ");

/** Cities of a wave that are watched: one that ran nothing has no chain yet, and nobody relies on it. */
function watchedOf(state: DeployState): readonly string[] {
  return waveOf(state).filter((city) => state.leaves !== null || state.before[city] !== null);
}

/** Alarms of a wave that are raised before it is changed: nothing that it is given raised them. */
async function raisedBefore(state: DeployState, { health }: WaveDeps): Promise<RaisedAlarms> {
  const watched = watchedOf(state);
  return watched.length === 0 ? {} : alarmsIn(await health.look(watched));
}

function alarmsIn(looks: readonly CityLook[]): Record<string, string[]> {
  return Object.fromEntries(
    looks.flatMap(({ city, alarms }) => (alarms.length === 0 ? [] : [[city, [...alarms]]])),
  );
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
  | { readonly state: "waiting"; readonly what: string }
  | { readonly state: "start"; readonly city: string; readonly version: string }
  | { readonly state: "stuck"; readonly city: string; readonly reason: string };

async function look(
  { state }: Held,
  target: (city: string) => string | null,
  options: { readonly triesMax: number } & Pick<WaveDeps, "deployments" | "signal">,
): Promise<Way> {
  const { triesMax, deployments, signal } = options;
  const waiting: string[] = [];
  let stuck: Way | undefined;
  for (const city of waveOf(state)) {
    const version = target(city);
    if (version === null) continue;
    const at = await deployments.look(city);
    // It ended with the signal, and not because it failed.
    signal.throwIfAborted();
    if (at.state === "settled" && at.version === version) continue;
    if (at.state === "busy") waiting.push(`${city}: ${at.what}`);
    else if (at.state === "broken") stuck ??= { state: "stuck", city, reason: at.reason };
    else if ((state.tries[city] ?? 0) < triesMax) return { state: "start", city, version };
    else stuck ??= { state: "stuck", city, reason: `it did not come to ${version}` };
  }
  // One that is lost does not keep the others from getting where they should be.
  if (waiting.length > 0) return { state: "waiting", what: waiting.join("; ") };
  return stuck ?? { state: "there" };
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

/** Wait until the next look, and hold the record meanwhile. */
async function wait(
  held: Held,
  { what, msMax = LOOK_MS_MAX }: { readonly what: string; readonly msMax?: number },
  deps: WaveDeps,
): Promise<Held> {
  const now = deps.clock.now();
  const { times, from } = held.waited ?? { times: 0, from: now };
  if (what !== held.waited?.what && what !== "") deps.say(`waiting for ${what}`);
  const waited = { times: times + 1, from, what };
  const ms = Math.min(LOOK_STEP_MS * waited.times, LOOK_MS_MAX, msMax);
  await deps.clock.sleep(ms, deps.signal);
  return { ...(await keep(held.state, held, deps)), waited };
}

/** Whether nothing could be begun for so long that nobody waits for it any more. */
function isOverdue({ waited }: Held, { clock }: WaveDeps): boolean {
  return waited !== undefined && clock.now() - waited.from >= WAIT_SECONDS_MAX;
}

const overdue = (what: string): string => `${what}, for ${WAIT_SECONDS_MAX / 3_600} hours`;

async function deployWave(held: Held, deps: WaveDeps): Promise<Held> {
  const { version } = held.state;
  const way = await look(held, () => version, { ...deps, triesMax: TRIES_MAX });
  if (way.state === "start") return start(way, held, deps);
  if (way.state === "waiting") {
    return isOverdue(held, deps) ? giveUp(held, overdue(way.what), deps) : wait(held, way, deps);
  }
  if (way.state === "stuck") return giveUp(held, `${way.city}: ${way.reason}`, deps);
  deps.say(`${nameOf(held.state)}: ${version} runs, and is watched`);
  return keep(baking(held.state, deps.clock.now()), held, deps);
}

/** A wave goes back to what it ran; one that is taken back from there stays where it is. */
function giveUp(held: Held, reason: string, deps: WaveDeps): Promise<Held> {
  if (held.state.leaves !== null) return stay(held, reason, deps);
  deps.say(`${nameOf(held.state)}: rolling back, since ${reason}`);
  return keep(rollingBack(held.state, reason), held, deps);
}

function stay(held: Held, reason: string, deps: WaveDeps): Promise<Held> {
  deps.say(`${nameOf(held.state)}: staying at ${held.state.version}, since ${reason}`);
  return keep(keptWave(held.state, reason), held, deps);
}

/**
 * An alarm that is raised while a wave is changed or bakes ends that at once; whatever else is wrong
 * must be gone at its end. Alarms that were raised before are of what the wave ran before, and may take
 * their time: a fix of what raised them could never be deployed otherwise.
 */
async function bakeWave(held: Held, { bakeSeconds }: DeployOrder, deps: WaveDeps): Promise<Held> {
  const { state } = held;
  const watched = watchedOf(state);
  if (watched.length === 0) {
    deps.say(`${nameOf(state)}: new, so that nobody relies on it yet, and nothing is watched`);
    return nextWave(held, deps);
  }
  const looks = await deps.health.look(watched);
  const alarms = looks.flatMap(({ city, alarms }) => alarms.map((name) => ({ city, name })));
  const isOld = ({ city, name }: (typeof alarms)[number]) => state.raised[city]?.includes(name);
  const raised = alarms.find((alarm) => !isOld(alarm));
  if (raised !== undefined) {
    return giveUp(held, `${raised.city}: its alarm ${raised.name} is raised`, deps);
  }
  // One that went quiet meanwhile is no old one when it is raised again.
  const now = { ...held, state: { ...state, raised: withRaised(state, alarmsIn(looks)) } };
  const leftSeconds = state.bakeFrom + bakeSeconds - deps.clock.now();
  if (leftSeconds > 0) return wait(now, { what: "", msMax: leftSeconds * 1_000 }, deps);
  const complaint = await complaintOf(looks, state, deps);
  if (complaint !== undefined) return giveUp(now, complaint, deps);
  return endBake(now, bakeSeconds, deps);
}

/** Those of the wave at hand as they are now, and those of waves that were left with them. */
function withRaised(state: DeployState, now: RaisedAlarms): RaisedAlarms {
  const others = Object.entries(state.raised).filter(([city]) => !waveOf(state).includes(city));
  return { ...Object.fromEntries(others), ...now };
}

/** All is well with a wave, but perhaps for alarms that were raised before it was changed. */
function endBake(held: Held, bakeSeconds: number, deps: WaveDeps): Promise<Held> {
  const { raised, leaves, version } = held.state;
  const old = waveOf(held.state).flatMap((city) => {
    const names = raised[city];
    return names === undefined ? [] : [`${city}: ${names.join(", ")}`];
  });
  if (old.length > 0) {
    const reason = `${old.join("; ")} raised before ${version} came, and not quiet since`;
    if (leaves === null) return stay(held, reason, deps);
    deps.say(reason);
  }
  deps.say(`${nameOf(held.state)}: stood ${bakeSeconds} s`);
  return nextWave(held, deps);
}

async function nextWave(held: Held, deps: WaveDeps): Promise<Held> {
  const { state } = held;
  const next = afterWave(state, state.raised);
  if (!isUnderWay(next)) return keep(next, held, deps);
  const raised = { ...state.raised, ...(await raisedBefore(next, deps)) };
  return keep({ ...next, raised }, held, deps);
}

async function complaintOf(
  wave: readonly CityLook[],
  state: DeployState,
  { health, clock, say }: WaveDeps,
): Promise<string | undefined> {
  const others = await health.askOthers(waveOf(state));
  const count = reliable(others).length;
  const compared =
    count === 0 ? "nobody else, since no other city answers" : `${count} other cities`;
  say(`${nameOf(state)}: compared with ${compared}`);
  return judgeWave({ version: state.version, wave, others }, clock.now());
}

async function returnWave(held: Held, deps: WaveDeps): Promise<Held> {
  const { state } = held;
  const options = { ...deps, triesMax: BACK_TRIES_MAX };
  const way = await look(held, (city) => state.before[city] ?? null, options);
  if (way.state === "start") return start(way, held, deps);
  if (way.state === "waiting") {
    if (!isOverdue(held, deps)) return wait(held, way, deps);
    deps.say(`${overdue(way.what)}; it needs a hand`);
  }
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
