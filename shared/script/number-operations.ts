import type { Machine, Operation } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import type { ScriptError } from "#shared/script/script-error.ts";

const bit = (value: boolean) => (value ? 1 : 0);

function unary(compute: (value: number) => number): Operation {
  return {
    needs: 1,
    run: (machine) => {
      const value = machine.number(1);
      if (value === undefined) return "UnknownError";
      machine.stack.pop();
      machine.pushNumber(compute(value));
      return undefined;
    },
  };
}

function binary(compute: (left: number, right: number) => number): Operation {
  return {
    needs: 2,
    run: (machine) => {
      const left = machine.number(2);
      const right = machine.number(1);
      if (left === undefined || right === undefined) return "UnknownError";
      machine.stack.pop();
      machine.stack.pop();
      machine.pushNumber(compute(left, right));
      return undefined;
    },
  };
}

function numEqualVerify(machine: Machine): ScriptError | undefined {
  const left = machine.number(2);
  const right = machine.number(1);
  if (left === undefined || right === undefined) return "UnknownError";
  machine.stack.pop();
  machine.stack.pop();
  return left === right ? undefined : "NumEqualVerify";
}

function within(machine: Machine): ScriptError | undefined {
  const value = machine.number(3);
  const least = machine.number(2);
  const end = machine.number(1);
  if (value === undefined || least === undefined || end === undefined) return "UnknownError";
  for (let item = 0; item < 3; item++) machine.stack.pop();
  machine.pushBoolean(least <= value && value < end);
  return undefined;
}

function pushCount(count: (machine: Machine) => number): Operation["run"] {
  return (machine) => {
    machine.pushNumber(count(machine));
    return undefined;
  };
}

/** OP_1NEGATE and OP_1 to OP_16 push the number that their place says. */
const CONSTANTS: readonly (readonly [number, Operation])[] = [
  OP.OP_1NEGATE,
  ...Array.from({ length: 16 }, (_, index) => OP.OP_1 + index),
].map((code) => [code, { needs: 0, run: pushCount(() => code - OP.OP_1 + 1) }]);

/** Whatever reads items as numbers, or makes numbers. */
export const NUMBER_OPERATIONS: readonly (readonly [number, Operation])[] = [
  ...CONSTANTS,
  [OP.OP_DEPTH, { needs: 0, run: pushCount(({ stack }) => stack.length) }],
  [OP.OP_SIZE, { needs: 1, run: pushCount(({ stack }) => stack.top(1).length) }],
  [OP.OP_1ADD, unary((value) => value + 1)],
  [OP.OP_1SUB, unary((value) => value - 1)],
  [OP.OP_NEGATE, unary((value) => -value)],
  [OP.OP_ABS, unary((value) => (value < 0 ? -value : value))],
  [OP.OP_NOT, unary((value) => bit(value === 0))],
  [OP.OP_0NOTEQUAL, unary((value) => bit(value !== 0))],
  [OP.OP_ADD, binary((left, right) => left + right)],
  [OP.OP_SUB, binary((left, right) => left - right)],
  [OP.OP_BOOLAND, binary((left, right) => bit(left !== 0 && right !== 0))],
  [OP.OP_BOOLOR, binary((left, right) => bit(left !== 0 || right !== 0))],
  [OP.OP_NUMEQUAL, binary((left, right) => bit(left === right))],
  [OP.OP_NUMEQUALVERIFY, { needs: 2, run: numEqualVerify }],
  [OP.OP_NUMNOTEQUAL, binary((left, right) => bit(left !== right))],
  [OP.OP_LESSTHAN, binary((left, right) => bit(left < right))],
  [OP.OP_GREATERTHAN, binary((left, right) => bit(left > right))],
  [OP.OP_LESSTHANOREQUAL, binary((left, right) => bit(left <= right))],
  [OP.OP_GREATERTHANOREQUAL, binary((left, right) => bit(left >= right))],
  [OP.OP_MIN, binary((left, right) => Math.min(left, right))],
  [OP.OP_MAX, binary((left, right) => Math.max(left, right))],
  [OP.OP_WITHIN, { needs: 3, run: within }],
];
