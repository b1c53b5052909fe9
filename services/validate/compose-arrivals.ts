import type { Announcement } from "#shared/consensus/announcement.ts";
import type { Attachment, HeaderJudgement, OpenAttachment } from "#shared/consensus/attachment.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { Acceptance } from "./accept-block.ts";
import type { ArrivalDeps } from "./arrival-deps.ts";
import { attachHeader, judgeAnnounced } from "./judge-announced.ts";
import { storeBlock } from "./store-block.ts";
import { knownHeader, readTip } from "./tip-view.ts";

/** What whoever talks to peers judges himself, in a city where others connect. */
export interface Arrivals {
  /** Header of the committed tip. */
  tip(): Promise<HeaderRecord>;
  /** Where the child of this block would stand. */
  attach(prev: HashHex): Promise<Attachment>;
  judgeAnnounced(announced: Announcement, at: OpenAttachment): Promise<HeaderJudgement>;
  /** Judge the header and the integrity of a block, and store it: nobody is hinted at it yet. */
  store(block: Uint8Array): Promise<Acceptance>;
}

/** The part of this service that other processes run, over these ports. */
export function composeArrivals(deps: ArrivalDeps): Arrivals {
  return {
    tip: async () => knownHeader((await readTip(deps)).hash, deps),
    attach: (prev) => attachHeader(prev, deps),
    judgeAnnounced: (announced, at) => judgeAnnounced(announced, at, deps),
    store: (block) => storeBlock(block, deps),
  };
}
