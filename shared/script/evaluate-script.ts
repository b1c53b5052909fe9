import { FLOW_OPERATIONS } from "#shared/script/flow-operations.ts";
import { type InputCheck, Machine, type Operation } from "#shared/script/machine.ts";
import { NUMBER_OPERATIONS } from "#shared/script/number-operations.ts";
import { OP } from "#shared/script/opcodes.ts";
import { isMinimalPush } from "#shared/script/push.ts";
import type { ScriptError } from "#shared/script/script-error.ts";
import { ScriptFlags } from "#shared/script/script-flags.ts";
import type { ScriptStack } from "#shared/script/script-stack.ts";
import { OPERATIONS_MAX, SIGNATURE_OPERATIONS } from "#shared/script/signature-operations.ts";
import { STACK_OPERATIONS } from "#shared/script/stack-operations.ts";

/** Most bytes of a script that is run. @source exos-l1.md 5.3 */
const SCRIPT_BYTES_MAX = 10_000;

/** Most bytes of one item that is pushed, or begins on the stack of a witness script. */
export const PUSH_BYTES_MAX = 520;

/** Most items on both stacks together, after each operation. */
const STACK_ITEMS_MAX = 1000;

/** They fail a script even where they are not executed. @source CVE-2010-5137; exos-l1.md 5.3 */
const DISABLED: ReadonlySet<number> = new Set([
  OP.OP_CAT,
  OP.OP_SUBSTR,
  OP.OP_LEFT,
  OP.OP_RIGHT,
  OP.OP_INVERT,
  OP.OP_AND,
  OP.OP_OR,
  OP.OP_XOR,
  OP.OP_2MUL,
  OP.OP_2DIV,
  OP.OP_MUL,
  OP.OP_DIV,
  OP.OP_MOD,
  OP.OP_LSHIFT,
  OP.OP_RSHIFT,
]);

/** By opcode. A code without an operation is bad when it is executed. */
const OPERATIONS: readonly (Operation | undefined)[] = (() => {
  const table = new Array<Operation | undefined>(256).fill(undefined);
  const all = [FLOW_OPERATIONS, STACK_OPERATIONS, NUMBER_OPERATIONS, SIGNATURE_OPERATIONS];
  for (const [code, operation] of all.flat()) table[code] = operation;
  return table;
})();

/** How one script ended. */
export interface Evaluation {
  readonly error: ScriptError | undefined;
  readonly coldStake: boolean;
}

/**
 * Runs a script over a stack, which it changes. Whether the stack then means yes is for the caller.
 *
 * @source EvalScript, bitcoin/bitcoin script/interpreter.cpp, and
 *   NBitcoin/ScriptEvaluationContext.cs (EXOSFullNode e61c2e61)
 */
export function evaluateScript(
  script: Uint8Array,
  run: { readonly check: InputCheck; readonly stack: ScriptStack; readonly witness: boolean },
): Evaluation {
  if (script.length > SCRIPT_BYTES_MAX) return { error: "ScriptSize", coldStake: false };
  const machine = new Machine(script, run);
  return { error: runAll(machine), coldStake: machine.coldStake };
}

function runAll(machine: Machine): ScriptError | undefined {
  const { cursor, stack, altStack } = machine;
  while (cursor.next()) {
    const error = step(machine);
    if (error !== undefined) return error;
    if (stack.length + altStack.length > STACK_ITEMS_MAX) return "StackSize";
  }
  // The reference of EXOS looks at a push that is cut off only where it is executed.
  const refused = machine.executing || machine.check.dialect === "bitcoin";
  if (cursor.truncated && refused) return "BadOpCode";
  return machine.branching ? "UnbalancedConditional" : undefined;
}

function step(machine: Machine): ScriptError | undefined {
  const { code, data } = machine.cursor;
  if (data !== undefined) return push(machine, code, data);
  if (code > OP.OP_16 && ++machine.operations > OPERATIONS_MAX) return "OpCount";
  if (DISABLED.has(code)) return "DisabledOpCode";
  if (code === OP.OP_CODESEPARATOR && !machine.witness) {
    if (machine.has(ScriptFlags.CONST_SCRIPTCODE)) return "OpCodeSeparator";
  }
  if (!machine.executing && (code < OP.OP_IF || code > OP.OP_ENDIF)) return undefined;

  const operation = OPERATIONS[code];
  if (operation === undefined) return "BadOpCode";
  if (machine.stack.length < operation.needs) return "InvalidStackOperation";
  return operation.run(machine);
}

function push(machine: Machine, code: number, data: Uint8Array): ScriptError | undefined {
  if (data.length > PUSH_BYTES_MAX) return "PushSize";
  if (!machine.executing) return undefined;
  if (machine.has(ScriptFlags.MINIMALDATA) && !isMinimalPush(code, data)) return "MinimalData";
  machine.stack.push(data);
  return undefined;
}
