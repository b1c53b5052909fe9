import { describe, expect, it } from "vitest";
import { sendSigned } from "#shared/adapters/aws/signed-request.ts";

const NOW = Date.UTC(2026, 10, 21, 22, 0, 0);
const REQUEST = { service: "ssm", contentType: "application/x-amz-json-1.1", body: "{}" };
const refusal = (status: number, type: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ __type: type }), { status, headers });

/** @param answers to one request after the other; what is thrown is no answer */
async function ask(...answers: readonly (Response | Error)[]) {
  const times: (string | null)[] = [];
  const ended = await sendSigned(REQUEST, {
    region: async () => "eu-west-2",
    keys: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret" }),
    wallMs: () => NOW,
    pause: async () => undefined,
    async fetch(_, { headers }) {
      const answer = answers[times.length];
      times.push(new Headers(headers).get("x-amz-date"));
      if (answer instanceof Response) return answer;
      throw answer;
    },
  }).catch((cause: Error) => cause.name);
  return { ended, times };
}

describe("a service that is asked without its client", () => {
  const reset = new TypeError("fetch failed");

  it.each([
    ["throttles", refusal(400, "ThrottlingException")],
    ["is busy", refusal(503, "ServiceUnavailable")],
    ["is gone", reset],
  ])("is asked again when it %s", async (_, first) => {
    const { ended, times } = await ask(first, reset, new Response("done"));
    expect([ended, times.length]).toEqual(["done", 3]);
  });

  it("is not asked for ever, nor again what it refuses for good", async () => {
    expect((await ask(reset, reset, reset)).ended).toBe("TypeError");
    const { ended, times } = await ask(refusal(400, "AccessDeniedException"));
    expect([ended, times.length]).toEqual(["AccessDeniedException", 1]);
  });

  it("is asked by its own clock where ours is an hour off", async () => {
    const date = { date: new Date(NOW + 3_600_000).toUTCString() };
    const late = refusal(400, "InvalidSignatureException", date);
    const { ended, times } = await ask(late, new Response("done"));
    expect([ended, ...times]).toEqual(["done", "20261121T220000Z", "20261121T230000Z"]);
    // What is refused for another reason is refused, whichever clock is right.
    expect((await ask(refusal(400, "ParameterNotFound", date))).times).toHaveLength(1);
    const known = { date: new Date(NOW + 60_000).toUTCString() };
    expect((await ask(refusal(400, "InvalidSignatureException", known))).times).toHaveLength(1);
  });
});
