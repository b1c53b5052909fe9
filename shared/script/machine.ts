import type { SignatureCheck } from "#shared/crypto/verify-signatures.ts";
import type { Hash256 } from "#shared/primitives/brand.ts";
import type { Transaction } from "#shared/primitives/transaction.ts";
import { ScriptCursor } from "#shared/script/script-cursor.ts";
import type { ScriptError } from "#shared/script/script-error.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import {
  decodeScriptNumber,
  encodeScriptNumber,
  NUMBER_BYTES_MAX,
} from "#shared/script/script-number.ts";
import type { ScriptStack } from "#shared/script/script-stack.ts";

/** Which reference decides: EXOS with its deviations (spec 5.4), or Bitcoin Core. */
export type Dialect = "exos" | "bitcoin";

/** One input to be judged, with the output that it spends. */
export interface InputCheck {
  readonly tx: Transaction;
  readonly index: number;
  readonly value: bigint;
  readonly scriptPubKey: Uint8Array;
  /** Bits of `ScriptFlags`. */
  readonly flags: number;
  readonly dialect: Dialect;
  /** Whether signatures cover the transaction's time; by default they do in the EXOS dialect. */
  readonly transactionTime?: boolean;
  /** Answers whether a signature is right; by default at once, and by looking at it. */
  readonly verify?: (signature: SignatureCheck) => boolean;
}

const FALSE = new Uint8Array(0);
const TRUE = Uint8Array.of(1);

/** The digest for each hash type over one script code, computed once. */
export type Digests = (hashType: number) => Hash256;

/** What one script is doing: its stacks, its conditions, its place. */
export class Machine {
  readonly check: InputCheck;
  readonly cursor: ScriptCursor;
  readonly stack: ScriptStack;
  /** Whether the script stands in a witness. */
  readonly witness: boolean;
  readonly altStack: Uint8Array[] = [];
  /** Operations that counted so far, keys of multisignatures included. */
  operations = 0;
  /** Where the script begins that a signature covers. */
  codeStart = 0;
  /** What was computed for signatures over the script from such a start, nothing taken out. */
  digests: { readonly codeStart: number; readonly of: Digests } | undefined = undefined;
  /** Whether OP_CHECKCOLDSTAKEVERIFY was run with success. */
  coldStake = false;
  readonly #conditions: boolean[] = [];
  #falseConditions = 0;

  constructor(
    script: Uint8Array,
    options: {
      readonly check: InputCheck;
      readonly stack: ScriptStack;
      readonly witness: boolean;
    },
  ) {
    this.cursor = new ScriptCursor(script);
    this.check = options.check;
    this.stack = options.stack;
    this.witness = options.witness;
  }

  has(flag: number): boolean {
    return (this.check.flags & flag) !== 0;
  }

  /** Whether no branch that is not taken is open. */
  get executing(): boolean {
    return this.#falseConditions === 0;
  }

  /** Whether some OP_IF still waits for its OP_ENDIF. */
  get branching(): boolean {
    return this.#conditions.length > 0;
  }

  openBranch(taken: boolean): void {
    this.#conditions.push(taken);
    if (!taken) this.#falseConditions++;
  }

  /** @returns whether the branch was taken; `undefined` when none is open */
  closeBranch(): boolean | undefined {
    const taken = this.#conditions.pop();
    if (taken === false) this.#falseConditions--;
    return taken;
  }

  /** The number at this depth; `undefined` where the reference throws. */
  number(depth: number, sizeMax: number = NUMBER_BYTES_MAX): number | undefined {
    const minimal = this.has(ScriptFlags.MINIMALDATA);
    return decodeScriptNumber(this.stack.top(depth), { minimal, sizeMax });
  }

  pushNumber(value: number): void {
    this.stack.push(encodeScriptNumber(value));
  }

  pushBoolean(value: boolean): void {
    this.stack.push(value ? TRUE : FALSE);
  }

  /** For opcodes that end in VERIFY: leaves nothing behind, or the error. */
  pushResult(value: boolean, errorIfFalse: ScriptError | undefined): ScriptError | undefined {
    if (errorIfFalse === undefined) this.pushBoolean(value);
    else if (!value) return errorIfFalse;
    return undefined;
  }
}

/** What one opcode does. */
export interface Operation {
  /** Fewest items that must be on the stack. */
  readonly needs: number;
  readonly run: (machine: Machine) => ScriptError | undefined;
}
