import { describe, expect, it } from "vitest";
import { EXAMPLE_DEPLOYMENT } from "#regions/deployment.example.ts";
import type { PrintedFacts } from "#regions/with-printed.ts";
import { withPrinted } from "#regions/with-printed.ts";
import { deployEdge } from "#services/cli/fleet/deploy-edge.ts";
import { readPrinted } from "#services/cli/fleet/read-printed.ts";
import { saveRelease } from "#services/cli/fleet/releases.ts";
import { memoryReleases } from "../../support/memory-releases.ts";

const SYDNEY = {
  RpcUrl: "https://new.lambda-url.ap-southeast-2.on.aws/",
  EventsUrl: "https://new-events.lambda-url.ap-southeast-2.on.aws/",
};
const NEW = { syd: new URL(SYDNEY.RpcUrl).host, "syd-events": new URL(SYDNEY.EventsUrl).host };

const OLD = { syd: "old.test", "syd-events": "old-events.test" };
/** As much of an edge as says whom it asks; `edge-stack.test.ts` has a whole one read. */
const TEMPLATE = {
  Resources: {
    Edge: {
      Type: "AWS::CloudFront::Distribution",
      Properties: {
        DistributionConfig: {
          Origins: [
            { Id: "syd", DomainName: OLD.syd },
            { Id: "syd-events", DomainName: OLD["syd-events"] },
            { Id: "web", DomainName: { "Fn::GetAtt": ["Web", "RegionalDomainName"] } },
          ],
        },
      },
    },
  },
};

/** A stored release with an edge, one without, and what is deployed of it. */
async function stored() {
  const objects = memoryReleases();
  const bytes = Buffer.from(JSON.stringify(TEMPLATE));
  const files = [{ path: "assembly-edge/edgeshared0.template.json", bytes }];
  await saveRelease({ version: "7", at: 1, files }, objects);
  await saveRelease({ version: "8", at: 2, files: [] }, objects);
  const deployed: unknown[] = [];
  const ports = {
    releases: objects,
    deployStored: async (version: string) => void deployed.push(version),
    deployAnew: async (printed: PrintedFacts) => void deployed.push(printed),
  };
  return { ports, deployed };
}

describe("exos fleet edge", () => {
  it("is made of this tree, with the hosts that cities print now", async () => {
    const { ports, deployed } = await stored();
    const printed = { origins: NEW };
    await deployEdge({ release: undefined, printed }, ports);
    expect(deployed).toEqual([printed]);
  });

  it("refuses a release whose edge asks other hosts, and names both", async () => {
    const { ports, deployed } = await stored();
    await expect(deployEdge({ release: "7", printed: { origins: NEW } }, ports)).rejects.toThrow(
      `the edge of release 7 asks hosts that are gone: syd is ${OLD.syd}, and its city prints ${NEW.syd}; syd-events is`,
    );
    const gone = { origins: { xyz: "somewhere" } };
    await expect(deployEdge({ release: "7", printed: gone }, ports)).rejects.toThrow(
      "xyz is not there",
    );
    expect(deployed).toEqual([]);
  });

  it("deploys a release that is named, whose edge asks what is there", async () => {
    const { ports, deployed } = await stored();
    await deployEdge({ release: "7", printed: { origins: OLD } }, ports);
    expect(deployed).toEqual(["7"]);
    for (const [release, what] of [
      ["8", "there is no edge in release 8"],
      ["9", "there is no release 9"],
    ] as const) {
      await expect(deployEdge({ release, printed: { origins: {} } }, ports)).rejects.toThrow(what);
    }
  });
});

describe("what deployments print", () => {
  it("is read off the stacks of cities and of the edge, and comes before what is noted", async () => {
    const stacks: Record<string, Readonly<Record<string, string>>> = { syd: SYDNEY };
    const asked: string[] = [];
    const printed = await readPrinted("prod", {
      async rpcOutputs(city) {
        asked.push(city);
        return stacks[city] ?? {};
      },
      edgeOutputs: async () => ({ VectorStore: "arn:store" }),
    });
    expect(printed).toEqual({ origins: NEW, vector: "arn:store" });
    expect(asked).toHaveLength(9);
    const facts = withPrinted(EXAMPLE_DEPLOYMENT, printed);
    expect(facts.origins).toEqual({ ...EXAMPLE_DEPLOYMENT.origins, ...NEW });
    expect(facts.vector).toBe("arn:store");
    const { vector } = withPrinted(EXAMPLE_DEPLOYMENT, { origins: {} });
    expect(vector).toBe(EXAMPLE_DEPLOYMENT.vector);
  });

  it("is nothing of a city whose door is open, which no edge asks", async () => {
    const ports = { rpcOutputs: async () => SYDNEY, edgeOutputs: async () => ({}) };
    expect(await readPrinted("local", ports)).toEqual({ origins: {}, vector: undefined });
  });
});
