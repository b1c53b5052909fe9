import { describe, expect, it } from "vitest";
import { programEnvironment } from "#services/cli/cloud/local-endpoint.ts";

const endpoint = { kind: "given", url: "http://127.0.0.1:4566", certificate: undefined } as const;

describe("the environment of a program that works on a local endpoint", () => {
  it("takes nothing of the operator's that could lead it to AWS", () => {
    const ours = {
      PATH: "/bin",
      HOME: "/home/operator",
      AWS_PROFILE: "production",
      AWS_ENDPOINT_URL_DYNAMODB: "https://dynamodb.us-east-1.amazonaws.com",
      AWS_ACCESS_KEY_ID: "AKIAREAL",
      AWS_SESSION_TOKEN: "token",
      AWS_CONFIG_FILE: "/home/operator/.aws/config",
      HTTPS_PROXY: "http://proxy:1",
    };
    const made = programEnvironment(endpoint, { home: "/own", ours });
    expect(made).toEqual({
      PATH: "/bin",
      HOME: "/own",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
    });
  });

  it("trusts an endpoint that signed itself", () => {
    const signed = { ...endpoint, url: "https://127.0.0.1:1", certificate: "/own/cert.pem" };
    const made = programEnvironment(signed, { home: "/own", ours: {} });
    expect(made["NODE_EXTRA_CA_CERTS"]).toBe("/own/cert.pem");
  });
});
