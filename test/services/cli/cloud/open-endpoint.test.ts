import { describe, expect, it } from "vitest";
import { leftOutOf } from "#services/cli/cloud/left-out-of.ts";
import type { LocalEndpoint } from "#services/cli/cloud/local-endpoint.ts";
import { openEndpoint } from "#services/cli/cloud/open-endpoint.ts";
import { openCannedEndpoint, xmlAnswer } from "../../../support/aws/canned-endpoint.ts";

const { signal } = new AbortController();
const ACCOUNT = xmlAnswer("GetCallerIdentity", "<Account>000000000000</Account>");
const HEALTHY = JSON.stringify({ services: { sqs: "available" }, version: "4.14.0" });
const OURS = { folder: "/nowhere", roles: false, installTool: false, onNote: () => undefined };
const DRIVEN = "functions, mappings, schedules, function URLs";

/** Opens an endpoint of the operator's that answers these paths, and all others with this. */
async function opened(
  answers: Readonly<Record<string, string>>,
  other: { readonly status: number; readonly text: string },
): Promise<LocalEndpoint["kind"]> {
  await using canned = await openCannedEndpoint(({ what }) =>
    what === "GetCallerIdentity" ? ACCOUNT : (answers[what.replace("GET ", "")] ?? other),
  );
  const environment = { AWS_ENDPOINT_URL: `${canned.url}/` };
  const options = { ...OURS, environment, signal, localstack: false, driven: false };
  const { endpoint, ...started } = await openEndpoint(options);
  expect(started).toEqual({});
  expect(endpoint).toMatchObject({ url: canned.url, certificate: undefined });
  return endpoint.kind;
}

describe("an endpoint that the operator names", () => {
  const [ministack, localstack] = ["/_ministack/health", "/_localstack/health"];

  it("is the emulator that answers where that says how it is", async () => {
    const absent = { status: 404, text: "<Error/>" };
    expect(await opened({ [localstack]: HEALTHY }, absent)).toBe("localstack");
    expect(await opened({ [localstack]: HEALTHY, [ministack]: HEALTHY }, absent)).toBe("ministack");
    expect(await opened({}, absent)).toBe("given");
  });

  it("is none that is known where everything is answered with the same", async () => {
    expect(await opened({}, { status: 200, text: "<html></html>" })).toBe("given");
    expect(await opened({}, { status: 200, text: "{}" })).toBe("given");
    expect(await opened({ [localstack]: "" }, { status: 503, text: HEALTHY })).toBe("given");
  });
});

it("goes without what its own emulator lacks, and of an unknown one tells that it is", async () => {
  const listed = (kind: LocalEndpoint["kind"], driven: boolean) =>
    leftOutOf({ kind }, { driven }, { environment: process.env, signal });
  const common = "edge stack";
  const unknown = await listed("given", false);
  expect(unknown).toHaveProperty([common]);
  expect(unknown["what else the emulator lacks"]).toContain("neither MiniStack nor LocalStack");
  const ofMinistack = "leading keys, permission boundaries";
  const ofLocalstack = "AWS::ECS::Service";
  const expectOnly = (rows: typeof unknown, ...wanted: readonly string[]) => {
    const all = [common, ofMinistack, ofLocalstack, "AWS::Scheduler::Schedule", DRIVEN];
    expect(all.filter((what) => what in rows)).toEqual(wanted);
  };
  expectOnly(unknown, common);
  expectOnly(await listed("ministack", false), common, ofMinistack);
  expectOnly(await listed("localstack", false), common, ofLocalstack, "AWS::Scheduler::Schedule");
  expectOnly(await listed("localstack", true), common, ofLocalstack, DRIVEN);
});
