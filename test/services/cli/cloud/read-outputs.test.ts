import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CITY_OUTPUTS, type CityStack } from "#regions/city-outputs.ts";
import { localUrlOf } from "#services/cli/cloud/ask-city.ts";
import { cityVariables, readOutputs } from "#services/cli/cloud/read-outputs.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const prefix = "exos-local-loc";
const STACKS = ["storage", "rpc"] as const satisfies readonly CityStack[];
const wanted = {
  prefix,
  wanted: STACKS.map((stack) => [stack, Object.keys(CITY_OUTPUTS[stack])] as const),
};

function outputsFile(leftOut?: string): string {
  const printed = (stack: CityStack) =>
    Object.keys(CITY_OUTPUTS[stack])
      .filter((name) => name !== leftOut)
      .map((name) => [name, `the ${name}`] as const);
  const all = STACKS.map(
    (stack) => [`${prefix}-${stack}`, Object.fromEntries(printed(stack))] as const,
  );
  const file = join(temporaryFolder(), "outputs.json");
  writeFileSync(file, JSON.stringify(Object.fromEntries(all)));
  return file;
}

describe("what the stacks of a city print", () => {
  it("is read as one, and as the variables that a task is given", async () => {
    const outputs = await readOutputs(outputsFile(), wanted);
    expect(outputs["RpcUrl"]).toBe("the RpcUrl");
    expect(cityVariables(outputs)).toEqual({
      EXOS_TABLE_CHAIN: "the ExosTableChain",
      EXOS_TABLE_COINS: "the ExosTableCoins",
      EXOS_TABLE_INDEX: "the ExosTableIndex",
      EXOS_TABLE_POOL: "the ExosTablePool",
      EXOS_BUCKET_CHAIN: "the ExosBucketChain",
    });
  });

  it("is refused when something of it is missing, by its name", async () => {
    await expect(readOutputs(outputsFile("RpcUrl"), wanted)).rejects.toMatchObject({
      code: "EXOS-E8183",
      message: "the stacks do not print rpc.RpcUrl",
    });
  });

  it("names a URL of AWS, which is answered at the endpoint by its id", () => {
    const url = "https://abc123.lambda-url.us-east-1.on.aws/";
    const at = "http://127.0.0.1:4566";
    expect(localUrlOf({ kind: "ministack", url: at }, url)).toBe(`${at}/_aws/lambda-url/abc123`);
    // The name that LocalStack prints is none: its last part is taken for a number of an address.
    const printed = "http://abc123.lambda-url.us-east-1.127.0.0.1:4566/";
    expect(localUrlOf({ kind: "localstack", url: at }, printed)).toBe(
      "http://abc123.lambda-url.us-east-1.localhost.localstack.cloud:4566",
    );
  });
});
