import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  parseStakeAnswered,
  type StakeAnswered,
  type StakeAsked,
} from "#shared/messages/stake-signing.ts";
import type { StakeSigner } from "#shared/ports/stake-signer.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import type { SweepSigner } from "#shared/ports/sweep-signer.ts";
import { inSpan, type Traces } from "#shared/ports/traces.ts";
import { fromHex } from "#shared/primitives/hex.ts";
import { refusal } from "#shared/primitives/refusal.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** The function that signs, and what it is asked through. */
export interface LambdaSignerOptions {
  readonly client: Pick<LambdaClient, "send">;
  /** As `EXOS_FUNCTION_SIGN` has it. */
  readonly functionName: string;
  /** `undefined` where nothing is traced. */
  readonly traces?: Traces | undefined;
}

/**
 * A signer behind a function, which believes nothing that it is told: of a request it is given the
 * block alone. Each question is a span, whose trace the function goes on with. @source cloud.md 9.2
 */
export function createLambdaSigner({
  client,
  functionName,
  traces,
}: LambdaSignerOptions): StakeSigner & SweepSigner {
  const attributes = { "faas.invoked_name": functionName, "faas.invoked_provider": "aws" };
  const ask = (question: StakeAsked): Promise<StakeAnswered> =>
    inSpan(traces, { name: "Lambda.Invoke", kind: "client", attributes }, ({ traceparent }) =>
      invoke({ ...question, traceparent }),
    );

  async function invoke(
    asked: StakeAsked & { readonly traceparent: string | undefined },
  ): Promise<StakeAnswered> {
    const Payload = Buffer.from(JSON.stringify(asked));
    const command = new InvokeCommand({ FunctionName: functionName, Payload });
    const answer = await client.send(command).catch((cause: unknown) => {
      throw awsFaultOf(cause, `asking ${functionName} for a signature`);
    });
    const text = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError !== undefined) {
      // It failed as its stores or its key did, which it has logged; the next time may do.
      const said = text.slice(0, SAID_CHARACTERS_MAX);
      throw new StoreFault(`${functionName} failed: ${said}`, {
        retryable: true,
        code: "EXOS-E8100",
      });
    }
    return parse(text) ?? unexpected(functionName);
  }

  return {
    async publicKey() {
      const answer = await ask({ v: 1, kind: "key" });
      if (answer.kind === "key") return fromHex(answer.publicKey);
      return unexpected(functionName);
    },
    async signStake({ block }) {
      const text = Buffer.from(block).toString("base64");
      const answer = await ask({ v: 1, kind: "template", block: text });
      if (answer.kind === "signed") return { ok: true, value: bytesOf(answer.block) };
      return answer.kind === "refused" ? refusalOf(answer) : unexpected(functionName);
    },
    async signSweep(raw) {
      const transaction = Buffer.from(raw).toString("base64");
      const answer = await ask({ v: 1, kind: "sweep", transaction });
      if (answer.kind === "swept") return { ok: true, value: bytesOf(answer.transaction) };
      return answer.kind === "refused" ? refusalOf(answer) : unexpected(functionName);
    },
  };
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

function refusalOf(answer: { readonly code: string; readonly message: string }) {
  const isOtherKey = answer.code === "EXOS-E5017";
  return refusal(isOtherKey ? "EXOS-E5017" : "EXOS-E5016", answer.message);
}

const SAID_CHARACTERS_MAX = 300;

function parse(text: string): StakeAnswered | undefined {
  try {
    return parseStakeAnswered(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function unexpected(functionName: string): never {
  throw new StoreFault(`${functionName} answered what is no answer.`, {
    retryable: false,
    code: "EXOS-E8107",
  });
}
