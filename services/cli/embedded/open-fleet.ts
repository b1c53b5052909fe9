import { join } from "node:path";
import type { City } from "#regions/city.ts";
import {
  type AnsweringNode,
  type AnswerOptions,
  openAnswers,
} from "#services/cli/embedded/open-answers.ts";
import { type EmbeddedNode, type NodeOptions, openNode } from "#services/cli/embedded/open-node.ts";
import { openPeers, type PeeredNode, type PeerOptions } from "#services/cli/embedded/open-peers.ts";
import { dealGroups } from "#services/cli/fleet/deal-groups.ts";
import { PROGRAM_VERSION } from "#services/cli/program-version.ts";
import { together } from "#services/cli/together.ts";
import type { EmbeddedRpc, Shared as RpcShared } from "#services/rpc/compose-embedded.ts";
import {
  createPartition,
  createPartitionedTransport,
  type Partition,
} from "#shared/adapters/embedded/partitioned-transport.ts";
import { createTcpTransport } from "#shared/adapters/embedded/tcp-transport.ts";
import { activeHashAt } from "#shared/ports/active-hash-at.ts";
import type { Endpoint } from "#shared/ports/transport.ts";

type FleetControl = NonNullable<RpcShared["fleet"]>;
type CityReport = Awaited<ReturnType<FleetControl["cities"]>>[number];
type RpcDeps = EmbeddedRpc["deps"];

/** One city of the fleet of this process. */
export interface FleetCity {
  readonly city: City;
  readonly node: EmbeddedNode;
  readonly peered: PeeredNode;
  /** `undefined` for the first city, whose answers are those of the process. */
  readonly answers: AnsweringNode | undefined;
}

/** A city that has answers of its own. */
export type OtherCity = FleetCity & { readonly answers: AnsweringNode };

/** What a fleet is made of. */
export interface FleetOptions {
  /** The first of them is the node that runs the others. */
  readonly cities: readonly City[];
  /** Holds one folder per city. */
  readonly root: string;
  readonly peers: Pick<PeerOptions, "checkpoints" | "settings">;
  /** What a city but the first answers, and to whom. */
  answers(city: City, peered: PeeredNode): Omit<AnswerOptions, "stop">;
  /** What else goes on in a city, once its index is at the tip, until the signal is aborted. */
  beside(city: OtherCity, signal: AbortSignal): Promise<void>;
  /** As the first city has them, but for the log. */
  node(city: City): Pick<NodeOptions, "network" | "policy" | "log">;
}

/** The fleet of one process. Dispose of it to close every city but the first. */
export interface EmbeddedFleet extends AsyncDisposable {
  readonly cities: readonly FleetCity[];
  readonly control: FleetControl;
  /** What each city but the first answers with, by its letters. */
  readonly answering: ReadonlyMap<string, RpcDeps>;
  /** Run every other city until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** A fleet before its first city is open. */
export interface FleetPlan {
  readonly first: City;
  /** How the first city meets the others. */
  peersOfFirst(options: PeerOptions): PeerOptions;
  /**
   * Open every other city, each with stores and a listener of its own, each of which dials all that
   * were opened before it.
   *
   * @param stop begins an orderly stop of the process
   * @throws StoreFault or NetFault when one of them cannot be opened; none is open then
   */
  open(
    first: Pick<FleetCity, "node" | "peered">,
    stop: AnswerOptions["stop"],
  ): Promise<EmbeddedFleet>;
}

const LOOPBACK = "127.0.0.1";
/** Memory for coins of one city among many, in mebibytes. */
const CITY_MEBIBYTES = 16;

/** Where a city listens, known once it does. */
interface Place {
  endpoint: Endpoint | undefined;
}

/** Full nodes that are cities of one process, over loopback, with a border that can be closed. */
export function planFleet(options: FleetOptions): FleetPlan {
  const [first] = options.cities;
  if (first === undefined) throw new RangeError("a fleet has at least one city");
  const partition = createPartition();
  const place: Place = { endpoint: undefined };
  return {
    first,
    peersOfFirst({ settings, ...rest }) {
      const [own] = settings.listen ?? [];
      const listen = [{ host: LOOPBACK, port: own?.port ?? 0 }];
      return { ...rest, ...cityPeers({ settings: { ...settings, listen } }, partition, place) };
    },
    async open({ node, peered }, stop) {
      [place.endpoint] = peered.listening;
      await using stack = new AsyncDisposableStack();
      const cities: FleetCity[] = [{ city: first, node, peered, answers: undefined }];
      const others: OtherCity[] = [];
      for (const city of options.cities.slice(1)) {
        const other = await openCity(city, cities, { partition, options, stack, stop });
        others.push(other);
        cities.push(other);
      }
      const held = stack.move();
      return {
        cities,
        control: controlOf(cities, partition),
        answering: new Map(others.map(({ city, answers }) => [city.code, answers.rpc.deps])),
        run: (signal) =>
          together(
            others.map((other) => taskOf(other, options)),
            signal,
          ),
        async [Symbol.asyncDispose]() {
          for (const { answers } of others) answers.stopping();
          await held.disposeAsync();
        },
      };
    },
  };
}

function cityPeers(
  { settings }: Pick<PeerOptions, "settings">,
  partition: Partition,
  place: Place,
): Pick<PeerOptions, "settings" | "transport"> {
  const transport = createPartitionedTransport(
    createTcpTransport(),
    partition,
    () => place.endpoint,
  );
  return { settings: { ...settings, onePerGroup: false, followPeersTime: false }, transport };
}

interface Opening {
  readonly partition: Partition;
  readonly options: FleetOptions;
  readonly stack: AsyncDisposableStack;
  readonly stop: AnswerOptions["stop"];
}

async function openCity(
  city: City,
  before: readonly FleetCity[],
  { partition, options, stack, stop }: Opening,
): Promise<OtherCity> {
  const { checkpoints, settings } = options.peers;
  const node = stack.use(
    await openNode({
      ...options.node(city),
      root: join(options.root, city.code),
      jobs: 0,
      cacheMebibytes: CITY_MEBIBYTES,
    }),
  );
  const place: Place = { endpoint: undefined };
  const listen = [{ host: LOOPBACK, port: 0 }];
  const added = before.flatMap(({ peered }) => peered.listening);
  const peers = cityPeers({ settings: { ...settings, listen, added } }, partition, place);
  const peered = stack.use(await openPeers(node, { checkpoints, ...peers }));
  [place.endpoint] = peered.listening;
  const answers = stack.use(
    await openAnswers(node, {
      ...options.answers(city, peered),
      peers: peered.peers,
      sync: () => ({
        ...peered.ingest.progress(),
        initialDownload: peered.ingest.initialDownload(),
      }),
      city: city.code,
      stop,
    }),
  );
  return { city, node, peered, answers };
}

function taskOf(
  other: OtherCity,
  { beside }: Pick<FleetOptions, "beside">,
): (signal: AbortSignal) => Promise<void> {
  const { node, peered, answers } = other;
  const follow = async (signal: AbortSignal): Promise<void> => {
    await answers.catchUp(signal, () => undefined);
    if (signal.aborted) return;
    await together([(end) => answers.follow(end), (end) => beside(other, end)], signal);
  };
  return (signal) => together([(end) => node.run(end), (end) => peered.run(end), follow], signal);
}

function controlOf(cities: readonly FleetCity[], partition: Partition): FleetControl {
  const codes = cities.map(({ city }) => city.code);
  let groups: readonly (readonly string[])[] = [codes];
  const listening = (code: string): readonly Endpoint[] =>
    cities.find(({ city }) => city.code === code)?.peered.listening ?? [];
  return {
    cities: () => Promise.all(cities.map(reportOf)),
    partition(first, second) {
      const dealt = dealGroups(codes, [first, second]);
      if (!dealt.ok) return dealt;
      groups = dealt.value;
      partition.cut(groups.map((group) => group.flatMap(listening)));
      return { ok: true, value: groups };
    },
    heal() {
      groups = [codes];
      partition.heal();
    },
    groups: () => groups,
  };
}

async function reportOf({ city, node, peered }: FleetCity): Promise<CityReport> {
  const tip = await node.coins.tip();
  const connected = peered.peers.list().filter(({ stage }) => stage === "ready");
  const inbound = connected.filter(({ kind }) => kind === "inbound").length;
  return {
    city: city.code,
    name: city.name,
    latitude: city.latitude,
    longitude: city.longitude,
    provider: city.host.kind === "aws" ? "aws" : city.host.provider,
    placement: "simulated",
    phase: peered.ingest.initialDownload() ? "importing" : "ready",
    tip: tip === undefined ? undefined : await node.tip(),
    peers: { inbound, outbound: connected.length - inbound },
    version: PROGRAM_VERSION,
    hashAt: async (height) =>
      tip === undefined ? undefined : activeHashAt(height, tip, node.coins),
  };
}
