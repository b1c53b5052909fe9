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
    expect(await choice({})).toEqual({ localstack: false, driven: false, unguarded: undefined });
    expect(await choice({ roles: yes })).toEqual(await choice({}));
    expect(await choice({}, given)).toMatchObject({ localstack: false, driven: false });
    expect(await choice({ drive: yes })).toMatchObject({ localstack: false, driven: true });
    expect(await choice({ drive: yes }, given)).toMatchObject({ localstack: false, driven: true });
  });

  it.each([
    [{}, given, "runs already"],
    [{ drive: yes }, {}, "--drive runs the functions here"],
    [{ localstack: yes }, {}, "LocalStack lets every call pass"],
  ])("says why roles are not enforced there: %j %j", async (options, environment, why) => {
    const { unguarded } = await endpointChoice(options, environment, noDocker);
    expect(unguarded).toContain(why);
    const roles = endpointChoice({ ...options, roles: yes }, environment, noDocker);
    await expect(roles).rejects.toThrow(why);
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
    [{ functions: yes }, {}, "--functions is about LocalStack"],
    [{ localstack: yes, functions: yes, drive: yes }, {}, "--drive runs them here"],
  ])("is refused where options exclude each other: %j %j", async (options, environment, said) => {
    await expect(endpointChoice(options, environment, noDocker)).rejects.toThrow(said);
  });
});
