import { encodeFrame } from "#shared/codec/messages/frame.ts";
import type { PeerDialect } from "#shared/p2p/dialect.ts";
import { FrameReader } from "#shared/p2p/frame-reader.ts";
import { payloadLimits } from "#shared/p2p/message-limits.ts";
import { createPeer, type Peer } from "#shared/p2p/peer.ts";
import type { DropReason, PeerAction } from "#shared/p2p/peer-action.ts";
import type { PeerEnv, PeerInput } from "#shared/p2p/peer-input.ts";
import type { Hash256, Height } from "#shared/primitives/brand.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { type AnswerDeps, answer, type Wanted } from "./answer.ts";
import { ClaimedChain } from "./claimed-chain.ts";
import type { PeerLink, Session, SessionStatus } from "./connections/peer-link.ts";
import type { IngestDeps } from "./deps.ts";
import type { Sync, SyncPeer } from "./sync.ts";
import type { TransactionRelay } from "./transaction-relay.ts";

/** What all sessions of a node share. */
export interface SessionDeps extends AnswerDeps {
  readonly dialect: PeerDialect;
  /** Headers up to here are asked for without proofs. */
  readonly lastCheckpoint: Height;
  readonly sync: Sync;
  readonly transactions: TransactionRelay;
  readonly log: IngestDeps["log"];
  readonly metrics: IngestDeps["metrics"];
  /** Our own state, as a peer's decisions read it. */
  env(): PeerEnv;
  /** A session that failed by a fault of the world, or of ours. */
  failed(cause: unknown): void;
}

/** Wishes of one peer that wait for their answers; what exceeds them stops its reading. */
const WISHES_MAX = 64;
/** Under which commands we do not know are counted. */
const OTHER = "*other*";
const HEAD_BYTES = 24;
/** Carry headers. */
const HEADER_COMMANDS: ReadonlySet<string> = new Set(["headers", "provhdr"]);

/** One connection: bytes in, decisions of the state machine, and what follows from them. */
export class PeerSession implements Session, SyncPeer {
  readonly id: string;
  readonly chain: ClaimedChain;
  distrustedUntilMs = 0;
  readonly #deps: SessionDeps;
  readonly #link: PeerLink;
  readonly #peer: Peer;
  readonly #frames: FrameReader;
  /** What it asked for, and pongs that wait their turn. */
  readonly #wishes: (Wanted | Extract<PeerAction, { kind: "send" }>)[] = [];
  readonly #sent: Record<string, number> = {};
  readonly #received: Record<string, number> = {};
  readonly #limits: ReadonlyMap<string, number>;
  /** Its clock, and when it told it. */
  #greeting: { readonly seconds: number; readonly atMs: number } | undefined;
  readonly #told = new Set<DropReason>();
  #answering = false;
  #congested = false;
  #paused = false;
  #closed = false;
  #lastBlock = unixSeconds(0);
  #lastTransaction = unixSeconds(0);
  #addressesTaken = 0;
  #addressesDropped = 0;

  constructor(link: PeerLink, deps: SessionDeps) {
    const { dialect, lastCheckpoint, sync } = deps;
    this.id = String(link.id);
    this.chain = new ClaimedChain(sync.pool);
    this.#link = link;
    this.#deps = deps;
    this.#peer = createPeer({ ...link.identity, dialect, lastCheckpoint });
    this.#limits = payloadLimits(dialect);
    this.#frames = new FrameReader(dialect.magic, this.#limits);
    link.connection.onData((piece) => this.#receive(piece));
    this.handle({ kind: "opened" });
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  handle(input: PeerInput): void {
    if (this.#closed) return;
    for (const action of this.#peer.handle(input, this.#deps.env())) this.#perform(action);
  }

  requestBlocks(hashes: readonly Hash256[]): void {
    this.handle({ kind: "requestBlocks", hashes });
  }

  clockSeconds(): number | undefined {
    if (this.#greeting === undefined) return undefined;
    const { seconds, atMs } = this.#greeting;
    return seconds + (this.#deps.clock.elapsedMs() - atMs) / 1_000;
  }

  ping(): void {
    this.handle({ kind: "ping" });
  }

  closed(): void {
    this.#closed = true;
    this.#wishes.length = 0;
    this.#deps.sync.leave(this);
    this.#deps.transactions.leave(this);
  }

  status(): SessionStatus {
    const inFlight = this.#deps.sync.inFlightOf(this.id);
    return {
      ...this.#peer.status(),
      headersHeight: this.chain.end?.height,
      blocksHeight: this.#deps.sync.commonHeight(this),
      inFlight,
      lastBlock: this.#lastBlock,
      lastTransaction: this.#lastTransaction,
      addressesTaken: this.#addressesTaken,
      addressesDropped: this.#addressesDropped,
      sentByCommand: { ...this.#sent },
      receivedByCommand: { ...this.#received },
    };
  }

  /** Resolves when the connection takes more, or is closed. */
  async ready(): Promise<void> {
    if (!this.#congested || this.#closed) return;
    await this.#link.connection.drained();
    this.#congested = false;
  }

  mayUpload(bytes: number, recent: boolean): boolean {
    return this.#link.mayUpload(bytes, recent);
  }

  addresses(): ReturnType<PeerLink["addresses"]> {
    return this.#link.addresses();
  }

  #receive(piece: Uint8Array): void {
    for (const event of this.#frames.push(piece)) {
      if (this.#closed) return;
      if (event.kind === "message") this.#count(this.#received, event);
      this.handle(event);
    }
  }

  #count(
    counters: Record<string, number>,
    { command, payload }: { readonly command: string; readonly payload: Uint8Array },
  ): void {
    const name = this.#limits.has(command) ? command : OTHER;
    counters[name] = (counters[name] ?? 0) + HEAD_BYTES + payload.length;
  }

  #perform(action: PeerAction): void {
    const { sync, transactions, metrics } = this.#deps;
    switch (action.kind) {
      case "send":
        // Whoever asks and then pings takes the pong for the end of all answers.
        if (action.command === "pong" && this.#answering) this.#wish(action);
        else this.#send(action);
        return;
      case "disconnect":
      case "ban":
        this.#link.end(action);
        return;
      case "ready":
        this.#greeting = {
          seconds: this.#deps.clock.now() + action.timeOffsetSeconds,
          atMs: this.#deps.clock.elapsedMs(),
        };
        sync.join(this);
        transactions.join(this);
        this.#link.ready(action);
        return;
      case "syncWanted":
        sync.askHeaders(this);
        return;
      case "headers":
        sync.presented(this, action);
        return;
      case "block":
        this.#lastBlock = this.#deps.clock.now();
        sync.delivered(this, action.hash, action.bytes);
        return;
      case "blocksAnnounced":
        sync.announced(this, action.hashes);
        return;
      case "transaction":
        this.#lastTransaction = this.#deps.clock.now();
        transactions.delivered(this, action.transaction);
        return;
      case "transactionsAnnounced":
        transactions.announced(this, action.txids);
        return;
      case "notFound":
        this.#absent(action.items);
        return;
      case "addresses":
        this.#addressesTaken += action.addresses.length;
        this.#link.learned(action.addresses);
        return;
      case "latency":
        return;
      case "dropped":
        if (action.command === "addr") this.#addressesDropped++;
        if (HEADER_COMMANDS.has(action.command) && action.reason === "too often") sync.missed(this);
        metrics.count("exos_peer_messages_dropped_total", { reason: action.reason });
        this.#tell(action);
        return;
      default:
        this.#wish(action);
    }
  }

  #send(message: Extract<PeerAction, { kind: "send" }>): void {
    this.#count(this.#sent, message);
    const frame = encodeFrame(this.#deps.dialect.magic, message.command, message.payload);
    if (!this.#link.connection.write(frame)) this.#congested = true;
  }

  #absent(items: Extract<PeerAction, { kind: "notFound" }>["items"]): void {
    const blocks = items.filter(({ type }) => type === "block").map(({ hash }) => hash);
    if (blocks.length > 0) this.#deps.sync.absent(this, blocks);
    const txids = items.filter(({ type }) => type === "transaction").map(({ hash }) => hash);
    if (txids.length > 0) this.#deps.transactions.absent(this, txids);
  }

  /** The first time of each reason: a flood must not become one of log lines. */
  #tell({ command, reason }: Extract<PeerAction, { kind: "dropped" }>): void {
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    this.#deps.log.debug("part of what a peer sends is left aside", {
      peer: this.id,
      command,
      reason,
    });
  }

  /** Answer in the order of asking; who asks faster than that is read no faster. */
  #wish(wanted: Wanted | Extract<PeerAction, { kind: "send" }>): void {
    this.#wishes.push(wanted);
    if (this.#wishes.length >= WISHES_MAX && !this.#paused) {
      this.#paused = true;
      this.#link.connection.pause();
    }
    if (!this.#answering) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#answering = true;
    for (let wanted = this.#wishes.shift(); wanted !== undefined; wanted = this.#wishes.shift()) {
      await this.#answer(wanted);
      await this.ready();
      if (!this.#paused || this.#wishes.length > WISHES_MAX / 2) continue;
      this.#paused = false;
      this.#link.connection.resume();
    }
    this.#answering = false;
  }

  /** What a store does not let be answered is left out; the next wish may fare better. */
  async #answer(wanted: Wanted | Extract<PeerAction, { kind: "send" }>): Promise<void> {
    try {
      if (wanted.kind === "send") this.#send(wanted);
      else await answer(wanted, this, this.#deps);
    } catch (cause) {
      this.#deps.failed(cause);
    }
  }
}
