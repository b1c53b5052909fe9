import { createHash, generateKeyPairSync, verify } from "node:crypto";
import type { DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { expect } from "vitest";
import { CITY_STACKS, RELEASE_OUTPUT, RELEASED_STACK } from "#regions/city-outputs.ts";
import { createAwsDeployments } from "#services/cli/fleet/aws-deployments.ts";
import type { StackLook } from "#services/cli/fleet/city-deployments.ts";
import type {
  CityLook,
  CitySaying,
  Deployments,
  DeployRecord,
} from "#services/cli/fleet/deploy-ports.ts";
import type { DeployState } from "#services/cli/fleet/deploy-state.ts";
import { createExternalDeployments } from "#services/cli/fleet/external-deployments.ts";
import { openReleaseKey } from "#services/cli/fleet/release-channel.ts";
import { saveImage } from "#services/cli/fleet/stored-image.ts";
import { type DeployOrder, runWaves } from "#services/cli/fleet/wave-engine.ts";
import { stackStates } from "#shared/adapters/aws/stack-states.ts";
import { reasonOf } from "#shared/fleet/reason.ts";
import type { ImageRegistry } from "#shared/ports/image-registry.ts";
import { type HashHex, unixSeconds } from "#shared/primitives/brand.ts";
import { CrashError, crashAt } from "./crash-at.ts";
import { memoryReleases, smallImage } from "./memory-releases.ts";

export const AWS = ["syd", "lon"];
export const EXTERNAL = ["nyc", "ams"];
const CITIES = [...AWS, ...EXTERNAL];
const WAVE = 3;
export const ORDER: DeployOrder = {
  operator: "anna",
  version: "2",
  waves: [["syd"], ["lon"], EXTERNAL],
  bakeSeconds: 60,
};
/** Seconds that stacks take, and that pass between two looks of a machine at its channel. */
const STACKS = 40;
const LOOK = 60;
const pair = generateKeyPairSync("ed25519");
export const pemOf = (secret: typeof pair.privateKey) =>
  secret.export({ type: "pkcs8", format: "pem" }).toString();
/** Public half of the release key. */
export const RELEASE_KEY = pair.publicKey
  .export({ type: "spki", format: "der" })
  .subarray(-32)
  .toString("hex");
const key = openReleaseKey(pemOf(pair.privateKey), RELEASE_KEY);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export interface Faults {
  /** Cities that fall back from 2: stacks, or machines whose node does not become ready. */
  readonly refuses?: string;
  /** A city that is not ready while it runs 2. */
  readonly unready?: string;
  /** An AWS city that was never deployed. */
  readonly fresh?: string;
  /** An AWS city whose default group nobody may change. */
  readonly guarded?: string;
}

/** A machine outside AWS, as its update script goes about it. */
interface Machine {
  runs: string;
  serial: number;
  nextLook: number;
}

/** Stacks, repositories, the release bucket, machines and time, as the world is. The image of "1" and "2" is stored. */
export async function deployingFleet(faults: Faults = {}) {
  let now = 1_000_000;
  let writes = 0;
  let stored: { state: DeployState; tag: string } | undefined;
  const objects = memoryReleases();
  const digests = new Map<string, string>();
  for (const version of ["1", "2"]) {
    const image = smallImage(version);
    digests.set(version, image.digest);
    await saveImage(version, image, objects);
  }
  const versions = new Map<string, string | undefined>(
    AWS.map((city) => [city, city === faults.fresh ? undefined : "1"]),
  );
  const moves = new Map<string, { until: number; version: string; only: string | undefined }>();
  const repositories = new Map(
    AWS.filter((city) => city !== faults.fresh).map((city) => [city, new Set<string>()]),
  );
  /** Cities whose default group has no rules. */
  const emptied = new Set<string>();
  const reviewed = new Set<string>();
  let sleepers: { until: number; wake: () => void }[] = [];
  const machines = new Map<string, Machine>(
    EXTERNAL.map((city, at) => [city, { runs: "1", serial: 0, nextLook: now + 7 * at }]),
  );

  const land = (city: string) => {
    const move = moves.get(city);
    if (move === undefined || move.until > now) return;
    moves.delete(city);
    if (!repositories.has(city)) repositories.set(city, new Set());
    if (move.only !== undefined) return;
    // A task that finds no image makes the whole stack fall back.
    const hasImage = repositories.get(city)?.has(digests.get(move.version) ?? "");
    const falls = faults.refuses === city && move.version === "2";
    if (hasImage && !falls) versions.set(city, move.version);
  };
  const follow = (city: string, machine: Machine) => {
    if (machine.nextLook > now) return;
    machine.nextLook = now + LOOK;
    const text = objects.kept.get(`release/channel-${WAVE}.json`);
    const signature = objects.kept.get(`release/channel-${WAVE}.json.sig`);
    if (text === undefined || signature === undefined) return;
    if (!verify(undefined, text, pair.publicKey, signature)) return;
    const { serial, version, image } = JSON.parse(Buffer.from(text).toString("utf8"));
    if (serial <= machine.serial) return;
    const archive = objects.kept.get(new URL(image.url).pathname.slice(1));
    if (archive === undefined || sha256(archive) !== image.sha256) return;
    machine.serial = serial;
    if (faults.refuses !== city || version !== "2") machine.runs = version;
  };
  const pass = (seconds: number) => {
    for (const end = now + seconds; now < end; now++) {
      for (const [city, machine] of machines) follow(city, machine);
    }
    for (const city of AWS) land(city);
    for (const { wake } of sleepers.filter(({ until }) => until <= now)) wake();
    sleepers = sleepers.filter(({ until }) => until > now);
  };
  const versionOf = (city: string) => versions.get(city) ?? machines.get(city)?.runs;

  const sayingOf = (city: string): CitySaying => {
    const version = versionOf(city);
    const since = unixSeconds(now);
    const behind = faults.unready === city && version === "2";
    const hash = "aa".repeat(32) as HashHex;
    const recent = Array.from({ length: 16 }, () => hash);
    const reasons = behind ? [reasonOf("behind", { text: "9 blocks", since })] : [];
    const tip = { height: 300, hash, muhash: undefined, recent };
    return { city, answer: { reasons, tip }, version };
  };

  const statusOf = (city: string, name: string): string | undefined => {
    if (moves.has(city)) return "UPDATE_IN_PROGRESS";
    if (versions.get(city) !== undefined) return "UPDATE_COMPLETE";
    if (name === "storage" && repositories.has(city)) return "CREATE_COMPLETE";
    return reviewed.has(city) && name === "network" ? "REVIEW_IN_PROGRESS" : undefined;
  };
  /** CloudFormation, as far as it is asked how stacks of a city stand. */
  const formationOf = (city: string): Parameters<typeof stackStates>[0] => ({
    async send(command: unknown) {
      const name = (command as DescribeStacksCommand).input.StackName ?? "";
      const StackStatus = statusOf(city, name);
      if (StackStatus === undefined) throw new Error(`Stack with id ${name} does not exist`);
      const OutputValue = versions.get(city) ?? "";
      const Outputs = name === RELEASED_STACK ? [{ OutputKey: RELEASE_OUTPUT, OutputValue }] : [];
      return { Stacks: [{ StackName: name, StackStatus, Outputs }] };
    },
  });

  const ports = {
    objects,
    stacks: {
      async stacksOf(city: string): Promise<readonly StackLook[]> {
        land(city);
        return stackStates(formationOf(city), CITY_STACKS);
      },
      /** A change set of a stack that is not there makes one, which holds nothing until it is executed. */
      async review(city: string): Promise<void> {
        if (versions.get(city) === undefined) reviewed.add(city);
      },
      async deployStacks(city: string, version: string, only?: string): Promise<void> {
        const until = now + STACKS;
        reviewed.delete(city);
        if (!moves.has(city)) moves.set(city, { until, version, only });
        await new Promise<void>((wake) => sleepers.push({ until, wake }));
        if (only === undefined && versions.get(city) !== version) throw new RangeError("fell back");
      },
      async emptyDefaultGroup(city: string): Promise<void> {
        // Its network is there by then.
        expect(versions.get(city)).toBeDefined();
        if (faults.guarded === city) throw new RangeError("not allowed");
        emptied.add(city);
      },
    },
    registries: {
      find: async (city: string, digest: string) => {
        const has = repositories.get(city)?.has(digest);
        return has === undefined ? "no repository" : has ? "there" : "missing";
      },
      hasBlob: async (city: string, digest: string) => repositories.get(city)?.has(digest) ?? false,
      async putBlob(city: string, digest: string, bytes: Uint8Array) {
        expect(`sha256:${sha256(bytes)}`).toBe(digest);
        repositories.get(city)?.add(digest);
      },
      async putManifest(city: string, reference: string, bytes: Uint8Array) {
        const { manifests, config, layers } = JSON.parse(Buffer.from(bytes).toString("utf8"));
        const named = manifests ?? [config, ...layers];
        // A registry takes no manifest before what it names.
        for (const { digest } of named) expect(repositories.get(city)).toContain(digest);
        repositories
          .get(city)
          ?.add(`sha256:${sha256(bytes)}`)
          .add(reference);
      },
    },
    record: {
      read: async () => stored,
      async write(state, tag) {
        if (stored?.tag !== tag) return undefined;
        stored = { state: structuredClone(state), tag: String(++writes) };
        return stored.tag;
      },
    } satisfies DeployRecord,
    health: {
      look: async (cities: readonly string[]) =>
        cities.map((city): CityLook => ({ ...sayingOf(city), alarms: [] })),
      askOthers: async (than: readonly string[]) =>
        CITIES.filter((city) => !than.includes(city)).map(sayingOf),
    },
  };
  const clock = {
    now: () => unixSeconds(now),
    async sleep(ms: number) {
      pass(ms / 1_000);
    },
  };
  return {
    ports,
    clock,
    emptied: emptied as ReadonlySet<string>,
    machines,
    repositories,
    digests,
    state: () => stored?.state,
    running: () => CITIES.map((city) => versionOf(city) ?? "-").join(""),
    channel: () =>
      JSON.parse(
        Buffer.from(objects.kept.get(`release/channel-${WAVE}.json`) ?? "null").toString("utf8"),
      ) as { serial: number; version: string } | null,
  };
}

export type DeployingFleet = Awaited<ReturnType<typeof deployingFleet>>;

/** The command, from its beginning, over the ports of a world. */
export function deployOver(
  { clock }: DeployingFleet,
  ports: DeployingFleet["ports"],
  order = ORDER,
  signal = new AbortController().signal,
) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const { objects, stacks, registries, record, health } = ports;
  const registryOf = (city: string): ImageRegistry => ({
    find: async (digest) =>
      (await registries.find(city, digest)) as Awaited<ReturnType<ImageRegistry["find"]>>,
    hasBlob: (digest) => registries.hasBlob(city, digest),
    putBlob: (digest, bytes) => registries.putBlob(city, digest, bytes),
    putManifest: (reference, { bytes }) => registries.putManifest(city, reference, bytes),
  });
  const aws = createAwsDeployments({
    objects,
    stacksOf: (city) => stacks.stacksOf(city),
    emptyDefaultGroup: (city) => stacks.emptyDefaultGroup(city),
    async deployStacks(city, version, only) {
      await stacks.review(city);
      await stacks.deployStacks(city, version, only);
    },
    registryOf,
    say,
  });
  const external = createExternalDeployments({
    objects,
    key,
    origin: "https://exos.example",
    waveOf: () => WAVE,
    running: async (city) => (await health.look([city]))[0]?.version,
    clock,
    say,
  });
  const of = (city: string): Deployments => (AWS.includes(city) ? aws : external);
  const deployments: Deployments = {
    look: (city) => of(city).look(city),
    deploy: (city, version) => of(city).deploy(city, version),
  };
  const deps = { record, deployments, health, clock, signal, say };
  return runWaves(order, deps).then((outcome) => ({ ...outcome, said }));
}

/**
 * Kill the command at calls to its ports, each of them or every so many, and run it again after each.
 *
 * @returns how many there were
 */
export async function killAndGoOn(
  faults: Faults,
  { step, ending }: { readonly step: number; readonly ending: readonly [string, string] },
): Promise<number> {
  let kills = 0;
  for (const when of ["before", "after"] as const) {
    for (let call = 1; ; call += step) {
      const fleet = await deployingFleet(faults);
      const killed = await deployOver(fleet, crashAt(fleet.ports, { call, when })).then(
        () => false,
        (cause: unknown) => {
          if (cause instanceof CrashError) return true;
          throw cause;
        },
      );
      if (!killed) break;
      kills++;
      await deployOver(fleet, fleet.ports);
      const [running, phase] = ending;
      const end = { call, when, running: fleet.running(), phase: fleet.state()?.phase };
      expect(end).toEqual({ call, when, running, phase });
    }
  }
  return kills;
}
