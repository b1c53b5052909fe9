import { expect, it } from "vitest";
import type { AwsCity } from "#infra/city-context.ts";
import { refuseTwins } from "#infra/refuse-twins.ts";
import { london } from "#regions/london.ts";
import { sydney } from "#regions/sydney.ts";

/** London, in a region of its own or in Sydney's. */
function londonIn(region: AwsCity["host"]["region"], virtual?: true): AwsCity {
  const { host } = london;
  if (host.kind !== "aws") throw new RangeError("London is a city on AWS");
  return { ...london, host: { ...host, region, ...(virtual && { virtual }) } };
}
const first = { ...londonIn("ap-southeast-2"), code: sydney.code };

it("refuses a second city in a region that is not marked as one", () => {
  expect(() => refuseTwins([first, londonIn("ap-southeast-2")])).toThrow(
    "City lon is in ap-southeast-2, as syd is: another region, or virtual: true.",
  );
});

it.each([
  ["in another region", londonIn("eu-west-2")],
  ["that is marked", londonIn("ap-southeast-2", true)],
])("takes a second city %s", (_, second) => {
  expect(() => refuseTwins([first, second])).not.toThrow();
});
