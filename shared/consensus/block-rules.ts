import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import type { ConsensusParams } from "#shared/consensus/params.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";

/** What a block is held to that blocks of other heights may not be. */
export interface BlockRules {
  /** Bits of `ScriptFlags` for every script of the block. */
  readonly flags: number;
  readonly isSegwitActive: boolean;
  /** Whether a lock by time is compared with the median before the block (BIP113). */
  readonly isMedianTimeCutoff: boolean;
  /** Whether input sequences lock by age (BIP68). */
  readonly isAgeLocked: boolean;
}

/** In force on every network from its first block. */
const ALWAYS = ScriptFlags.P2SH | ScriptFlags.DERSIG | ScriptFlags.CHECKLOCKTIMEVERIFY;

/**
 * What the child of `parent` is held to, by the state of the network's deployments.
 *
 * Where stake proves blocks an active csv locks by time and script, but never by age: the override
 * exists only beside proof of work. Nor does segwit bring BIP147 there.
 *
 * @source DeploymentFlags.cs, StratisBIP9Deployments.cs (EXOSFullNode e61c2e61); GetBlockScriptFlags,
 *   bitcoin/bitcoin validation.cpp; exos-l1.md 5.1, 11.1
 */
export function blockRules(
  { context }: Pick<HeaderRecord, "context">,
  { deployments, dialect }: Pick<ConsensusParams, "deployments" | "dialect">,
): BlockRules {
  const isActive = (name: string): boolean =>
    deployments.some(
      (row, index) => row.name === name && context.deployments[index]?.state === "active",
    );
  const isSegwitActive = isActive("segwit");
  const isCsvActive = isActive("csv");
  const witness =
    dialect === "bitcoin" ? ScriptFlags.WITNESS | ScriptFlags.NULLDUMMY : ScriptFlags.WITNESS;
  return {
    flags:
      ALWAYS |
      (isSegwitActive ? witness : 0) |
      (isCsvActive ? ScriptFlags.CHECKSEQUENCEVERIFY : 0) |
      (isActive("coldstaking") ? ScriptFlags.CHECKCOLDSTAKEVERIFY : 0),
    isSegwitActive,
    isMedianTimeCutoff: isCsvActive,
    isAgeLocked: isCsvActive && dialect === "bitcoin",
  };
}
