import { beforeEach, expect, it, vi } from "vitest";
import { openCannedEndpoint, xmlAnswer } from "../../support/aws/canned-endpoint.ts";
import { runInProcess } from "../../support/run-in-process.ts";

/** Of the city of `local`, whose facts are all there. */
const plan = (signal?: AbortSignal) =>
  runInProcess(["fleet", "plan", "--environment", "local"], signal && { signal });

beforeEach(() => {
  vi.stubEnv("AWS_CONFIG_FILE", "/none");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/none");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
  return () => vi.unstubAllEnvs();
});

it("compares with nothing without credentials, says so, and goes on", async () => {
  // As far as the synthesis, which hears the signal and takes seconds.
  const { err } = await plan(AbortSignal.abort());
  expect(err).toMatch(/^compared with nothing: asking whose credentials .*\nstopped; /);
});

it("ends with credentials of another account", async () => {
  await using endpoint = await openCannedEndpoint(({ what }) =>
    xmlAnswer(what, "<Account>111122223333</Account>"),
  );
  vi.stubEnv("AWS_ENDPOINT_URL", endpoint.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const { code, err } = await plan();
  expect(err).toMatch(/^EXOS-E8009 /);
  expect(code).toBe(1);
});
