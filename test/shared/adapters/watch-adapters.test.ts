import type { CloudFrontKeyValueStoreClient } from "@aws-sdk/client-cloudfront-keyvaluestore";
import { ResourceNotFoundException } from "@aws-sdk/client-cloudfront-keyvaluestore";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Route53Client } from "@aws-sdk/client-route-53";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { ec2PublicAddress } from "#shared/adapters/aws/ec2-public-address.ts";
import { createEcsPeerTask } from "#shared/adapters/aws/ecs-peer-task.ts";
import { createEdgeFleetBoard } from "#shared/adapters/aws/edge-fleet-board.ts";
import { createHttpCityAsker } from "#shared/adapters/aws/http-city-asker.ts";
import { createRoute53SeedRecord } from "#shared/adapters/aws/route53-seed-record.ts";
import { createSqsQueueDepths } from "#shared/adapters/aws/sqs-queue-depths.ts";
import { createSsmSecrets } from "#shared/adapters/aws/ssm-secrets.ts";

/** A client that answers by the command's name, and notes what it was asked. */
function canned<Client>(answers: Readonly<Record<string, unknown>>) {
  const asked: [string, Record<string, unknown>][] = [];
  const client = {
    async send(command: { readonly input: Record<string, unknown> }) {
      const name = command.constructor.name.replace(/Command$/, "");
      asked.push([name, command.input]);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      return answer ?? {};
    },
  };
  // Of the client's many overloads an adapter makes the few calls that are answered here.
  return { client: client as unknown as Pick<Client & { send: unknown }, "send"> & Client, asked };
}

describe("the service of the peer process on ECS", () => {
  const at = new Date(1_800_000_000_500);
  const service = {
    status: "ACTIVE",
    runningCount: 1,
    capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT" }],
    deployments: [
      { status: "ACTIVE", createdAt: new Date(1) },
      { status: "PRIMARY", createdAt: at },
    ],
  };
  const task = {
    lastStatus: "RUNNING",
    attachments: [{ details: [{ name: "networkInterfaceId", value: "eni-1" }] }],
  };
  const addressOf = async (id: string) => (id === "eni-1" ? "192.0.2.9" : undefined);

  it("says what runs, how it is paid, since when, and where", async () => {
    const { client } = canned<ECSClient>({
      DescribeServices: { services: [service] },
      ListTasks: { taskArns: ["arn:task"] },
      DescribeTasks: { tasks: [{ lastStatus: "PENDING" }, task] },
    });
    const ecs = createEcsPeerTask({ client, service: "exos-prod-syd/ingest", addressOf });
    expect(await ecs.see()).toEqual({
      running: 1,
      provider: "spot",
      since: 1_800_000_000,
      address: "192.0.2.9",
    });
  });

  it("asks for no address while none runs, and knows what is not there", async () => {
    const none = { ...service, runningCount: 0, capacityProviderStrategy: [] };
    const { client, asked } = canned<ECSClient>({ DescribeServices: { services: [none] } });
    const ecs = createEcsPeerTask({ client, service: "c/s", addressOf });
    expect(await ecs.see()).toMatchObject({
      running: 0,
      provider: "on-demand",
      address: undefined,
    });
    expect(asked).toHaveLength(1);
    const gone = canned<ECSClient>({ DescribeServices: { services: [] } }).client;
    expect(
      await createEcsPeerTask({ client: gone, service: "c/s", addressOf }).see(),
    ).toBeUndefined();
  });

  it("changes the provider by a new deployment", async () => {
    const { client, asked } = canned<ECSClient>({});
    await createEcsPeerTask({ client, service: "c/s", addressOf }).use("on-demand");
    expect(asked[0]?.[1]).toMatchObject({
      cluster: "c",
      service: "s",
      forceNewDeployment: true,
      capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    });
  });
});

describe("the address of a network interface", () => {
  const keys = async () => ({ accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "t" });
  const ask = (answer: Response, seen: RequestInit[] = []) =>
    ec2PublicAddress("eni-1", {
      region: async () => "eu-west-2",
      keys,
      wallMs: () => Date.UTC(2026, 10, 21, 22, 0, 0),
      async fetch(_, init) {
        seen.push(init);
        return answer;
      },
    });

  it("is read out of EC2's answer to a signed request", async () => {
    const seen: RequestInit[] = [];
    const text = "<x><association><publicIp>192.0.2.44</publicIp></association></x>";
    expect(await ask(new Response(text), seen)).toBe("192.0.2.44");
    const headers = new Headers(seen[0]?.headers);
    expect(headers.get("x-amz-date")).toBe("20261121T220000Z");
    expect(headers.get("x-amz-security-token")).toBe("t");
    expect(headers.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/20261121\/eu-west-2\/ec2\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(String(seen[0]?.body)).toContain("NetworkInterfaceId.1=eni-1");
  });

  it("may be none yet, or refused by a name", async () => {
    expect(await ask(new Response("<x/>"))).toBeUndefined();
    const refusal = new Response("<Code>UnauthorizedOperation</Code>", { status: 403 });
    await expect(ask(refusal)).rejects.toThrow("UnauthorizedOperation");
  });
});

describe("a secret", () => {
  const asked: { url: string; init: RequestInit }[] = [];
  const get = (answer: Response) =>
    createSsmSecrets({
      path: "/exos/prod/syd",
      caller: {
        region: async () => "eu-west-2",
        keys: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret" }),
        wallMs: () => 0,
        async fetch(url, init) {
          asked.push({ url, init });
          return answer;
        },
      },
    }).get("edge-key");

  it("is read below the city's path, decrypted", async () => {
    expect(await get(Response.json({ Parameter: { Value: "the key" } }))).toBe("the key");
    expect(asked[0]?.url).toBe("https://ssm.eu-west-2.amazonaws.com/");
    expect(JSON.parse(String(asked[0]?.init.body))).toEqual({
      Name: "/exos/prod/syd/edge-key",
      WithDecryption: true,
    });
    const headers = new Headers(asked[0]?.init.headers);
    expect(headers.get("x-amz-target")).toBe("AmazonSSM.GetParameter");
  });

  it("may be absent, or refused by a name", async () => {
    const answer = (type: string) => new Response(`{"__type":"${type}"}`, { status: 400 });
    expect(await get(answer("com.amazonaws.ssm#ParameterNotFound"))).toBeUndefined();
    await expect(get(answer("AccessDeniedException"))).rejects.toThrow("AccessDeniedException");
  });
});

describe("what a watcher writes", () => {
  function board(answers: Readonly<Record<string, unknown>>) {
    const store = canned<CloudFrontKeyValueStoreClient>(answers);
    const objects = canned<S3Client>({});
    const made = createEdgeFleetBoard({
      store: store.client,
      arn: "arn:kvs",
      key: "vector-syd",
      objects: objects.client,
      bucket: "web",
    });
    return { made, asked: store.asked, put: objects.asked };
  }

  it("is its own entry of the edge's store, under the store's present version", async () => {
    const { made, asked, put } = board({
      GetKey: { Value: "syd1" },
      DescribeKeyValueStore: { ETag: "E" },
    });
    expect(await made.vector()).toBe("syd1");
    await made.putVector("syd0");
    expect(asked.at(-1)).toEqual([
      "UpdateKeys",
      { KvsARN: "arn:kvs", IfMatch: "E", Puts: [{ Key: "vector-syd", Value: "syd0" }] },
    ]);
    await made.putPicture("{}");
    expect(put[0]?.[1]).toMatchObject({ Bucket: "web", Key: "fleet.json", Body: "{}" });
  });

  it("may be written for the first time", async () => {
    const absent = new ResourceNotFoundException({ message: "no key", $metadata: {} });
    expect(await board({ GetKey: absent }).made.vector()).toBeUndefined();
  });
});

describe("asking a city whether it is ready", () => {
  const hash = "ab".repeat(32);
  const reason = { name: "peers", code: "EXOS-E3006", text: "none", since: 5, fix: "x", out: true };
  const body = { reasons: [reason], tip: { height: 7, hash, muhash: hash, recent: [hash] } };
  const ask = (answer: () => Response | Promise<Response>) =>
    createHttpCityAsker({ origin: "https://x", fetch: async () => answer() }).ask("lon");

  it("reads what it answers, ready or not", async () => {
    expect(await ask(() => Response.json(body, { status: 503 }))).toEqual(body);
    expect(await ask(() => Response.json({ reasons: [] }))).toEqual({
      reasons: [],
      tip: undefined,
    });
  });

  it("reads reasons that only a newer release has, by what they say themselves", async () => {
    const newer = { ...reason, name: "tides", code: "EXOS-E8999", text: "low water", out: false };
    const answer = await ask(() => Response.json({ ...body, reasons: [reason, newer] }));
    expect(answer?.reasons).toEqual([reason, { ...newer, name: "phase", code: "EXOS-E2001" }]);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ["another status", () => Response.json(body, { status: 502 })],
    ["text", () => new Response("<html>")],
    ["another shape", () => Response.json({ reasons: [{ name: "odd" }] })],
    ["a bad hash", () => Response.json({ ...body, tip: { ...body.tip, hash: "xyz" } })],
    ["too much", () => new Response(JSON.stringify(body).padEnd(70_000))],
    ["nothing", () => Promise.reject(new TypeError("fetch failed"))],
  ])("has no answer in %s", async (_, answer) => {
    expect(await ask(answer)).toBeUndefined();
  });
});

it("points a name at addresses for a minute", async () => {
  const { client, asked } = canned<Route53Client>({});
  const seed = createRoute53SeedRecord({ client, zone: "Z1", name: "syd.seed.x" });
  await seed.point(["192.0.2.1", "192.0.2.2"]);
  expect(asked[0]?.[1]).toMatchObject({
    HostedZoneId: "Z1",
    ChangeBatch: {
      Changes: [
        {
          Action: "UPSERT",
          ResourceRecordSet: {
            Name: "syd.seed.x",
            Type: "A",
            TTL: 60,
            ResourceRecords: [{ Value: "192.0.2.1" }, { Value: "192.0.2.2" }],
          },
        },
      ],
    },
  });
});

it("adds up what waits and what was put aside", async () => {
  const { client } = canned<SQSClient>({
    GetQueueAttributes: {
      Attributes: {
        ApproximateNumberOfMessages: "2",
        ApproximateNumberOfMessagesNotVisible: "1",
      },
    },
  });
  const depths = createSqsQueueDepths({ client, connect: "c", dead: ["a", "b"] });
  expect(await depths.read()).toEqual({ connect: 3, dead: 6 });
});
