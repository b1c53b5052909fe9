import type { Announcement } from "#shared/consensus/announcement.ts";
import type { Attachment, HeaderJudgement, OpenAttachment } from "#shared/consensus/attachment.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { HeaderTree } from "#shared/ports/header-store.ts";
import type { HashHex } from "#shared/primitives/brand.ts";
import type { Refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { type Acceptance, acceptBlock } from "./accept-block.ts";
import type { ChainFile } from "./chain-file.ts";
import { type ConnectOptions, type ConnectResult, connectCandidates } from "./connect.ts";
import { type ExportOptions, type ExportSummary, exportChain } from "./export-chain.ts";
import {
  type ImportDeps,
  type ImportOptions,
  type ImportSummary,
  importChain,
} from "./import-chain.ts";
import {
  invalidateBlock,
  leaveInvalid,
  recallLeaves,
  reconsiderBlock,
} from "./invalidate-block.ts";
import { attachHeader, judgeAnnounced } from "./judge-announced.ts";
import { type PruneOptions, pruneBlocks } from "./prune-blocks.ts";
import { type BlockReceiver, createBlockReceiver } from "./receive-blocks.ts";
import { type Submission, type SubmitDeps, submitBlock } from "./submit-block.ts";
import { knownHeader, readTip } from "./tip-view.ts";

/** What all operations together need. */
export type ValidatorDeps = ImportDeps & SubmitDeps & { readonly headers: HeaderTree };

/** Everything this service does, over one set of ports. */
export interface Validator {
  /** Header of the committed tip; on an empty store, genesis, which is then made the tip. */
  tip(): Promise<HeaderRecord>;
  /** Take a block from outside, store it, and hint; whoever connects does the rest. */
  accept(block: Uint8Array): Promise<Acceptance>;
  /** Where the child of this block would stand. */
  attach(prev: HashHex): Promise<Attachment>;
  /** Judge a header that a peer announces, before its block is asked for. */
  judgeAnnounced(announced: Announcement, at: OpenAttachment): Promise<HeaderJudgement>;
  /** A way in for the blocks of peers, which keeps the branch it grows in memory. */
  receive(): BlockReceiver;
  /** The same as `accept`, and wait for the verdict of all stages. */
  submit(block: Uint8Array): Promise<Submission>;
  /** Follow the best branch. What a hint of the queue `connect` asks for. */
  connect(options?: ConnectOptions): Promise<ConnectResult>;
  /** Look for branches that wait to be followed without a hint, then follow them: after a start. */
  catchUp(options?: ConnectOptions): Promise<ConnectResult>;
  invalidate(hash: HashHex): Promise<Result<void, Refusal>>;
  reconsider(hash: HashHex): Promise<Result<void, Refusal>>;
  importChain(
    files: readonly ChainFile[],
    options?: ImportOptions,
  ): Promise<Result<ImportSummary, Refusal>>;
  /** Remove bodies that are not kept. @returns how many went */
  prune(options: PruneOptions): Promise<number>;
  exportChain(
    write: (bytes: Uint8Array) => Promise<void>,
    options: ExportOptions,
  ): Promise<ExportSummary>;
}

/** The service over these ports; it holds no state of its own. */
export function createValidator(deps: ValidatorDeps): Validator {
  return {
    tip: async () => knownHeader((await readTip(deps)).hash, deps),
    accept: (block) => acceptBlock(block, deps),
    attach: (prev) => attachHeader(prev, deps),
    judgeAnnounced: (announced, at) => judgeAnnounced(announced, at, deps),
    receive: () => createBlockReceiver(deps),
    submit: (block) => submitBlock(block, deps),
    connect: (options) => connectCandidates(deps, options),
    async catchUp(options) {
      await leaveInvalid(deps);
      await recallLeaves(deps);
      return connectCandidates(deps, options);
    },
    invalidate: (hash) => invalidateBlock(hash, deps),
    reconsider: (hash) => reconsiderBlock(hash, deps),
    importChain: (files, options) => importChain(files, deps, options),
    prune: (options) => pruneBlocks(options, deps),
    exportChain: (write, options) => exportChain(write, deps, options),
  };
}
