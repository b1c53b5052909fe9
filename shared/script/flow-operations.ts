import { isCoinstake } from "#shared/primitives/transaction-shape.ts";
import { inputOf } from "#shared/script/input-of.ts";
import type { Machine, Operation } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import type { ScriptError } from "#shared/script/script-error.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import { LOCK_NUMBER_BYTES_MAX } from "#shared/script/script-number.ts";
import { isTrue } from "#shared/script/script-stack.ts";

/** Lock times from here on are seconds since 1970, below they are heights. */
const LOCK_TIME_THRESHOLD = 500_000_000;

const SEQUENCE_FINAL = 0xffff_ffff;

/** Bits of a sequence: that it locks nothing, that it counts time, and what it counts. */
const SEQUENCE_DISABLED = 2 ** 31;
const SEQUENCE_TYPE = 1 << 22;
const SEQUENCE_MASK = SEQUENCE_TYPE | 0xffff;

function openIf(machine: Machine, negated: boolean): ScriptError | undefined {
  if (!machine.executing) {
    machine.openBranch(false);
    return undefined;
  }
  if (machine.stack.length < 1) return "UnbalancedConditional";
  const condition = machine.stack.top(1);
  if (machine.witness && machine.has(ScriptFlags.MINIMALIF)) {
    if (condition.length > 1 || (condition.length === 1 && condition[0] !== 1)) return "MinimalIf";
  }
  machine.stack.pop();
  machine.openBranch(isTrue(condition) !== negated);
  return undefined;
}

function swapBranch(machine: Machine): ScriptError | undefined {
  const taken = machine.closeBranch();
  if (taken === undefined) return "UnbalancedConditional";
  machine.openBranch(!taken);
  return undefined;
}

function closeIf(machine: Machine): ScriptError | undefined {
  return machine.closeBranch() === undefined ? "UnbalancedConditional" : undefined;
}

function verify(machine: Machine): ScriptError | undefined {
  if (!isTrue(machine.stack.top(1))) return "Verify";
  machine.stack.pop();
  return undefined;
}

/** An opcode that soft forks may still give a meaning. */
function reservedNop(machine: Machine): ScriptError | undefined {
  return machine.has(ScriptFlags.DISCOURAGE_UPGRADABLE_NOPS)
    ? "DiscourageUpgradableNops"
    : undefined;
}

/** A soft fork that is not in force. The reference of EXOS discourages it, Bitcoin Core does not. */
function dormant(machine: Machine): ScriptError | undefined {
  return machine.check.dialect === "exos" ? reservedNop(machine) : undefined;
}

/** An absolute or relative lock: the number on top, which stays. */
function lock(
  machine: Machine,
  isSatisfied: (locked: number, machine: Machine) => boolean,
): ScriptError | undefined {
  if (machine.stack.length < 1) return "InvalidStackOperation";
  const locked = machine.number(1, LOCK_NUMBER_BYTES_MAX);
  if (locked === undefined) return "UnknownError";
  if (locked < 0) return "NegativeLockTime";
  return isSatisfied(locked, machine) ? undefined : "UnsatisfiedLockTime";
}

/** @source BIP65; exos-l1.md 5.8 */
function isLockTimeSatisfied(locked: number, { check: { tx, index } }: Machine): boolean {
  const sameKind = tx.lockTime < LOCK_TIME_THRESHOLD === locked < LOCK_TIME_THRESHOLD;
  return sameKind && locked <= tx.lockTime && inputOf(tx, index).sequence !== SEQUENCE_FINAL;
}

/** @source BIP112 */
function isSequenceSatisfied(locked: number, { check: { tx, index } }: Machine): boolean {
  if (locked % (2 * SEQUENCE_DISABLED) >= SEQUENCE_DISABLED) return true;
  const { sequence } = inputOf(tx, index);
  if (tx.version < 2 || sequence >= SEQUENCE_DISABLED) return false;
  const [own, wanted] = [sequence & SEQUENCE_MASK, (locked % SEQUENCE_DISABLED) & SEQUENCE_MASK];
  return own < SEQUENCE_TYPE === wanted < SEQUENCE_TYPE && wanted <= own;
}

function checkLockTime(machine: Machine): ScriptError | undefined {
  if (!machine.has(ScriptFlags.CHECKLOCKTIMEVERIFY)) return dormant(machine);
  return lock(machine, isLockTimeSatisfied);
}

function checkSequence(machine: Machine): ScriptError | undefined {
  if (!machine.has(ScriptFlags.CHECKSEQUENCEVERIFY)) return dormant(machine);
  return lock(machine, isSequenceSatisfied);
}

/**
 * The reference's first reserved opcode shares the code of OP_CHECKLOCKTIMEVERIFY.
 *
 * @source EvalScript, NBitcoin/ScriptEvaluationContext.cs (EXOSFullNode e61c2e61); exos-l1.md 5.4.1
 */
function firstNop(machine: Machine): ScriptError | undefined {
  return machine.check.dialect === "exos" ? checkLockTime(machine) : reservedNop(machine);
}

/**
 * Allows a coin to be staked, not spent, by a key that is kept online. It only demands a coinstake;
 * what that may do is for the block rules.
 *
 * @source OP_CHECKCOLDSTAKEVERIFY, NBitcoin/ScriptEvaluationContext.cs (EXOSFullNode e61c2e61);
 *   exos-l1.md 5.5
 */
function checkColdStake(machine: Machine): ScriptError | undefined {
  const active = machine.has(ScriptFlags.CHECKCOLDSTAKEVERIFY);
  if (!active || machine.check.dialect === "bitcoin") return reservedNop(machine);
  if (!isCoinstake(machine.check.tx)) return "CheckColdStakeVerify";
  machine.coldStake = true;
  return undefined;
}

const anywhere = (run: Operation["run"]): Operation => ({ needs: 0, run });

/** Branches, locks, and what does nothing yet. */
export const FLOW_OPERATIONS: readonly (readonly [number, Operation])[] = [
  [OP.OP_NOP, anywhere(() => undefined)],
  [OP.OP_IF, anywhere((machine) => openIf(machine, false))],
  [OP.OP_NOTIF, anywhere((machine) => openIf(machine, true))],
  [OP.OP_ELSE, anywhere(swapBranch)],
  [OP.OP_ENDIF, anywhere(closeIf)],
  [OP.OP_VERIFY, { needs: 1, run: verify }],
  [OP.OP_RETURN, anywhere(() => "OpReturn")],
  [OP.OP_NOP1, anywhere(firstNop)],
  [OP.OP_CHECKLOCKTIMEVERIFY, anywhere(checkLockTime)],
  [OP.OP_CHECKSEQUENCEVERIFY, anywhere(checkSequence)],
  [OP.OP_NOP4, anywhere(reservedNop)],
  [OP.OP_NOP5, anywhere(reservedNop)],
  [OP.OP_NOP6, anywhere(reservedNop)],
  [OP.OP_NOP7, anywhere(reservedNop)],
  [OP.OP_NOP8, anywhere(reservedNop)],
  [OP.OP_NOP9, anywhere(reservedNop)],
  [OP.OP_NOP10, anywhere(checkColdStake)],
];
