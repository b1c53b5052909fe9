import { encodeFrame } from "#shared/codec/messages/frame.ts";
import type { NetworkAddress } from "#shared/codec/messages/network-address.ts";
import { encodeVersion, type VersionMessage } from "#shared/codec/messages/version-message.ts";
import type { Network } from "#shared/consensus/params.ts";
import { dialectOf } from "#shared/p2p/dialect.ts";
import { FrameReader } from "#shared/p2p/frame-reader.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import { createPeer, type Peer } from "#shared/p2p/peer.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import type { PeerEnv, PeerInput, WantedItem } from "#shared/p2p/peer-input.ts";
import type { PeerSetup } from "#shared/p2p/peer-setup.ts";
import { type Hash256, height, unixSeconds } from "#shared/primitives/brand.ts";
import { zeroHash } from "#shared/primitives/hash.ts";
import type { ServedChain } from "./served-chain.ts";

/** One message that went out. */
export interface SentMessage {
  readonly command: string;
  readonly payload: Uint8Array;
}

/** What the node around a driven peer has, besides its chain. */
export interface DrivenNode {
  readonly network: Network;
  readonly chain: ServedChain;
  /** Of its tip. */
  readonly height: number;
  readonly pool?: readonly Hash256[];
  readonly addresses?: readonly NetworkAddress[];
  readonly time?: number;
  readonly initialDownload?: boolean;
}

/** An address of IPv4 as messages carry it. */
export function ipv4(host: string, port = 15_888): NetworkAddress {
  const last = host.split(".").map(Number);
  const ip = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...last);
  return { services: 1n, ip, port };
}

/** What the other side says of itself. */
export const THEIRS: VersionMessage = {
  version: 70_016,
  services: 9n,
  time: 1_526_431_697n,
  receiver: ipv4("127.0.0.1"),
  sender: ipv4("127.0.0.1", 40_000),
  nonce: 0x0102030405060708n,
  userAgent: "/theirs:1/",
  startHeight: 5,
  relay: true,
};

/** A setup in which nothing is special. */
export function plainSetup(network: Network, changes: Partial<PeerSetup> = {}): PeerSetup {
  const dialect = dialectOf(network);
  return {
    dialect,
    inbound: true,
    lastCheckpoint: height(0),
    services: dialect.services,
    servicesWanted: 0n,
    userAgent: "/test:1/",
    relay: true,
    nonce: 0x73b101ac55340db4n,
    pingNonce: 0n,
    local: ipv4("127.0.0.1"),
    remote: ipv4("127.0.0.1", 40_000),
    advertised: undefined,
    ...changes,
  };
}

/**
 * A peer of ours at work: bytes go through the frame reader into the machine, and what the machine
 * wants of the node is answered from a recorded chain, at once.
 */
export class PeerDriver {
  readonly peer: Peer;
  readonly sent: SentMessage[] = [];
  readonly actions: PeerAction[] = [];
  readonly #node: DrivenNode;
  readonly #reader: FrameReader;
  nowMs = 0;

  constructor(node: DrivenNode, changes: Partial<PeerSetup> = {}) {
    const setup = plainSetup(node.network, changes);
    this.#node = node;
    this.#reader = new FrameReader(setup.dialect.magic, payloadLimits(setup.dialect));
    this.peer = createPeer(setup);
    this.give({ kind: "opened" });
  }

  get env(): PeerEnv {
    const { chain, height: tip, time = 1_526_431_697, initialDownload = false } = this.#node;
    return {
      nowMs: this.nowMs,
      time: unixSeconds(time),
      height: height(tip),
      tip: chain.hash(tip),
      initialDownload,
    };
  }

  /** How it ended, if it did. */
  get end(): PeerAction | undefined {
    return this.actions.find(({ kind }) => kind === "disconnect" || kind === "ban");
  }

  /** Commands sent so far, in their order. */
  get commands(): string[] {
    return this.sent.map(({ command }) => command);
  }

  actionsOf<Kind extends PeerAction["kind"]>(kind: Kind) {
    return this.actions.filter(
      (action): action is Extract<PeerAction, { kind: Kind }> => action.kind === kind,
    );
  }

  /** Bytes off the wire. */
  push(bytes: Uint8Array): void {
    for (const event of this.#reader.push(bytes)) this.give(event);
  }

  /** A message off the wire. */
  message(command: string, payload: Uint8Array = new Uint8Array(0)): void {
    this.push(encodeFrame(this.#node.network.magic, command, payload));
  }

  /** Let time pass, a second at a step. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1000) {
      this.nowMs += Math.min(1000, ms - passed);
      this.give({ kind: "tick" });
    }
  }

  /** The other side's half of the handshake; all that was sent and asked till then is forgotten. */
  handshake(changes: Partial<VersionMessage> = {}): this {
    this.message("version", encodeVersion({ ...THEIRS, ...changes }));
    this.message("verack");
    return this.forget();
  }

  /** Begin the lists of what was sent and decided anew. */
  forget(): this {
    this.sent.length = 0;
    this.actions.length = 0;
    return this;
  }

  give(input: PeerInput): void {
    const actions = this.peer.handle(input, this.env);
    for (const action of actions) {
      this.actions.push(action);
      if (action.kind === "send") this.sent.push(action);
    }
    for (const action of actions) this.#answer(action);
  }

  /** What the node around the peer does with an action, if anything. */
  #answer(action: PeerAction): void {
    const { addresses = [], pool = [] } = this.#node;
    switch (action.kind) {
      case "syncWanted":
        this.askForHeaders();
        break;
      case "addressesWanted":
        this.give({ kind: "addressesFound", addresses });
        break;
      case "mempoolWanted":
        this.give({ kind: "mempoolFound", txids: pool });
        break;
      case "dataWanted":
        for (const item of action.items) this.#giveItem(item);
        break;
      case "transactionsAnnounced":
        this.give({ kind: "requestTransactions", txids: action.txids });
        break;
      case "blocksAnnounced":
        this.#lookUp(action.hashes);
        break;
      case "headersWanted":
        this.#giveHeaders(action);
        break;
      case "blocksWanted":
        this.#giveInventory(action);
        break;
      default:
    }
  }

  #lookUp(hashes: readonly Hash256[]): void {
    const { chain } = this.#node;
    if (hashes.some((hash) => chain.heightOf(hash) === undefined)) this.askForHeaders();
  }

  #giveHeaders({ locator, stop, proven }: Extract<PeerAction, { kind: "headersWanted" }>): void {
    const { chain, height: tip } = this.#node;
    const heights = chain.after(locator, { stop, tip, countMax: 2000 });
    const headers = heights?.map((at) => chain.headerBytes(at, proven));
    if (headers !== undefined) this.give({ kind: "headersFound", proven, headers });
  }

  #giveInventory({ locator, stop }: Extract<PeerAction, { kind: "blocksWanted" }>): void {
    const { chain, height: tip } = this.#node;
    const heights = chain.after(locator, { stop, tip, countMax: 500 });
    const hashes = heights?.map((at) => chain.hash(at));
    if (hashes !== undefined) this.give({ kind: "inventoryFound", hashes });
  }

  askForHeaders(from = this.#node.height): void {
    const locator = this.#node.chain.locator(from);
    this.give({ kind: "requestHeaders", locator, stop: zeroHash(), height: height(from) });
  }

  #giveItem(item: WantedItem): void {
    const { chain, height: tip } = this.#node;
    const at = item.type === "block" ? chain.heightOf(item.hash) : undefined;
    if (at === undefined || at > tip) this.give({ kind: "missing", items: [item] });
    else this.give({ kind: "block", hash: item.hash, bytes: chain.raw(at) });
  }
}
