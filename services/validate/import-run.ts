import { decodeBlock } from "#shared/codec/decode-block.ts";
import { decodeHeader, hashHeader } from "#shared/codec/header.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { ConsensusError } from "#shared/consensus/verdict.ts";
import { createTurns } from "#shared/ports/turns.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { toHashHex, ZERO_HASH_HEX } from "#shared/primitives/hash.ts";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import { acceptBlock } from "./accept-block.ts";
import { admitBlock } from "./admit-block.ts";
import { Branch } from "./branch.ts";
import type { ChainFileRecord } from "./chain-file.ts";
import { COMMIT_BLOCKS, connectCandidates, reject } from "./connect.ts";
import type { ImportDeps } from "./import-chain.ts";
import { isStanding } from "./is-standing.ts";
import { ParkedBlocks } from "./parked-blocks.ts";
import { readKernelCoin } from "./read-coins.ts";
import { isOnChain, knownHeader, readTip } from "./tip-view.ts";

/** Blocks that may wait for their scripts before a commit waits with them. */
const WAITING_BLOCKS_MAX = 2 * COMMIT_BLOCKS;

type Origin = Pick<ChainFileRecord, "file" | "offset">;

/** A block of a file by its names. */
interface Named {
  readonly record: ChainFileRecord;
  readonly hash: HashHex;
  readonly prev: HashHex;
}

/** The state of one import: the branch that grows, and the blocks that wait for their parent. */
export class ImportRun {
  /** Connected, and transactions in them. */
  blocks = 0;
  transactions = 0;
  readonly #deps: ImportDeps;
  readonly #stopHeight: number;
  readonly #parked = new ParkedBlocks();
  /** Where the last blocks came from. */
  readonly #origins = new Map<HashHex, Origin>();
  readonly #turn: () => Promise<void>;
  #branch: Branch;
  /** The block that was taken last. */
  #last: HashHex | undefined;

  private constructor(branch: Branch, deps: ImportDeps, stopHeight: number) {
    this.#branch = branch;
    this.#deps = deps;
    this.#stopHeight = stopHeight;
    this.#turn = createTurns(deps);
  }

  static async open(deps: ImportDeps, stopHeight = Number.POSITIVE_INFINITY): Promise<ImportRun> {
    return new ImportRun(await branchAtTip(deps), deps, stopHeight);
  }

  get height(): number {
    return this.#branch.end.height;
  }

  /** Whether the height to stop at is reached. */
  get isComplete(): boolean {
    return this.height >= this.#stopHeight;
  }

  /** Take one block of a file. @returns why the import cannot go on */
  async take(record: ChainFileRecord): Promise<Refusal | undefined> {
    const named = nameOf(record, this.#deps);
    if (named === undefined) return damaged(record);
    this.#last = named.hash;
    let refused = await this.#place(named);
    if (refused === undefined && !this.#parked.isEmpty) refused = await this.#placeChildren(named);
    await this.#turn();
    return refused;
  }

  /** Commit what was taken. @returns the block that failed, if one did */
  async settle(which: "all" | "settled" = "all"): Promise<Refusal | undefined> {
    const outcome = await this.#branch.commit(which);
    if (outcome.state === "lost") {
      this.#branch = await branchAtTip(this.#deps);
      return undefined;
    }
    if (outcome.bad === undefined) return undefined;
    const { record, error } = outcome.bad;
    await reject(outcome.bad, this.#deps);
    const origin = this.#origins.get(record.hash);
    return describe(error, { hash: record.hash, height: record.height, origin });
  }

  /** The end of all files. @returns why something is left over */
  async finish(): Promise<Refusal | undefined> {
    const refused = await this.settle();
    if (refused !== undefined || this.isComplete) return refused;
    return this.#parked.describeFirst();
  }

  /** Where the files ended, if that is stored and not on the chain: beside one with more work. */
  async beside(): Promise<HeaderRecord | undefined> {
    const { headers } = this.#deps;
    const last = this.#last === undefined ? undefined : await headers.get(this.#last);
    if (last === undefined || last.record.height === 0) return undefined;
    const tip = await readTip(this.#deps);
    return (await isOnChain(last.record, tip, this.#deps)) ? undefined : last.record;
  }

  /** Place what waited for this block, if that stands somewhere now. */
  async #placeChildren(of: Named): Promise<Refusal | undefined> {
    if ((await this.#deps.headers.get(of.hash)) === undefined) return undefined;
    const parents = [of.hash];
    for (let at = parents.at(-1); at !== undefined && !this.isComplete; at = parents.at(-1)) {
      const child = this.#parked.takeChild(at);
      const named = child === undefined ? undefined : nameOf(child, this.#deps);
      if (named === undefined) parents.pop();
      else {
        const refused = await this.#place(named);
        if (refused !== undefined) return refused;
        parents.push(named.hash);
        await this.#turn();
      }
    }
    return undefined;
  }

  async #place(named: Named): Promise<Refusal | undefined> {
    if (named.prev === this.#branch.end.hash) return this.#extend(named);
    const { headers, network } = this.#deps;
    if (named.hash === toHashHex(network.consensus.genesis.hash)) return undefined;
    const known = await headers.get(named.hash);
    if (known !== undefined && known.bodySize !== undefined && known.rejected === undefined) {
      return undefined;
    }
    if ((await headers.get(named.prev)) !== undefined) return this.#branchOff(named);
    return foreignChain(named, network.name) ?? this.#parked.add(named.record, named.prev);
  }

  /** The ordinary case: the block that follows the last one. */
  async #extend({ record, hash }: Named): Promise<Refusal | undefined> {
    const deps = this.#deps;
    const branch = this.#branch;
    const decoded = decodeBlock(record.block, deps.network.consensus.wire);
    if (!decoded.ok) return (await this.settle()) ?? damaged(record);
    const block = decoded.value;
    const parent = branch.end;
    const place = { hash, height: parent.height + 1, origin: record };
    const before = (await deps.headers.get(hash))?.rejected;
    if (before !== undefined && isStanding(before, deps)) {
      return (await this.settle()) ?? describe(before, place);
    }
    const coins = await readKernelCoin(block, branch.view, deps);
    const admitted = await admitBlock({ block, bytes: record.block }, { parent, coins }, deps);
    if (!admitted.ok) return (await this.settle()) ?? describe(admitted.error, place);
    this.#remember(hash, record);
    const error = await branch.append({ block, record: admitted.value });
    if (error !== undefined) {
      await reject({ record: admitted.value, error }, deps);
      return (await this.settle()) ?? describe(error, place);
    }
    this.blocks++;
    this.transactions += block.transactions.length;
    if (!branch.isRipe(COMMIT_BLOCKS)) return undefined;
    // Waiting for the last scripts would leave the workers without work meanwhile.
    const refused = await this.settle(branch.isRipe(WAITING_BLOCKS_MAX) ? "all" : "settled");
    await deps.flushWhenDue();
    return refused;
  }

  #remember(hash: HashHex, { file, offset }: ChainFileRecord): void {
    this.#origins.set(hash, { file, offset });
    if (this.#origins.size <= 2 * WAITING_BLOCKS_MAX) return;
    for (const oldest of this.#origins.keys()) {
      this.#origins.delete(oldest);
      return;
    }
  }

  /** A block whose parent is known but is not the last one: kept, and followed when heavier. */
  async #branchOff({ record, hash }: Named): Promise<Refusal | undefined> {
    const refused = await this.settle();
    if (refused !== undefined) return refused;
    const acceptance = await acceptBlock(record.block, this.#deps);
    switch (acceptance.state) {
      case "known":
      case "orphan":
        return undefined;
      case "undecodable":
        return damaged(record);
      case "too-deep":
        return beyondLimit(record, hash, acceptance.final);
      case "refused":
        return describe(acceptance.error, { hash, height: undefined, origin: record });
      case "accepted": {
        if (!acceptance.heavier) return undefined;
        const before = this.height;
        const { tip } = await connectCandidates(this.#deps);
        this.#branch = await branchAtTip(this.#deps);
        this.blocks += Math.max(0, tip.height - before);
        return this.#verdictOn(record, hash);
      }
    }
  }

  /** Whether a block that was to be connected turned out bad. */
  async #verdictOn(record: ChainFileRecord, hash: HashHex): Promise<Refusal | undefined> {
    const stored = await this.#deps.headers.get(hash);
    if (stored?.rejected === undefined) return undefined;
    return describe(stored.rejected, { hash, height: stored.record.height, origin: record });
  }
}

async function branchAtTip(deps: ImportDeps): Promise<Branch> {
  const tip = await readTip(deps);
  return Branch.open(tip, await knownHeader(tip.hash, deps), deps);
}

function nameOf(record: ChainFileRecord, { network }: ImportDeps): Named | undefined {
  const header = decodeHeader(record.block);
  if (!header.ok) return undefined;
  const hash = toHashHex(hashHeader(header.value, network.consensus.wire));
  return { record, hash, prev: toHashHex(header.value.prev) };
}

function damaged({ file, offset }: ChainFileRecord): Refusal {
  const message = `${file} holds bytes at offset ${offset} that are no block.`;
  return refusal("EXOS-E2010", message, { file, offset }).error;
}

function beyondLimit({ file, offset }: ChainFileRecord, hash: HashHex, final: number): Refusal {
  const message = `${file} at offset ${offset} leaves the chain below height ${final}, which is final.`;
  return refusal("EXOS-E2008", message, { file, offset, hash, final }).error;
}

/** Whether the chain of a file begins where another known network begins. */
function foreignChain({ record, hash, prev }: Named, own: string): Refusal | undefined {
  const names = Object.values(NETWORKS).filter(({ consensus }) => {
    const genesis = toHashHex(consensus.genesis.hash);
    return genesis === hash || genesis === prev;
  });
  if (names.length === 0 && prev !== ZERO_HASH_HEX) return undefined;
  const { file, offset } = record;
  const network = names[0]?.name ?? "an unknown network";
  const message = `${file} belongs to ${network}, not to ${own}.`;
  return refusal("EXOS-E2005", message, { file, offset, network }).error;
}

/** A verdict as a sentence: which block, where it stands, why, and at what stage. */
function describe(
  { code, stage, effect }: ConsensusError,
  place: {
    readonly hash: HashHex;
    readonly height: number | undefined;
    readonly origin: Origin | undefined;
  },
): Refusal {
  const { hash, height, origin } = place;
  const where = origin === undefined ? "" : ` at offset ${origin.offset} of ${origin.file}`;
  const which = height === undefined ? hash : `${height} (${hash})`;
  const message = `Block ${which}${where} is refused: ${code}, at the ${stage} stage.`;
  const fields = {
    hash,
    code,
    stage,
    ...(height === undefined ? {} : { height }),
    ...(origin === undefined ? {} : { file: origin.file, offset: origin.offset }),
  };
  if (effect === "bytes") return refusal("EXOS-E2009", message, fields).error;
  if (effect === "until") return refusal("EXOS-E2012", message, fields).error;
  return refusal("EXOS-E2002", message, fields).error;
}
