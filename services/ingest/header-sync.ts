import { type Announcement, announcementOf } from "#shared/consensus/announcement.ts";
import type { OpenAttachment } from "#shared/consensus/attachment.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { judgeAnnouncement } from "#shared/consensus/judge-header.ts";
import { lastCheckpointHeight } from "#shared/consensus/last-checkpoint.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import type { PeerAction } from "#shared/p2p/peer-action.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { CoinsReader } from "#shared/primitives/coin.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Ahead, ClaimedChain, HeaderPool } from "./claimed-chain.ts";
import type { IngestDeps } from "./deps.ts";
import { describeAhead } from "./describe-ahead.ts";
import { hasBlock } from "./has-block.ts";

/** Headers as one message brought them. */
export type HeaderBatch = Extract<PeerAction, { kind: "headers" }>;

/** What became of a batch. */
export type BatchOutcome =
  /** The peer's chain ends in its last header, or where our room for it did. */
  | { readonly state: "taken"; readonly added: number; readonly full: boolean }
  /** It hangs in the air: ask again, from a block that both know. */
  | { readonly state: "unattached"; readonly time: number }
  /** The rest cannot be judged, and nothing that we lack would change it: left aside. */
  | { readonly state: "unjudged"; readonly error: ConsensusError }
  /** Its headers are not of the kind that is taken here. */
  | { readonly state: "ignored" }
  | {
      readonly state: "bad";
      readonly reason: string;
      readonly hash: HashHex;
      /** Of a header that is only too early, in seconds. */
      readonly time?: number;
    };

/** Headers that one peer may be ahead of our blocks: two messages, so that one comes in time. */
const AHEAD_MAX = 4_000;
/** Headers of one message. @source exos-l1.md 7.4 */
const BATCH_MAX = 2_000;
/** Headers of all peers together. */
const POOL_MAX = 40_000;

/** An unspent set of which nothing is known: what no kernel can be judged by. */
const NOTHING_KNOWN: CoinsReader = { coin: () => undefined, hasUnspent: () => false };

/** Judges what peers announce, and keeps what they claim. */
export class HeaderSync {
  readonly #deps: IngestDeps;
  readonly #pool: HeaderPool;
  /** Heights of the checkpoints that vouch for what lies below them, and their largest distance. */
  readonly #skipped: readonly number[];
  readonly #gapMax: number;

  constructor(deps: IngestDeps, pool: HeaderPool) {
    this.#deps = deps;
    this.#pool = pool;
    const { network, checkpoints } = deps;
    const isSkipping = checkpoints === "skip";
    this.#skipped = isSkipping ? network.consensus.checkpoints.map(({ height }) => height) : [];
    const gaps = this.#skipped.map((height, index) => height - (this.#skipped[index - 1] ?? 0));
    this.#gapMax = Math.max(0, ...gaps);
  }

  /** Whether a chain may grow by another batch now. */
  hasRoom(chain: ClaimedChain): boolean {
    return chain.items.length + BATCH_MAX <= this.#aheadMax(chain) && !this.isFull();
  }

  /** Whether there is room for nobody. */
  isFull(): boolean {
    return this.#pool.size >= (this.#deps.headersMax ?? POOL_MAX) + 2 * this.#gapMax;
  }

  /** Below a checkpoint that is skipped to, nothing is fetched before its header is there. */
  #aheadMax({ items }: ClaimedChain): number {
    const from = items[0]?.height ?? 0;
    const checkpoint = this.#skipped.find((height) => height >= from);
    return AHEAD_MAX + (checkpoint === undefined ? 0 : checkpoint - from);
  }

  /** One at a time: what is found out about one batch holds for the next. */
  async take(chain: ClaimedChain, batch: HeaderBatch): Promise<BatchOutcome> {
    const announced: readonly Announcement[] = batch.proven
      ? batch.headers.map(announcementOf)
      : batch.headers.map((plain) => ({ ...plain, proof: undefined }));
    const [first] = announced;
    if (first === undefined) return { state: "taken", added: 0, full: false };
    const known = await this.#takeKnown(chain, announced);
    if (typeof known !== "number") return known;
    if (known === announced.length) return { state: "taken", added: 0, full: false };
    const fresh = announced.slice(known);
    const at = await this.#attach(chain, fresh[0] ?? first);
    if ("state" in at) return at;
    if (!batch.proven && this.#needsProof(at.parent)) return { state: "ignored" };
    return this.#grow(chain, fresh, at);
  }

  /** How many from the first on need no judging; where that is all, the chain ends in the last. */
  async #takeKnown(
    chain: ClaimedChain,
    announced: readonly Announcement[],
  ): Promise<number | BatchOutcome> {
    let count = 0;
    let last: Ahead | HeaderRecord | undefined;
    for (const { hash } of announced) {
      const name = toHashHex(hash);
      const held = this.#pool.get(name);
      const ahead = held?.stored === true ? undefined : held;
      const stored = ahead === undefined ? await this.#deps.headers.get(name) : undefined;
      if (stored?.rejected !== undefined) {
        // Whether the verdict still stands, and whose fault it is, the attachment tells.
        const child = await this.#deps.chain.attach(name);
        if (child.state === "rejected") return knownBad(child.error, name);
      }
      const mine = ahead ?? ((await hasBlock(stored, this.#deps)) ? stored?.record : undefined);
      if (mine === undefined) break;
      last = mine;
      count++;
    }
    // A late answer does not shorten what was announced since.
    const isNews = last !== undefined && last.work > (chain.end?.work ?? -1n);
    if (last === undefined || count < announced.length || !isNews) return count;
    if (!("holders" in last)) chain.endAt(last);
    else if (!chain.follow(last)) return { state: "unattached", time: 0 };
    return count;
  }

  /** Where the first unknown header of a batch stands: on a stored block, or on one ahead. */
  async #attach(
    chain: ClaimedChain,
    { header }: Announcement,
  ): Promise<BatchOutcome | { readonly parent: HeaderRecord; readonly open?: OpenAttachment }> {
    const prev = toHashHex(header.prev);
    const ahead = this.#pool.get(prev);
    if (ahead !== undefined && !ahead.stored) {
      if (ahead.record === undefined || !chain.follow(ahead)) {
        return { state: "unattached", time: header.time };
      }
      return { parent: ahead.record };
    }
    const at = await this.#deps.chain.attach(prev);
    switch (at.state) {
      case "unknown":
        return { state: "unattached", time: header.time };
      case "rejected":
        return knownBad(at.error, prev);
      case "too-deep":
        return { state: "bad", reason: `leaves our chain below ${at.final}`, hash: prev };
      case "open":
        chain.endAt(at.parent);
        return { parent: at.parent, open: at };
    }
  }

  #needsProof(parent: Pick<HeaderRecord, "height">): boolean {
    const { network, checkpoints } = this.#deps;
    const { consensus: params } = network;
    if (params.stake === undefined) return false;
    return parent.height + 1 > lastCheckpointHeight({ params, checkpoints });
  }

  /** Judge and keep header after header. The first that is bad takes what this batch added along. */
  async #grow(
    chain: ClaimedChain,
    fresh: readonly Announcement[],
    at: { readonly parent: HeaderRecord; readonly open?: OpenAttachment },
  ): Promise<BatchOutcome> {
    const turn = createTurns(this.#deps);
    let { parent, open } = at;
    let added = 0;
    for (const announced of fresh) {
      const hash = toHashHex(announced.hash);
      if (chain.items.length >= this.#aheadMax(chain) || this.isFull()) {
        return { state: "taken", added, full: true };
      }
      const { verdict, mayWait } = await this.#judge(announced, parent, open);
      if (verdict !== undefined && verdict.effect !== "unknown") {
        chain.clear();
        const outcome = bad(verdict, hash);
        return verdict.effect === "until" ? { ...outcome, time: announced.header.time } : outcome;
      }
      if (verdict !== undefined && !mayWait) return { state: "unjudged", error: verdict };
      const record = describeAhead(announced, parent, this.#deps.network.consensus);
      chain.grow({ ...endOf(record), prev: parent.hash, record, stored: false, holders: 0 });
      added++;
      parent = record;
      open = undefined;
      await turn();
    }
    return { state: "taken", added, full: false };
  }

  /**
   * With its proof on top of a stored block. Higher up by what the header itself says: its proof is
   * judged with its block, once the blocks below are connected.
   */
  async #judge(
    announced: Announcement,
    parent: HeaderRecord,
    open: OpenAttachment | undefined,
  ): Promise<{ readonly verdict: ConsensusError | undefined; readonly mayWait: boolean }> {
    const { chain, network, clock, checkpoints } = this.#deps;
    if (open !== undefined) return chain.judgeAnnounced(announced, open);
    const verdict = judgeAnnouncement(announced, {
      parent,
      params: network.consensus,
      coins: NOTHING_KNOWN,
      now: clock.now(),
      checkpoints,
    });
    return { verdict, mayWait: true };
  }
}

function endOf({ hash, height, work }: HeaderRecord) {
  return { hash, height, work };
}

/** What an operator calls bad is no fault of who has it. */
function knownBad(error: ConsensusError, hash: HashHex): BatchOutcome {
  const { code, detail } = error;
  if (detail["by"] !== undefined) return { state: "unjudged", error };
  return { state: "bad", reason: `known-invalid by ${code}`, hash };
}

function bad({ code, stage }: ConsensusError, hash: HashHex) {
  return { state: "bad", reason: `${code} at the ${stage} stage`, hash } as const;
}
