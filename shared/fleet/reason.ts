import type { UnixSeconds } from "#shared/primitives/brand.ts";
import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** Everything that may be wrong with a city. @source cloud.md 10 */
export const REASON_NAMES = [
  "phase",
  "behind",
  "stale",
  "store",
  "state-split",
  "split",
  "assumed",
  "index",
  "peers",
  "silent",
  "dead-letters",
  "commit",
  "unreachable",
] as const;

/** What is wrong with a city, in one word. */
export type ReasonName = (typeof REASON_NAMES)[number];

/** Those that name in what a city differs from most others: chain, or coins at one block. */
export const DIFFERENCES = ["split", "state-split"] as const satisfies readonly ReasonName[];

/** In what a city differs. */
export type Difference = (typeof DIFFERENCES)[number];

/** One reason not to rely on a city, and what to do. */
export interface Reason {
  readonly name: ReasonName;
  readonly code: ErrorCode;
  readonly text: string;
  /** From when on it holds, as far as one can tell. */
  readonly since: UnixSeconds;
  /** With `<city>` and `<environment>` for whoever knows them. */
  readonly fix: string;
  /** Whether it takes the city out of rotation; else it is only said. */
  readonly out: boolean;
}

/** Codes and advice by name. */
const ROWS: Readonly<
  Record<ReasonName, { readonly code: ErrorCode; readonly fix: string; readonly out: boolean }>
> = {
  phase: { code: "EXOS-E2001", fix: "Wait until it is ready", out: true },
  behind: { code: "EXOS-E2001", fix: "Wait for the blocks", out: true },
  stale: { code: "EXOS-E2001", fix: "Look for peers with newer blocks", out: true },
  store: {
    code: "EXOS-E8140",
    fix: "exos fleet load <city> --refill; a node of one's own: exos repair",
    out: true,
  },
  "state-split": {
    code: "EXOS-E8141",
    fix: "exos fleet status --groups --environment <environment>, then exos fleet load <city> --refill for the minority",
    out: true,
  },
  split: {
    code: "EXOS-E8142",
    fix: "exos fleet status --groups --environment <environment>",
    out: true,
  },
  assumed: {
    code: "EXOS-E8143",
    fix: "Wait for the replay from genesis that confirms the snapshot",
    out: false,
  },
  index: { code: "EXOS-E1009", fix: "Wait for the index", out: true },
  peers: { code: "EXOS-E3006", fix: "Name one with --addnode", out: true },
  silent: {
    code: "EXOS-E8144",
    fix: "exos fleet status <city> --environment <environment>: the task starts again",
    out: true,
  },
  "dead-letters": { code: "EXOS-E8145", fix: "exos fleet redrive <city> <queue>", out: false },
  commit: {
    code: "EXOS-E8146",
    fix: "exos fleet logs <city>: the block that cannot be connected is named there",
    out: true,
  },
  unreachable: {
    code: "EXOS-E8147",
    fix: "exos fleet status <city> --environment <environment>",
    out: true,
  },
};

/** A reason with what its name says. @param said `fix`, `out`: unless the name's own answer holds */
export function reasonOf(
  name: ReasonName,
  said: Pick<Reason, "text" | "since"> & Partial<Pick<Reason, "fix" | "out">>,
): Reason {
  const { code, fix, out } = ROWS[name];
  const { text, since } = said;
  return { name, code, text, since, fix: said.fix ?? fix, out: said.out ?? out };
}
