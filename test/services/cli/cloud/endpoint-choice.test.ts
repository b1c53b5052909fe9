import { describe, expect, it } from "vitest";
import { endpointChoice } from "#services/cli/cloud/endpoint-choice.ts";

const yes = "true";
const noDocker = async () => undefined;
const docker = async () => "/var/run/docker.sock";
const given = { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" };

describe("what a local city stands on", () => {
  it("is MiniStack with functions of its own, unless something else is asked for", async () => {
    const choice = (options: Record<string, string>, environment = {}) =>
      endpointChoice(options, environment, docker);
    expect(await choice({})).toEqual({ localstack: false, driven: false });
    expect(await choice({ drive: yes })).toEqual({ localstack: false, driven: true });
    expect(await choice({ drive: yes }, given)).toEqual({ localstack: false, driven: true });
  });

  it("is LocalStack with its functions where a Docker daemon answers, or where it is told to", async () => {
    const driven = async (more: Record<string, string>, engine: typeof docker | typeof noDocker) =>
      (await endpointChoice({ localstack: yes, ...more }, {}, engine)).driven;
    expect(await driven({}, noDocker)).toBe(true);
    expect(await driven({}, docker)).toBe(false);
    expect(await driven({ functions: yes }, noDocker)).toBe(false);
    expect(await driven({ drive: yes }, docker)).toBe(true);
  });

  it.each([
    [{ localstack: yes }, given, "AWS_ENDPOINT_URL names another one"],
    [{ drive: yes, roles: yes }, {}, "--drive runs them here"],
    [{ localstack: yes, roles: yes }, {}, "LocalStack lets every call pass"],
    [{ functions: yes }, {}, "--functions is about LocalStack"],
    [{ localstack: yes, functions: yes, drive: yes }, {}, "--drive runs them here"],
  ])("is refused where options exclude each other: %j %j", async (options, environment, said) => {
    await expect(endpointChoice(options, environment, noDocker)).rejects.toThrow(said);
  });
});
