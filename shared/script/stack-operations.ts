import { hash160, hash256, ripemd160, sha1, sha256 } from "#shared/crypto/hashes.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import type { Machine, Operation } from "#shared/script/machine.ts";
import { OP } from "#shared/script/opcodes.ts";
import type { ScriptError } from "#shared/script/script-error.ts";
import { isTrue, type ScriptStack } from "#shared/script/script-stack.ts";

/** An operation on the main stack that cannot fail. */
function on(needs: number, act: (stack: ScriptStack) => void): Operation {
  return {
    needs,
    run: ({ stack }) => {
      act(stack);
      return undefined;
    },
  };
}

/** Pushes again the `count` items that begin at this depth. */
function again(depth: number, count: number): Operation {
  return on(depth, (stack) => {
    for (let index = 0; index < count; index++) stack.push(stack.top(depth));
  });
}

/** Takes items out of the middle, where the reference fails on a stack that is exactly full. */
function fromMiddle(needs: number, act: (stack: ScriptStack) => void): Operation {
  return {
    needs,
    run: ({ stack, check }) => {
      if (check.dialect === "exos" && stack.full) return "UnknownError";
      act(stack);
      return undefined;
    },
  };
}

function pickOrRoll(machine: Machine, take: (stack: ScriptStack, depth: number) => void) {
  const { stack } = machine;
  const count = machine.number(1);
  if (count === undefined) return "UnknownError";
  stack.pop();
  if (count < 0 || count >= stack.length) return "InvalidStackOperation";
  take(stack, count + 1);
  return undefined;
}

function equal(machine: Machine, errorIfFalse: ScriptError | undefined): ScriptError | undefined {
  const { stack } = machine;
  return machine.pushResult(equalBytes(stack.pop(), stack.pop()), errorIfFalse);
}

function hashing(hash: (bytes: Uint8Array) => Uint8Array): Operation {
  return on(1, (stack) => stack.push(hash(stack.pop())));
}

function toAltStack({ stack, altStack }: Machine): undefined {
  altStack.push(stack.pop());
  return undefined;
}

function fromAltStack({ stack, altStack }: Machine): ScriptError | undefined {
  const item = altStack.pop();
  if (item === undefined) return "InvalidAltStackOperation";
  stack.push(item);
  return undefined;
}

/** Whatever moves, copies, compares and hashes items without reading them as numbers. */
export const STACK_OPERATIONS: readonly (readonly [number, Operation])[] = [
  [OP.OP_TOALTSTACK, { needs: 1, run: toAltStack }],
  [OP.OP_FROMALTSTACK, { needs: 0, run: fromAltStack }],
  [OP.OP_DROP, on(1, (stack) => stack.pop())],
  [OP.OP_DUP, again(1, 1)],
  [OP.OP_2DUP, again(2, 2)],
  [OP.OP_3DUP, again(3, 3)],
  [OP.OP_OVER, again(2, 1)],
  [OP.OP_2OVER, again(4, 2)],
  [
    OP.OP_2DROP,
    on(2, (stack) => {
      stack.pop();
      stack.pop();
    }),
  ],
  [
    OP.OP_2ROT,
    fromMiddle(6, (stack) => {
      stack.raise(6);
      stack.raise(6);
    }),
  ],
  [
    OP.OP_2SWAP,
    on(4, (stack) => {
      stack.raise(4);
      stack.raise(4);
    }),
  ],
  [
    OP.OP_IFDUP,
    on(1, (stack) => {
      if (isTrue(stack.top(1))) stack.push(stack.top(1));
    }),
  ],
  [OP.OP_NIP, fromMiddle(2, (stack) => stack.remove(2))],
  [OP.OP_ROT, on(3, (stack) => stack.raise(3))],
  [OP.OP_SWAP, on(2, (stack) => stack.raise(2))],
  [OP.OP_TUCK, on(2, (stack) => stack.insertBelow(2, stack.top(1)))],
  [
    OP.OP_PICK,
    { needs: 2, run: (machine) => pickOrRoll(machine, (stack, at) => stack.push(stack.top(at))) },
  ],
  [OP.OP_ROLL, { needs: 2, run: (machine) => pickOrRoll(machine, (stack, at) => stack.raise(at)) }],
  [OP.OP_EQUAL, { needs: 2, run: (machine) => equal(machine, undefined) }],
  [OP.OP_EQUALVERIFY, { needs: 2, run: (machine) => equal(machine, "EqualVerify") }],
  [OP.OP_RIPEMD160, hashing(ripemd160)],
  [OP.OP_SHA1, hashing(sha1)],
  [OP.OP_SHA256, hashing(sha256)],
  [OP.OP_HASH160, hashing(hash160)],
  [OP.OP_HASH256, hashing(hash256)],
];
