import type {
  CityDeployment,
  CityHealth,
  CityLook,
  CitySaying,
  Deployments,
  DeployRecord,
} from "#services/cli/fleet/deploy-ports.ts";
import type { DeployState } from "#services/cli/fleet/deploy-state.ts";
import type { DeployOrder, WaveDeps } from "#services/cli/fleet/wave-engine.ts";
import { reasonOf } from "#shared/fleet/reason.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";

export const WAVES = [["syd"], ["lon", "sin"], ["fra"]];
const CITIES = WAVES.flat();
export const BAKE = 1_200;
export const ORDER: DeployOrder = {
  operator: "anna",
  version: "2",
  waves: WAVES,
  bakeSeconds: BAKE,
};
/** Seconds that a city is on its way. */
export const DEPLOY = 100;
/** Watched for ten seconds alone: fewer calls to be killed at. */
export const SHORT: DeployOrder = { ...ORDER, bakeSeconds: 10 };
/** What is no port of the world. */
export const SPARED = ["clock", "signal", "say"] as const;

/** An alarm that is raised for a time, which the world begins at 1,000. */
export interface RaisedAlarm {
  readonly city: string;
  readonly name: string;
  readonly from: number;
  readonly until?: number;
}

/** What goes wrong in the fake world. */
export interface Faults {
  /** Cities whose stacks fall back from this version. */
  readonly refuses?: Readonly<Record<string, string>>;
  readonly broken?: string;
  /** A city that never arrives. */
  readonly hangs?: string;
  /** What runs in the beginning; `1` everywhere unless said. */
  readonly runs?: Readonly<Record<string, string>>;
  readonly alarms?: readonly RaisedAlarm[];
  readonly unready?: string;
  readonly silent?: string;
  readonly otherChain?: string;
  /** A version that follows another chain wherever it runs. */
  readonly forksBy?: string;
}

/** CloudFormation, the release bucket, the cities and the clock, as far as the engine sees them. */
export function waveWorld(faults: Faults = {}) {
  let now = 1_000;
  let writes = 0;
  let stored: { state: DeployState; tag: string } | undefined;
  const deployed: string[] = [];
  const said: string[] = [];
  const versions = new Map(CITIES.map((city) => [city, faults.runs?.[city] ?? "1"]));
  const onTheWay = new Map<string, { version: string; until: number }>();

  const land = (city: string) => {
    const move = onTheWay.get(city);
    if (move === undefined || move.until > now || faults.hangs === city) return;
    onTheWay.delete(city);
    if (faults.refuses?.[city] !== move.version) versions.set(city, move.version);
  };
  const deployments: Deployments = {
    async look(city): Promise<CityDeployment> {
      land(city);
      if (onTheWay.has(city)) return { state: "busy", what: "its stacks" };
      if (faults.broken === city && deployed.some((row) => row.startsWith(city))) {
        return { state: "broken", reason: "UPDATE_ROLLBACK_FAILED" };
      }
      return { state: "settled", version: versions.get(city) };
    },
    async deploy(city, version) {
      deployed.push(`${city} ${version}`);
      const move = onTheWay.get(city);
      if (move?.version !== version) onTheWay.set(city, { version, until: now + DEPLOY });
    },
  };
  const say = (city: string): CitySaying => {
    land(city);
    const version = versions.get(city);
    const behind = faults.unready === city && version === "2";
    const reasons = behind
      ? [reasonOf("behind", { text: "9 blocks", since: deps.clock.now() })]
      : [];
    const isOther = faults.otherChain === city || faults.forksBy === version;
    const hash = (isOther ? "bb" : "aa").repeat(32) as HashHex;
    const recent = Array.from({ length: 16 }, () => hash);
    const tip = { height: 300, hash, muhash: undefined, recent };
    return { city, answer: faults.silent === city ? undefined : { reasons, tip }, version };
  };
  const health: CityHealth = {
    look: async (cities) =>
      cities.map((city): CityLook => {
        const raised = (faults.alarms ?? []).filter(
          (one) => one.city === city && now >= one.from && now < (one.until ?? Infinity),
        );
        return { ...say(city), alarms: raised.map(({ name }) => name) };
      }),
    askOthers: async (than) => CITIES.filter((city) => !than.includes(city)).map(say),
  };
  const record: DeployRecord = {
    read: async () => stored,
    async write(state, tag) {
      if (stored?.tag !== tag) return undefined;
      stored = { state: structuredClone(state), tag: String(++writes) };
      return stored.tag;
    },
  };
  const clock = {
    now: () => unixSeconds(now),
    async sleep(ms: number) {
      now += ms / 1_000;
    },
  };
  const { signal } = new AbortController();
  const told = { signal, say: (line: string) => void said.push(line) };
  const deps: WaveDeps = { record, deployments, health, clock, ...told };
  return {
    deps,
    said,
    deployed,
    state: () => stored?.state,
    running: () => CITIES.map((city) => versions.get(city)).join(""),
    pass(seconds: number) {
      now += seconds;
    },
  };
}
