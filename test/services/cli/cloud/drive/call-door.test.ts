import { describe, expect, it } from "vitest";
import { type CallableFunction, openCallDoor } from "#services/cli/cloud/drive/call-door.ts";
import { FunctionThrottled } from "#services/cli/cloud/drive/function-pool.ts";

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

  it("hands on a stream as it comes, and says when nobody reads it", async () => {
    const wentAway = Promise.withResolvers<void>();
    const stream: CallableFunction = {
      name: "exos-local-loc-rpc-events",
      place: "rpc-events",
      async run(_, reader) {
        reader?.onHead({ statusCode: 207, headers: { "x-said": "yes" }, cookies: ["a=1"] });
        reader?.onPiece(Buffer.from("one"));
        await new Promise<void>((resolve) =>
          reader?.gone.addEventListener("abort", () => resolve()),
        );
        wentAway.resolve();
      },
    };
    await using door = await openCallDoor([stream]);
    const leaving = new AbortController();
    const response = await fetch(`${door.url}/rpc-events/v1/events`, { signal: leaving.signal });
    expect([response.status, response.headers.get("x-said")]).toEqual([207, "yes"]);
    expect(response.headers.getSetCookie()).toEqual(["a=1"]);
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toBe("one");
    leaving.abort();
    await wentAway.promise;
  });

  it("lets nobody take the beginning of an answer for the whole of it", async () => {
    const broken: CallableFunction = {
      ...echo,
      async run(_, reader) {
        reader?.onHead({ statusCode: 200, headers: {}, cookies: [] });
        reader?.onPiece(Buffer.from("one"));
        throw new RangeError("died");
      },
    };
    await using door = await openCallDoor([broken]);
    const asked = fetch(`${door.url}/rpc/`).then((response) => response.text());
    await expect(asked).rejects.toThrow();
  });

  it("refuses what would run too often, as Lambda does", async () => {
    const busy = async () => {
      throw new FunctionThrottled("no more than 8 runs at once");
    };
    await using door = await openCallDoor([{ ...echo, run: busy }]);
    expect((await fetch(`${door.url}/rpc/`)).status).toBe(429);
    const path = `${door.url}/2015-03-31/functions/${echo.name}/invocations`;
    const invoked = await fetch(path, { method: "POST", body: "{}" });
    expect(invoked.status).toBe(429);
    expect(invoked.headers.get("x-amzn-errortype")).toBe("TooManyRequestsException");
  });
});
