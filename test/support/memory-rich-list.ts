import type { RichestAt, RichList, RichListWriter } from "#shared/ports/rich-list.ts";

/** The port over the list that was written last. */
export function createMemoryRichList(): RichList & RichListWriter {
  let written: RichestAt | undefined;
  return {
    richest: async (limit) =>
      written && { at: written.at, holders: written.holders.slice(0, limit) },
    async write(list) {
      written = list;
    },
  };
}
