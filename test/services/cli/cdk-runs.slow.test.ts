import { expect, it } from "vitest";
import { createCdkRuns } from "#services/cli/fleet/cdk-runs.ts";
import { saveRelease } from "#services/cli/fleet/releases.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { openCannedEndpoint, xmlAnswer } from "../../support/aws/canned-endpoint.ts";
import { memoryReleases } from "../../support/memory-releases.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const VERSION = "7";
const ACCOUNT = "000000000000";
const IDENTITY = `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:root</Arn>`;
const refused = (code: string, message: string) => ({
  status: 400,
  text: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/** One stage with one stack, as the CDK lays an assembly out. */
async function release() {
  const objects = memoryReleases();
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const stack = {
    type: "aws:cloudformation:stack",
    environment: `aws://${ACCOUNT}/us-east-1`,
    displayName: "syd/storage",
    properties: { templateFile: "storage.json", stackName: "exos-prod-syd-storage" },
  };
  const stage = {
    type: "cdk:cloud-assembly",
    properties: { directoryName: "assembly-syd", displayName: "syd" },
  };
  const manifest = (artifacts: object) => json({ version: "36.0.0", artifacts });
  const template = { Resources: { Topic: { Type: "AWS::SNS::Topic" } } };
  const files = [
    { path: "manifest.json", bytes: manifest({ "assembly-syd": stage }) },
    { path: "assembly-syd/manifest.json", bytes: manifest({ sydstorage: stack }) },
    { path: "assembly-syd/storage.json", bytes: json(template) },
  ];
  await saveRelease({ version: VERSION, at: unixSeconds(1), files }, objects);
  return objects;
}

it("a deployment takes what outlived a stack on by its name, as the CDK's program asks for it", async () => {
  await using endpoint = await openCannedEndpoint(({ what, body }) => {
    if (what === "GetCallerIdentity") return xmlAnswer(what, IDENTITY);
    if (what === "CreateChangeSet")
      return refused("InsufficientCapabilitiesException", "that is all");
    const name = new URLSearchParams(body).get("StackName");
    return refused("ValidationError", `Stack with id ${name} does not exist`);
  });
  const home = temporaryFolder();
  const environment = {
    PATH: process.env["PATH"],
    HOME: home,
    XDG_CACHE_HOME: home,
    CDK_HOME: home,
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const { signal } = new AbortController();
  const runs = createCdkRuns({ environment, signal }, await release());
  await expect(runs.deploy("syd", VERSION, "storage")).rejects.toMatchObject({
    code: "EXOS-E8012",
  });
  const asked = endpoint.asked.filter(({ what }) => what === "CreateChangeSet");
  expect(endpoint.asked.map(({ what }) => what)).toContain("CreateChangeSet");
  for (const { body } of asked) {
    expect(new URLSearchParams(body).get("ImportExistingResources")).toBe("true");
  }
}, 60_000);
