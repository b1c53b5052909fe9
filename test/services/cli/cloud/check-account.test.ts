import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkAccount } from "#services/cli/cloud/check-account.ts";
import { composeCloud } from "#services/cli/compose-cloud.ts";

const at = (url: string) => ({ kind: "given", url, certificate: undefined }) as const;

/** Something that answers every request with this. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

const identity = (account: string): string =>
  `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const refusal = (code: string): string =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

const unasked = { account: () => Promise.reject(new RangeError("it was asked")) };

async function check(url: string): Promise<void> {
  using cloud = composeCloud(at(url));
  await checkAccount(at(url), cloud);
}

describe("the look at an endpoint before anything is deployed to it", () => {
  it("takes the account of emulators", async () => {
    await expect(check(await answering(200, identity("000000000000")))).resolves.toBeUndefined();
  });

  it.each([
    ["another account", 200, identity("123456789012"), "EXOS-E8182"],
    ["refused credentials", 403, refusal("InvalidClientTokenId"), "EXOS-E8182"],
    ["expired credentials", 403, refusal("ExpiredToken"), "EXOS-E8182"],
    ["a page of something else", 200, "<html></html>", "EXOS-E8182"],
    ["a server that is ill", 500, "", "EXOS-E8181"],
  ])("refuses %s", async (_name, status, body, code) => {
    await expect(check(await answering(status, body))).rejects.toMatchObject({ code });
  });

  it("says when nothing listens", async () => {
    await expect(check("http://127.0.0.1:1")).rejects.toMatchObject({
      code: "EXOS-E8181",
      message: expect.stringContaining("127.0.0.1:1"),
    });
  });

  it.each([
    "https://dynamodb.eu-west-2.amazonaws.com",
    "https://sts.amazonaws.com",
    "https://dynamodb.eu-west-2.api.aws",
  ])("never asks %s", async (url) => {
    await expect(checkAccount(at(url), unasked)).rejects.toMatchObject({ code: "EXOS-E8182" });
  });

  it.each(["sts", "localhost:4566", "127.0.0.1:4566", "ftp://127.0.0.1:4566"])(
    "names the variable that holds %s, and asks nothing",
    async (url) => {
      await expect(checkAccount(at(url), unasked)).rejects.toMatchObject({
        code: "EXOS-E8182",
        message: expect.stringContaining(`AWS_ENDPOINT_URL: ${url} is no URL`),
      });
    },
  );
});
