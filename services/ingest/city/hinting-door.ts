import type { BlockDoor, ChainDoor, Delivery } from "#services/ingest/deps.ts";
import { type BlockHint, blockHint } from "#shared/messages/block-hint.ts";
import type { WorkQueue } from "#shared/ports/work-queue.ts";

/** What judges headers and stores blocks, as the service of validation has it. */
export interface Arrivals extends Pick<ChainDoor, "tip" | "attach" | "judgeAnnounced"> {
  store(block: Uint8Array): Promise<Delivery>;
}

/** What the door is made of. */
export interface HintingDoorDeps {
  readonly arrivals: Arrivals;
  /** Asks for a stored block to be checked. */
  readonly blocks: WorkQueue<BlockHint>;
  /** Network group of a connected peer. */
  groupOf(peer: string): string | undefined;
}

/**
 * The way of blocks into a city: stored first, hinted at after. Nobody waits for a verdict here:
 * the tip moves when others have connected, and what proves bad is told by a hint.
 *
 * @source cloud.md 2
 */
export function createHintingDoor(deps: HintingDoorDeps): ChainDoor {
  const { arrivals, blocks, groupOf } = deps;
  const door: BlockDoor = {
    async take(block, from) {
      const delivery = await arrivals.store(block);
      if (delivery.state === "accepted" && delivery.heavier) {
        await blocks.send(blockHint("block", delivery.record.hash), groupOf(from));
      }
      return delivery;
    },
    settle: () => Promise.resolve(),
  };
  return {
    tip: () => arrivals.tip(),
    attach: (prev) => arrivals.attach(prev),
    judgeAnnounced: (announced, at) => arrivals.judgeAnnounced(announced, at),
    receive: () => door,
  };
}
