import { toHashHex } from "#shared/primitives/hash.ts";
import { composeDisk, type DiskOptions } from "./compose-disk.ts";
import {
  type ReplayedChain,
  type ReplayedSet,
  type ReplaySource,
  replayChain,
} from "./load/replay-chain.ts";

/**
 * Judge the chain of a set anew, from genesis, in a folder of its own. Dispose of it to close it.
 *
 * @param source where the city has the blocks
 * @throws StoreFault `EXOS-E8134` when a block of it does not stand
 * @source cloud.md 5.4 "Trust"
 */
export async function composeReplay(
  set: ReplayedSet,
  source: ReplaySource,
  options: Omit<DiskOptions, "isFinal">,
  signal: AbortSignal,
): Promise<ReplayedChain & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const disk = stack.use(await composeDisk({ ...options, isFinal: true }));
  const { stores, validator } = disk;
  await validator.tip();
  const receiver = validator.receive();
  const tip = () => stores.coins.tip();
  await replayChain(
    set,
    { ...source, receiver, tip, segmentBlocks: options.segmentBlocks },
    signal,
  );
  const end = await tip();
  if (end === undefined) throw new RangeError("a replayed chain has a tip");
  const muhash = toHashHex((await stores.coins.totals(end)).muhash);
  const held = stack.move();
  return { muhash, headers: stores.headers, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
