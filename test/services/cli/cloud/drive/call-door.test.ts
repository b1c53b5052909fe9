import { describe, expect, it } from "vitest";
import { type CallableFunction, openCallDoor } from "#services/cli/cloud/drive/call-door.ts";

/** Says what it was called with. */
const echo: CallableFunction = {
  name: "exos-local-loc-rpc",
  place: "rpc",
  async run(event) {
    const { rawPath, rawQueryString, requestContext, body } = JSON.parse(JSON.stringify(event));
    const said = { rawPath, rawQueryString, method: requestContext.http.method, body };
    return {
      statusCode: 418,
      headers: { "x-said": "yes" },
      cookies: ["a=1", "b=2"],
      body: Buffer.from(JSON.stringify(said)).toString("base64"),
      isBase64Encoded: true,
    };
  },
};
const signer: CallableFunction = {
  name: "exos-local-loc-stake-sign",
  place: undefined,
  async run(event) {
    if (JSON.stringify(event) === "{}") throw new RangeError("no template");
    return { signed: event };
  },
};

describe("the door of driven functions", () => {
  it("hands a request to the function of its place, and the answer back whole", async () => {
    await using door = await openCallDoor([echo, signer]);
    const response = await fetch(`${door.url}/rpc/v1/tip?a=1&b=%20`, {
      method: "POST",
      body: "hi",
    });
    expect(response.status).toBe(418);
    expect(response.headers.get("x-said")).toBe("yes");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await response.json()).toEqual({
      rawPath: "/v1/tip",
      rawQueryString: "a=1&b=%20",
      method: "POST",
      body: Buffer.from("hi").toString("base64"),
    });
    const bare = await fetch(`${door.url}/rpc`);
    expect(await bare.json()).toMatchObject({ rawPath: "/", method: "GET" });
  });

  it("calls a function by its name, as a client of Lambda does", async () => {
    await using door = await openCallDoor([echo, signer]);
    const invoke = (name: string, body: string) =>
      fetch(`${door.url}/2015-03-31/functions/${name}/invocations`, { method: "POST", body });
    const signed = await invoke(signer.name, '{"a":1}');
    expect(await signed.json()).toEqual({ signed: { a: 1 } });
    expect(signed.headers.get("x-amz-function-error")).toBeNull();
    const failed = await invoke(signer.name, "");
    expect(failed.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(await failed.json()).toEqual({ errorMessage: "RangeError: no template" });
    expect((await invoke("exos-local-loc-none", "{}")).status).toBe(404);
    expect((await invoke(signer.name, "{")).status).toBe(400);
    expect((await fetch(`${door.url}/stake-sign/`)).status).toBe(404);
  });
});
