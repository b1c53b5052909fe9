import type { RateLimit } from "#services/rpc/http/rate-limit.ts";
import type { StreamLimit } from "#services/rpc/http/stream-limit.ts";
import type { Login } from "#services/rpc/json-rpc/login.ts";
import type { Method } from "#services/rpc/json-rpc/method.ts";
import type { Refusal } from "#services/rpc/problems.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { Network } from "#shared/consensus/params.ts";
import type { SubmitAnswer } from "#shared/consensus/submit-answer.ts";
import type { AddressIndex } from "#shared/ports/address-index.ts";
import type { BlockStore } from "#shared/ports/block-store.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { Entropy } from "#shared/ports/entropy.ts";
import type { GenerationNote } from "#shared/ports/generations.ts";
import type { HeaderStore } from "#shared/ports/header-store.ts";
import type { Heartbeats } from "#shared/ports/heartbeats.ts";
import type { Log } from "#shared/ports/log.ts";
import type { Mempool } from "#shared/ports/mempool.ts";
import type { Metrics } from "#shared/ports/metrics.ts";
import type { NetworkView, Peers } from "#shared/ports/peers.ts";
import type { RichList } from "#shared/ports/rich-list.ts";
import type { Staking } from "#shared/ports/staking.ts";
import type { Traces } from "#shared/ports/traces.ts";
import type { Wallets } from "#shared/ports/wallets.ts";
import type { HashHex, UnixSeconds } from "#shared/primitives/brand.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";
import type { Result } from "#shared/primitives/result.ts";

/** The stores that every answer is read from. */
export interface Stores {
  readonly blocks: BlockStore;
  readonly headers: HeaderStore;
  readonly coins: CoinStore;
  readonly index: AddressIndex;
  readonly richList: RichList;
  readonly mempool: Mempool;
}

export type Phase = "opening" | "importing" | "indexing" | "ready" | "stopping";

/** Where the node stands. Without stores nothing can be answered yet. */
export interface NodeState {
  readonly phase: Phase;
  readonly stores: Stores | undefined;
  /** Of the phase, 0 to 1. */
  readonly progress: number;
  readonly etaSeconds: number | undefined;
  /** When the phase began. */
  readonly since: UnixSeconds;
  /** Whether the coins came from a snapshot that no replay from genesis has confirmed yet. */
  readonly assumed?: boolean;
}

/** A block that was judged, or bytes that are none. */
export type Submission =
  | { readonly state: "undecodable"; readonly reason: string }
  | { readonly state: "judged"; readonly answer: SubmitAnswer };

/** Why the node does not do what it was told. */
export interface ControlRefusal {
  readonly code: ErrorCode;
  /** One sentence that names what it is about. */
  readonly message: string;
}

/** The ways a caller with a login may change the node. */
export interface NodeControl {
  /** Judge a block by all stages. @param block serialised, owned by the callee afterwards */
  submit(block: Uint8Array): Promise<Submission>;
  /** Bytes of all stores, as far as they are known. */
  sizeOnDisk(): Promise<number>;
  /** The lowest height above genesis from which on bodies are kept; 1: all are. */
  lowestBody(): number;
  /** Begin an orderly stop, and return at once. */
  stop(): void;
  /** Nothing on public networks. */
  readonly development: DevelopmentControl | undefined;
}

export interface DevelopmentControl {
  /** Where `generate` pays to. */
  readonly rewardScript: Uint8Array;
  /**
   * Mine blocks on the tip, one after the other.
   * @param count 1 to 10,000
   * @returns their hashes
   */
  generate(count: number, script: Uint8Array): Promise<Result<HashHex[], ControlRefusal>>;
  /** @param time `undefined` gives the clock back its own time */
  mockTime(time: UnixSeconds | undefined): void;
  /** Treat a block and its descendants as bad, whatever the rules say. */
  invalidate(hash: HashHex): Promise<Result<void, ControlRefusal>>;
  /** Undo `invalidate` and earlier verdicts on a block, its ancestors and descendants. */
  reconsider(hash: HashHex): Promise<Result<void, ControlRefusal>>;
}

/** Who may reach the node, and how. */
export interface Access {
  /**
   * `node`: one's own, which asks for a login wherever something is private or may be changed.
   * `city`: everybody's, which asks for none and has nothing that would need one.
   * @source interfaces.md, "Reach"; 1.3; 2 "login"
   */
  readonly kind: "node" | "city";
  /** Who comes through: everybody, unless a city stands behind the fleet's edge. */
  readonly door?: EdgeDoor;
  /** Any of them opens the methods that need a login. */
  readonly logins: readonly Login[];
  /** Whether a user with a login may call a method (`rpcwhitelist`). */
  mayCall(user: string, method: string): boolean;
  /** Names, beside loopback ones, that a `Host` header may carry. Lower case, without port. */
  readonly hosts: readonly string[];
  /** Origins of pages, beside our own, that may read public routes. */
  readonly origins: readonly string[];
  /** Whether a socket's peer may use JSON-RPC. */
  allowsAddress(address: string): boolean;
}

/** Lets in what came by the fleet's edge. @source cloud.md 7.3 */
export interface EdgeDoor {
  /** @returns why a request is not answered; `undefined`: the edge vouches for it */
  check(headers: Headers): Promise<Refusal | undefined>;
}

/** How far the node has followed its peers. */
export interface SyncView {
  readonly phase: string;
  readonly height: number;
  /** Of the heaviest chain that a peer claims, or of our own. */
  readonly target: number;
  readonly etaSeconds: number | undefined;
  /** Far behind: nothing is relayed. */
  readonly initialDownload: boolean;
}

/** When a node counts as ready. @source interfaces.md 7.2 */
export interface Readiness {
  /** `readymaxlag`: blocks behind the best header. */
  readonly blocksMax: number;
  /** `readymaxage`; `undefined` on development networks and without a source of peers. */
  readonly ageSecondsMax: number | undefined;
  /** Blocks behind beyond which a city is better loaded; absent on one's own node. */
  readonly loadBlocks?: number;
}

/** One city of the fleet, as whoever runs it sees it now. */
export interface CityReport {
  /** Three lower-case letters. */
  readonly city: string;
  readonly name: string;
  /** Decimal degrees. */
  readonly latitude: number;
  readonly longitude: number;
  readonly provider: string;
  /** Where it really runs. */
  readonly placement: "simulated";
  readonly phase: Phase;
  readonly tip: Pick<HeaderRecord, "hash" | "height" | "work" | "header"> | undefined;
  readonly peers: { readonly inbound: number; readonly outbound: number };
  /** Of its program. */
  readonly version: string;
  /** Its block at a height up to its tip's. */
  hashAt(height: number): Promise<HashHex | undefined>;
}

/** The cities that one process runs, and the cable between them. */
export interface FleetControl {
  cities(): Promise<readonly CityReport[]>;
  /**
   * Cut every connection between two groups of cities, until `heal`.
   * @param first size of the first group; the cities are dealt out in turn, the first to it
   * @returns both groups, or why there are none such
   */
  partition(first: number, second: number): Result<readonly (readonly string[])[], ControlRefusal>;
  heal(): void;
  /** The groups that are cut from each other; one where nothing is. */
  groups(): readonly (readonly string[])[];
}

/** A call in progress, for `getrpcinfo`. */
export interface RunningCall {
  readonly method: string;
  /** Monotonic milliseconds at which it began. */
  readonly startedMs: number;
}

/** A block of the chain. */
interface CountedPlace {
  readonly height: number;
  readonly hash: HashHex;
}

/** What is known of the coins of a generation. */
type CoinTrust = Pick<GenerationNote, "assumed" | "refuted">;

/** Everything the API is made of. */
export interface RpcDeps {
  readonly network: Network;
  /** Name of the city in every answer; `local` on one's own node. */
  readonly city: string;
  /** Of the program. */
  readonly version: string;
  /** Monotonic milliseconds at which the node started. */
  readonly startedMs: number;
  readonly state: () => NodeState;
  /** What is offered by JSON-RPC, or refused by its name: loaded for the first call of one. */
  readonly methods: () => Promise<readonly Method[]>;
  readonly control: NodeControl;
  /** Only where this process runs a fleet. */
  readonly fleet?: FleetControl;
  /** The connections to other nodes, where the node has any. */
  readonly peers?: Peers | undefined;
  /** Where the node stands among its peers; without it, it has none. */
  readonly sync?: (() => SyncView) | undefined;
  /** Signs of life of the other processes, where the node is a city of several. */
  readonly heartbeats?: Pick<Heartbeats, "all"> | undefined;
  /** Whether a replay has confirmed, or refuted, what a generation of coins was loaded from. */
  readonly trustOf?: ((generation: number) => Promise<CoinTrust | undefined>) | undefined;
  /** Set hash that this city counted at a block of its chain; `undefined` where it did not. */
  readonly counted?: (at: CountedPlace) => Promise<HashHex | undefined>;
  /** How the city takes part in the network, where another process talks to its peers. */
  readonly partOfNetwork?: NetworkView | undefined;
  /** Absent in a city, and on a node that was told to have none. */
  readonly wallets?: Wallets | undefined;
  /** Where there are wallets and proof of stake. */
  readonly staking?: Staking | undefined;
  /** `false` where a held stream costs by the second: then each is one event. */
  readonly heldStreams?: false;
  /** Calls by JSON-RPC that are not answered yet, of all listeners. */
  readonly calls: Set<RunningCall>;
  readonly access: Access;
  readonly readiness: Readiness;
  /** Counts what callers ask for; without it nobody is limited. */
  readonly rate?: RateLimit | undefined;
  /** Counts streams that callers hold; without it nobody is limited. */
  readonly streams?: StreamLimit | undefined;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Without it nothing is traced. */
  readonly traces?: Traces | undefined;
}
