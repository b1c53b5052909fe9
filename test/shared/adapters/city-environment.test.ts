import { describe, expect, it } from "vitest";
import { awsFaultOf } from "#shared/adapters/aws/aws-fault.ts";
import { readCityEnvironment } from "#shared/adapters/aws/city-environment.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

describe("the environment of a part of a city", () => {
  it("gives the names that were asked for and no others", () => {
    const environment = { EXOS_CITY: "syd", EXOS_TABLE_CHAIN: "c", PATH: "/bin" };
    expect(readCityEnvironment(environment, ["EXOS_CITY"])).toEqual({ EXOS_CITY: "syd" });
  });

  it("names everything that is missing or malformed in one fault", () => {
    const read = () =>
      readCityEnvironment({ EXOS_CITY: "Sydney" }, ["EXOS_CITY", "EXOS_TABLE_CHAIN"]);
    expect(read).toThrow('EXOS_CITY is malformed: "Sydney"; EXOS_TABLE_CHAIN is missing');
    expect(read).toThrow(expect.objectContaining({ code: "EXOS-E8101", retryable: false }));
  });

  it("takes names of releases that registries take, and no others", () => {
    const read = (release: string) =>
      readCityEnvironment({ EXOS_RELEASE: release }, ["EXOS_RELEASE"]);
    for (const name of ["0.1.0-20261122T191922", "unreleased", "x".repeat(64)]) {
      expect(read(name)).toEqual({ EXOS_RELEASE: name });
    }
    for (const name of ["1.0+5", "v1/x", ".1", "x".repeat(65)]) {
      expect(() => read(name), name).toThrow("EXOS_RELEASE is malformed");
    }
  });

  const LONDON = { EXOS_ENVIRONMENT: "prod", EXOS_CITY: "lon" };
  it.each([
    ["EXOS_TABLE_CHAIN", "exos-prod-lon-chain", ["exos-prod-syd-chain", "exos-test-lon-chain"]],
    ["EXOS_TABLE_COINS", "exos-prod-lon-coins", ["exos-prod-syd-coins", "exos-prod-lonc-coins"]],
    ["EXOS_BUCKET_CHAIN", "exos-prod-lon-1-chain", ["exos-prod-syd-1-chain", "chain"]],
    [
      "EXOS_QUEUE_CONNECT",
      "https://sqs.example/1/exos-prod-lon-connect.fifo",
      ["https://sqs.example/1/exos-prod-syd-connect.fifo", "https://exos-prod-lon-x.example/1/q"],
    ],
    [
      "EXOS_TOPIC_FOLLOW",
      "arn:aws:sns:x:1:exos-prod-lon-follow",
      ["arn:aws:sns:x:1:exos-prod-syd-follow"],
    ],
    [
      "EXOS_TOPIC_ALARMS",
      "arn:aws:sns:x:1:exos-prod-lon-alarms",
      ["arn:aws:sns:x:1:exos-prod-syd-alarms"],
    ],
    ["EXOS_FUNCTION_SIGN", "exos-prod-lon-stake-sign", ["exos-prod-syd-stake-sign"]],
    ["EXOS_SERVICE_INGEST", "exos-prod-lon/ingest", ["exos-prod-syd/ingest", "exos-prod-lona/i"]],
  ] as const)("takes %s as the city's own, and no other city's", (name, right, wrong) => {
    expect(readCityEnvironment({ ...LONDON, [name]: right }, [name])).toEqual({ [name]: right });
    for (const value of wrong) {
      const read = () => readCityEnvironment({ ...LONDON, [name]: value }, ["EXOS_CITY", name]);
      expect(read, value).toThrow(`${name} is "${value}", which is not of exos-prod-lon`);
      expect(read).toThrow(expect.objectContaining({ code: "EXOS-E8101", retryable: false }));
    }
  });

  it("names a city on an endpoint of one's own, whatever environment it acts as", () => {
    const environment = { ...LONDON, EXOS_TABLE_CHAIN: "exos-local-lon-chain" };
    const names = ["EXOS_ENVIRONMENT", "EXOS_TABLE_CHAIN"] as const;
    expect(readCityEnvironment(environment, names)["EXOS_ENVIRONMENT"]).toBe("prod");
  });

  it.each([
    ["EXOS_TABLE_CHAIN", "t".repeat(255), ["", "t".repeat(256)]],
    ["EXOS_QUEUE_BLOCKS", "http://127.0.0.1:9/blocks", ["blocks", "//host/blocks"]],
    ["EXOS_TOPIC_FOLLOW", "arn:aws:sns:x:1:follow", ["follow", " arn:aws:sns:x:1:follow"]],
    ["EXOS_TOPIC_ALARMS", "arn:aws:sns:x:1:alarms", ["alarms", "arn"]],
    ["EXOS_SEED_NAME", "syd.seed.exos.example", ["syd_seed", "syd..example", "-syd.example"]],
    [
      "EXOS_SEED_ADDRESSES",
      "192.0.2.1,192.0.2.2",
      ["192.0.2", "192.0.2.1,", "192.0.2.1, 192.0.2.2"],
    ],
    ["EXOS_FLEET_CITIES", "syd,lon", ["syd,", "syd, lon", "sydney"]],
    ["EXOS_ANSWERS", "whole", ["wholes", "in pieces"]],
    ["EXOS_SECRETS", "/exos/prod/syd", ["exos/prod/syd"]],
  ] as const)("takes %s as %s alone is", (name, right, wrong) => {
    expect(readCityEnvironment({ [name]: right }, [name])).toEqual({ [name]: right });
    for (const value of wrong) {
      const read = () => readCityEnvironment({ [name]: value }, [name]);
      expect(read, value).toThrow(`${name} is malformed: "${value}"`);
    }
  });
});

describe("a failed request to AWS", () => {
  it.each([
    ["ProvisionedThroughputExceededException", "EXOS-E8100", true],
    ["TimeoutError", "EXOS-E8100", true],
    ["ResourceNotFoundException", "EXOS-E8102", false],
    ["PermanentRedirect", "EXOS-E8102", false],
    ["ExpiredTokenException", "EXOS-E8103", false],
    ["InvalidSignatureException", "EXOS-E8103", false],
    ["AuthorizationHeaderMalformed", "EXOS-E8103", false],
    ["AuthFailure", "EXOS-E8103", false],
    ["OptInRequired", "EXOS-E8103", false],
    ["RequestExpired", "EXOS-E8103", false],
    ["RequestTimeTooSkewed", "EXOS-E8103", false],
    ["InvalidToken", "EXOS-E8103", false],
    ["AccessDeniedException", "EXOS-E8104", false],
    ["AuthorizationErrorException", "EXOS-E8104", false],
    ["DisabledException", "EXOS-E8104", false],
    ["KMSDisabledException", "EXOS-E8104", false],
    ["InvalidKeyUsageException", "EXOS-E8105", false],
    ["ValidationException", "EXOS-E8105", false],
  ])("named %s is %s", (name, code, retryable) => {
    const cause = Object.assign(new Error("said"), { name });
    const fault = awsFaultOf(cause, "reading the tip");
    expect(fault).toMatchObject({ code, retryable, cause });
    expect(fault.message).toBe(`reading the tip: ${name}, said`);
  });

  it("that is a fault already passes unchanged", () => {
    const fault = new StoreFault("x", { retryable: true });
    expect(awsFaultOf(fault, "reading")).toBe(fault);
  });
});
