import { InvokeCommand } from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { createLambdaSigner } from "#shared/adapters/aws/lambda-signer.ts";
import { decodeBlock } from "#shared/codec/decode-block.ts";
import { judgeIntegrity } from "#shared/consensus/judge-integrity.ts";
import { standInLambda } from "../../../support/aws/stand-in-lambda.ts";
import { createSigningCity } from "../../../support/signing-city.ts";

const functionName = "exos-test-loc-stake-sign";

/** The signer of a city, behind its function. */
async function open(options: Parameters<typeof createSigningCity>[0] = {}) {
  const city = await createSigningCity(options);
  const lambda = standInLambda(city.answer);
  const signer = createLambdaSigner({ client: lambda.client, functionName });
  return { ...city, lambda, signer };
}

describe("a signer behind a function", () => {
  it("tells its key, and gives back the whole block of a template", async () => {
    const { signer, request, publicKey, params, lambda } = await open();
    expect(await signer.publicKey()).toEqual(publicKey);
    const signed = await signer.signStake(request);
    const block = decodeBlock(signed.ok ? signed.value : new Uint8Array(0), params.wire);
    if (!block.ok) throw block.error;
    expect(judgeIntegrity(block.value, params)).toBeUndefined();
    expect(lambda.asked).toEqual([functionName, functionName]);
  });

  it("refuses with the function's own words", async () => {
    const { signer, request, kms } = await open({ isSpent: true });
    expect(await signer.signStake(request)).toMatchObject({
      ok: false,
      error: { code: "EXOS-E5016", message: "The kernel is no coin of the chain." },
    });
    expect(kms.signatures).toEqual([]);
  });

  it("fails for now where the function does, and for good where it may not be asked", async () => {
    const { request } = await open();
    const fails = standInLambda(() => Promise.reject(new Error("the table did not answer")));
    const failing = createLambdaSigner({ client: fails.client, functionName });
    await expect(failing.signStake(request)).rejects.toMatchObject({
      code: "EXOS-E8100",
      retryable: true,
      message: expect.stringContaining("the table did not answer"),
    });
    const denied = Object.assign(new Error("no"), { name: "AccessDeniedException" });
    const send = async (command: unknown) => {
      expect(command).toBeInstanceOf(InvokeCommand);
      throw denied;
    };
    const closed = createLambdaSigner({ client: { send }, functionName });
    await expect(closed.publicKey()).rejects.toMatchObject({
      code: "EXOS-E8104",
      retryable: false,
    });
  });

  it("takes nothing for an answer that is none", async () => {
    const { request } = await open();
    const answers = [null, {}, { v: 1, kind: "signed", block: "?" }, { v: 1, kind: "key" }];
    for (const answer of answers) {
      const { client } = standInLambda(async () => answer);
      const signer = createLambdaSigner({ client, functionName });
      await expect(signer.signStake(request)).rejects.toMatchObject({ code: "EXOS-E8107" });
      await expect(signer.publicKey()).rejects.toMatchObject({ code: "EXOS-E8107" });
    }
  });
});
