import { describe, expect, it } from "vitest";
import { createEcrRegistry } from "#shared/adapters/aws/ecr-registry.ts";
import {
  type CannedAnswer,
  type CannedRequest,
  openCannedEndpoint,
} from "../../../support/aws/canned-endpoint.ts";

const DIGEST = `sha256:${"ab".repeat(32)}`;
const INDEX = "application/vnd.oci.image.index.v1+json";
const errors = (status: number, code: string) => ({
  status,
  text: JSON.stringify({ errors: [{ code, message: "" }] }),
});

/** ECR and its door, which answers as it is told. */
async function open(answer: (request: CannedRequest) => CannedAnswer | undefined) {
  const endpoint = await openCannedEndpoint((request) => {
    if (request.what !== "GetAuthorizationToken") return answer(request);
    const door = { authorizationToken: "QVdTOnRva2Vu", proxyEndpoint: endpoint.url };
    return JSON.stringify({ authorizationData: [door] });
  });
  const registry = createEcrRegistry({
    repository: "exos-prod-syd-node",
    caller: {
      region: async () => "ap-southeast-2",
      keys: async () => ({ accessKeyId: "a", secretAccessKey: "s" }),
      endpoint: endpoint.url,
      fetch,
      wallMs: () => 0,
    },
  });
  return {
    registry,
    asked: endpoint.asked,
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  };
}

describe("a repository of ECR", () => {
  it("is asked where it says, by a token that is asked for once", async () => {
    await using ecr = await open(() => JSON.stringify({ schemaVersion: 2 }));
    expect(await ecr.registry.find(DIGEST)).toBe("there");
    expect(await ecr.registry.hasBlob(DIGEST)).toBe(true);
    expect(ecr.asked.map(({ what }) => what)).toEqual([
      "GetAuthorizationToken",
      `GET /v2/exos-prod-syd-node/manifests/${DIGEST}`,
      `HEAD /v2/exos-prod-syd-node/blobs/${DIGEST}`,
    ]);
    const [token, ...others] = ecr.asked.map(({ headers }) => headers.authorization);
    expect(token).toContain("/ap-southeast-2/ecr/aws4_request");
    expect(new Set(others)).toEqual(new Set(["Basic QVdTOnRva2Vu"]));
    expect(ecr.asked[1]?.headers.accept).toContain(INDEX);
  });

  it.each([
    ["no repository", errors(404, "NAME_UNKNOWN"), "no repository"],
    ["no such image", errors(404, "MANIFEST_UNKNOWN"), "missing"],
    ["a page that says nothing", { status: 404, text: "<html>" }, "missing"],
  ])("tells %s", async (_, answer, expected) => {
    await using ecr = await open(() => answer);
    expect(await ecr.registry.find(DIGEST)).toBe(expected);
    expect(await ecr.registry.hasBlob(DIGEST)).toBe(false);
  });

  it("is sent a blob in three steps, wherever each says that the next one is", async () => {
    await using ecr = await open(({ what }) => {
      const answer = (status: number, location: string) => ({
        status,
        text: "",
        headers: { location },
      });
      if (what.startsWith("POST")) return answer(202, "/v2/exos-prod-syd-node/blobs/uploads/1?a=b");
      return what.startsWith("PATCH")
        ? answer(202, "/v2/exos-prod-syd-node/blobs/uploads/2?c=d")
        : answer(201, "");
    });
    await ecr.registry.putBlob(DIGEST, Uint8Array.from(Buffer.from("layer")).subarray(1));
    expect(ecr.asked.slice(1).map(({ what, body }) => [what, body])).toEqual([
      ["POST /v2/exos-prod-syd-node/blobs/uploads/", ""],
      ["PATCH /v2/exos-prod-syd-node/blobs/uploads/1?a=b", "ayer"],
      [`PUT /v2/exos-prod-syd-node/blobs/uploads/2?c=d&digest=${encodeURIComponent(DIGEST)}`, ""],
    ]);
  });

  it("is sent a manifest under its name, with its kind", async () => {
    await using ecr = await open(() => ({ status: 201, text: "" }));
    await ecr.registry.putManifest("v2", { mediaType: INDEX, bytes: Buffer.from("{}") });
    const sent = ecr.asked.at(-1);
    expect(sent).toMatchObject({ what: "PUT /v2/exos-prod-syd-node/manifests/v2", body: "{}" });
    expect(sent?.headers["content-type"]).toBe(INDEX);
  });

  it.each([
    ["is denied", errors(401, "UNAUTHORIZED"), { code: "EXOS-E8104", retryable: false }],
    ["fails", errors(500, "UNKNOWN"), { code: "EXOS-E8100", retryable: true }],
    ["says no place", { status: 202, text: "" }, { code: "EXOS-E8100" }],
  ])("faults by name where it %s", async (_, answer, fault) => {
    await using ecr = await open(() => answer);
    await expect(ecr.registry.putBlob(DIGEST, new Uint8Array(1))).rejects.toMatchObject(fault);
  });

  it("tells nobody else who asks", async () => {
    await using other = await openCannedEndpoint(({ what }) => {
      const headers = { location: what };
      return { status: 202, text: "", headers };
    });
    await using ecr = await open(() => ({
      status: 202,
      text: "",
      headers: { location: `${other.url}/upload` },
    }));
    await ecr.registry.putBlob(DIGEST, new Uint8Array(1)).catch(() => undefined);
    expect(other.asked[0]).toMatchObject({ what: "PATCH /upload" });
    expect(other.asked[0]?.headers.authorization).toBeUndefined();
  });
});
