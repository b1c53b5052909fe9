import {
  type CloudFrontKeyValueStoreClient,
  ConflictException,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudfront-keyvaluestore";
import { ParameterNotFound, type SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { createEdgeEntry } from "#shared/adapters/aws/edge-entry.ts";
import { createSsmRotatingSecret } from "#shared/adapters/aws/ssm-rotating-secret.ts";
import { cannedClient } from "../../support/aws/canned-client.ts";

const $metadata = {};

/** Parameters as SSM keeps them. */
function parameters(held: Map<string, string>) {
  return cannedClient<SSMClient>({
    GetParameter: ({ Name, WithDecryption }) => {
      const Value = held.get(String(Name));
      if (Value === undefined) throw new ParameterNotFound({ message: "none", $metadata });
      return { Parameter: { Value: WithDecryption === true ? Value : "sealed" } };
    },
    PutParameter: ({ Name, Value, Overwrite }) => {
      if (held.has(String(Name)) && Overwrite !== true) throw new Error("ParameterAlreadyExists");
      held.set(String(Name), String(Value));
    },
    DeleteParameter: ({ Name }) => {
      if (!held.delete(String(Name))) throw new ParameterNotFound({ message: "none", $metadata });
    },
  });
}

describe("a secret that takes another's place, in SSM", () => {
  const path = "/exos/prod/syd";
  const open = (held: Map<string, string>) => {
    const { client, asked } = parameters(held);
    const names = { path, name: "edge-key", nextName: "edge-key-next" };
    return { secret: createSsmRotatingSecret({ client, ...names }), asked };
  };

  it("is written sealed beside the one in use, and then instead of it", async () => {
    const held = new Map([[`${path}/edge-key`, "old"]]);
    const { secret, asked } = open(held);
    expect(await secret.next()).toBeUndefined();
    await secret.setNext("a");
    await secret.setNext("b");
    expect(await secret.next()).toBe("b");
    expect(held.get(`${path}/edge-key`)).toBe("old");
    await secret.promote("b");
    expect([...held]).toEqual([[`${path}/edge-key`, "b"]]);
    const puts = asked.filter(([name]) => name === "PutParameter").map(([, input]) => input);
    expect(puts.every(({ Type }) => Type === "SecureString")).toBe(true);
  });

  it("is promoted again by whoever was killed before he knew", async () => {
    const held = new Map<string, string>();
    const { secret } = open(held);
    await secret.promote("b");
    await secret.promote("b");
    expect([...held.values()]).toEqual(["b"]);
  });

  it("is in no message when SSM refuses", async () => {
    const refusal = Object.assign(new Error("no"), { name: "AccessDeniedException" });
    const { client } = cannedClient<SSMClient>({
      PutParameter: () => {
        throw refusal;
      },
    });
    const secret = createSsmRotatingSecret({ client, path, name: "k", nextName: "n" });
    const said = await secret.setNext("canary").catch((cause: unknown) => cause);
    expect(said).toMatchObject({ code: "EXOS-E8104" });
    expect(String(said)).not.toContain("canary");
  });
});

describe("the key of the edge, in its store", () => {
  function store(conflicts: number) {
    let [version, value, left] = [1, undefined as string | undefined, conflicts];
    const canned = cannedClient<CloudFrontKeyValueStoreClient>({
      DescribeKeyValueStore: () => ({ ETag: `E${version}` }),
      GetKey: () => {
        if (value === undefined) throw new ResourceNotFoundException({ message: "no", $metadata });
        return { Value: value };
      },
      PutKey: ({ IfMatch, Value }) => {
        // A watcher came in between.
        if (left-- > 0) version++;
        if (IfMatch !== `E${version}`) throw new ConflictException({ message: "no", $metadata });
        value = String(Value);
      },
    });
    const entry = createEdgeEntry({ store: canned.client, arn: "arn:kvs", key: "edge-key" });
    return { entry, asked: canned.asked };
  }

  it("may be absent, and is set between the writes of watchers", async () => {
    const { entry, asked } = store(2);
    expect(await entry.current()).toBeUndefined();
    await entry.set("new");
    expect(await entry.current()).toBe("new");
    const puts = asked.filter(([name]) => name === "PutKey");
    expect(puts).toHaveLength(3);
    expect(puts[0]?.[1]).toMatchObject({ KvsARN: "arn:kvs", Key: "edge-key" });
  });

  it("is given up after five", async () => {
    const { entry, asked } = store(9);
    await expect(entry.set("new")).rejects.toMatchObject({ code: "EXOS-E8100", retryable: true });
    expect(asked.filter(([name]) => name === "PutKey")).toHaveLength(5);
  });
});
