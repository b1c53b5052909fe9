import type { UnixSeconds } from "#shared/primitives/brand.ts";
import { type AcceptedHint, parseAcceptedHint } from "./accepted-hint.ts";
import { type BadHint, parseBadHint } from "./bad-hint.ts";
import type { BlockHint } from "./block-hint.ts";
import { type MoreHint, parseMoreHint } from "./more-hint.ts";
import { parseBlockHint } from "./parse-block-hint.ts";
import { readHint } from "./read-hint.ts";
import { parseTickHint, type TickHint } from "./tick-hint.ts";
import { parseTipHint, type TipHint } from "./tip-hint.ts";

/** What the queue `connect` carries. */
export type ConnectHint = BlockHint | TickHint | MoreHint;

/** What the queue `announce` carries. */
export type AnnounceHint = TipHint | AcceptedHint | BadHint;

/** @returns `undefined` for anything that the queue `connect` does not carry */
export function readConnectHint(text: string): ConnectHint | undefined {
  return readHint<ConnectHint>(text, [parseBlockHint, parseTickHint, parseMoreHint]);
}

/** @returns `undefined` for anything that the queue `announce` does not carry */
export function readAnnounceHint(text: string): AnnounceHint | undefined {
  return readHint<AnnounceHint>(text, [parseTipHint, parseAcceptedHint, parseBadHint]);
}

/** The one group of the queue `connect`: one tip, one writer at a time. */
export const CONNECT_GROUP = "chain";

/**
 * Under which id the queue `connect` drops a hint that it was sent within the last five minutes,
 * even one whose message was consumed or died: so each id carries a minute.
 *
 * @source cloud.md 2
 */
export function connectId(hint: ConnectHint, now: UnixSeconds): string {
  const minute = Math.floor(now / 60);
  switch (hint.kind) {
    case "block":
    case "connect":
      return `${hint.hash}:${minute}`;
    case "tick":
      return `tick:${minute}`;
    case "more":
      return `more:${hint.rev}:${minute}`;
  }
}
