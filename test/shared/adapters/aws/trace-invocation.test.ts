import { expect, it } from "vitest";
import { createLambdaSigner } from "#shared/adapters/aws/lambda-signer.ts";
import { traceInvocation } from "#shared/adapters/aws/trace-invocation.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { standInLambda } from "../../../support/aws/stand-in-lambda.ts";
import { createSigningCity } from "../../../support/signing-city.ts";
import { openTraceCollector } from "../../../support/trace-collector.ts";

it("a signature is one trace from whoever asks through the function that signs, also where that fails", async () => {
  await using collector = await openTraceCollector();
  const tracesOf = (service: string) => {
    const resource = { "service.name": service };
    const settings = { endpoint: collector.endpoint, percent: 100, resource };
    return createLateTraces(settings, { clock: createSystemClock(), log: createMemoryLog() });
  };
  const city = await createSigningCity();
  const ofSigner = tracesOf("exos-stake");
  let isDown = false;
  const lambda = standInLambda((event) =>
    traceInvocation({ name: "stake.sign", trigger: "other" }, { event, traces: ofSigner }, () =>
      isDown ? Promise.reject(new RangeError("no key")) : city.answer(event),
    ),
  );
  const traces = tracesOf("exos-ingest");
  const functionName = "exos-test-loc-stake-sign";
  const signer = createLambdaSigner({ client: lambda.client, functionName, traces });
  expect(await signer.signStake(city.request)).toMatchObject({ ok: true });
  isDown = true;
  await expect(signer.publicKey()).rejects.toThrow("no key");
  await traces?.flush();

  const named = (name: string) => collector.spans.filter((span) => span.name === name);
  const [asking, signing] = [named("Lambda.Invoke"), named("stake.sign")];
  expect(signing.map(({ kind, status, remote }) => [kind, status, remote])).toEqual([
    [2, 0, true],
    [2, 2, true],
  ]);
  expect(signing.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual(
    asking.map(({ traceId, spanId }) => [traceId, spanId]),
  );
  expect(asking[0]?.attributes).toMatchObject({ "faas.invoked_name": functionName });
  expect(collector.bodies.join()).not.toContain(Buffer.from(city.request.block).toString("base64"));
});
