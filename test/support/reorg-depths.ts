import { acceptBlock } from "#services/validate/accept-block.ts";
import { connectCandidates } from "#services/validate/connect.ts";
import type { ValidateDeps } from "#services/validate/deps.ts";
import type { Tip } from "#shared/coins/tip.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import type { CoinStore } from "#shared/ports/coin-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import { type MinedBlock, mineChain } from "./mine.ts";

/** Two branches that leave the trunk at its last block. */
export interface TwoBranches {
  readonly trunk: readonly MinedBlock[];
  readonly branches: readonly [readonly MinedBlock[], readonly MinedBlock[]];
}

const TRUNK_BLOCKS = 3;

/** @param blocks of the longer branch */
export async function mineTwoBranches(blocks: number): Promise<TwoBranches> {
  const network = exosRegtest;
  const scriptOf = (opcode: number) => ({ script: Uint8Array.of(opcode), network });
  const trunk = await mineChain(genesisRecord(network), TRUNK_BLOCKS, scriptOf(0x51));
  const fork = trunk.at(-1)?.record ?? genesisRecord(network);
  return {
    trunk,
    branches: [
      await mineChain(fork, blocks, scriptOf(0x52)),
      await mineChain(fork, blocks, scriptOf(0x53)),
    ],
  };
}

/** What one reorganisation did to the tip. */
export interface ReorgSeen {
  readonly depth: number;
  /** Writes of the tip. */
  readonly commits: number;
  /** Tips that were read while it ran, other than the one before and the one after. */
  readonly strange: readonly HashHex[];
  /** Whether the chain ends where it should. */
  readonly followed: boolean;
}

/**
 * Let a city follow one branch, then the other, and so on, so that each reorganisation is as deep as
 * asked: the branch that loses is that long when the other one outgrows it.
 *
 * @param depths rising
 * @param begins called when everything is handed in and only the reorganisation is left
 */
export async function* runReorgs(
  deps: ValidateDeps,
  { trunk, branches }: TwoBranches,
  depths: readonly number[],
  begins: () => void = () => undefined,
): AsyncGenerator<ReorgSeen> {
  const given = [0, 0];
  const give = async (which: 0 | 1, blocks: number): Promise<void> => {
    for (const { bytes } of branches[which].slice(given[which], blocks)) {
      await acceptBlock(bytes, deps);
    }
    given[which] = Math.max(blocks, given[which] ?? 0);
  };
  for (const { bytes } of trunk) await acceptBlock(bytes, deps);
  await connectCandidates(deps);
  let ours: 0 | 1 = 0;
  for (const depth of depths) {
    await give(ours, depth);
    await connectCandidates(deps);
    const before = await deps.coins.tip();
    const theirs: 0 | 1 = ours === 0 ? 1 : 0;
    await give(theirs, depth + 1);
    const wanted = branches[theirs][depth]?.record.hash;
    const watched = watchTips(deps.coins);
    begins();
    await connectCandidates({ ...deps, coins: watched.coins });
    const known = new Set<HashHex | undefined>([before?.hash, wanted]);
    yield {
      depth,
      commits: watched.commits(),
      strange: [...watched.seen].filter((hash) => !known.has(hash)),
      followed: (await deps.coins.tip())?.hash === wanted,
    };
    ours = theirs;
  }
}

/** A reader looks at the tip before and after each write. */
function watchTips(store: CoinStore) {
  const seen = new Set<HashHex>();
  let commits = 0;
  const look = async (): Promise<Tip | undefined> => {
    const tip = await store.tip();
    if (tip !== undefined) seen.add(tip.hash);
    return tip;
  };
  const coins: CoinStore = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== "apply" && name !== "commit") {
        return typeof member === "function" ? member.bind(target) : member;
      }
      return async (...input: unknown[]) => {
        await look();
        if (name === "commit") commits++;
        const output: unknown = await Reflect.apply(member as never, target, input);
        await look();
        return output;
      };
    },
  });
  return { coins, seen, commits: () => commits };
}
