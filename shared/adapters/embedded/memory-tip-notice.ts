import type { NoticedTip, TipNotice } from "#shared/ports/tip-notice.ts";

/** The notice of one process. */
export function createMemoryTipNotice(): TipNotice {
  let noticed: NoticedTip | undefined;
  return {
    async put({ rev, height, hash, work }) {
      if (noticed === undefined || noticed.rev <= rev) noticed = { rev, height, hash, work };
    },
    read: async () => noticed,
  };
}
