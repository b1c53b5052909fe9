import { expect, it } from "vitest";
import { requestsOfCall } from "#infra/port-calls.ts";
import { LOCAL_CITY } from "#services/cli/cloud/local-endpoint.ts";
import { plantSecrets } from "#services/cli/cloud/rehearse/plant-secrets.ts";

it("plants only what some function of a city reads: the search for another would prove nothing", async () => {
  const [request] = requestsOfCall("secrets.edge");
  const readable = request?.on(LOCAL_CITY, {});
  const secrets = new Map<string, string>();
  const planted: string[] = [];
  const cloud = { putSecret: async (name: string) => void planted.push(name) };
  await plantSecrets({ cloud, secrets });
  expect(planted).toHaveLength(secrets.size);
  for (const name of planted) {
    expect(readable).toContainEqual(expect.stringMatching(new RegExp(`:parameter${name}$`)));
  }
});
