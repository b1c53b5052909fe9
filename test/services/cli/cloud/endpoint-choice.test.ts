import { describe, expect, it } from "vitest";
import { endpointChoice } from "#services/cli/cloud/endpoint-choice.ts";

const yes = "true";

describe("what a local city stands on", () => {
  it("is MiniStack with functions of its own, unless something else is asked for", () => {
    expect(endpointChoice({}, {})).toEqual({ localstack: false, driven: false });
    expect(endpointChoice({ drive: yes }, {})).toEqual({ localstack: false, driven: true });
    expect(endpointChoice({ localstack: yes }, {})).toEqual({ localstack: true, driven: true });
    const given = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };
    expect(endpointChoice({ drive: yes }, given)).toEqual({ localstack: false, driven: true });
  });

  it.each([
    [{ localstack: yes }, { AWS_ENDPOINT_URL: "http://x" }, "AWS_ENDPOINT_URL names another one"],
    [{ drive: yes, roles: yes }, {}, "--drive runs them here"],
    [{ localstack: yes, roles: yes }, {}, "--localstack runs them here"],
  ])("is refused where options exclude each other: %j %j", (options, environment, said) => {
    expect(() => endpointChoice(options, environment)).toThrow(said);
  });
});
