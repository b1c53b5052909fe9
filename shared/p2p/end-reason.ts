import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** How long an address stays away after a violation, in seconds. @source exos-l1.md 7.8 */
export const BAN_SECONDS = 16_000;

/** Why a connection ends. */
export type EndReason = keyof typeof END_CODES;

/** Under which code each is logged. */
export const END_CODES = {
  "addr of more than 1000 entries": "EXOS-E3001",
  "headers do not follow one another": "EXOS-E3001",
  "more than 2000 headers": "EXOS-E3001",
  "a block or header breaks a rule": "EXOS-E3001",
  "message unreadable": "EXOS-E3002",
  "checksum wrong": "EXOS-E3002",
  "message too long": "EXOS-E3002",
  "locator of more than 101 hashes": "EXOS-E3002",
  "handshake not finished in time": "EXOS-E3003",
  "ping not answered in time": "EXOS-E3003",
  "handshake refused": "EXOS-E3004",
  "version too old": "EXOS-E3004",
  "services missing": "EXOS-E3004",
  "connected to itself": "EXOS-E3005",
} as const satisfies Record<string, ErrorCode>;
