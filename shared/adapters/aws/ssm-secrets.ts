import type { Secrets } from "#shared/ports/secrets.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { type AwsCaller, sendSigned } from "./signed-request.ts";

/** @throws TypeError when SSM answers with anything but a parameter */
function readValue(answer: { readonly Parameter?: { readonly Value?: unknown } }): string {
  const value = answer.Parameter?.Value;
  if (typeof value !== "string") throw new TypeError("the answer holds no value");
  return value;
}

/**
 * Secrets as SecureStrings below one path: `GetParameter`, and nothing else of SSM.
 * @param options `path` as `EXOS_SECRETS` has it
 */
export function createSsmSecrets({
  caller,
  path,
}: {
  readonly caller: AwsCaller;
  readonly path: string;
}): Secrets {
  return {
    async get(name) {
      const Name = `${path}/${name}`;
      try {
        const text = await sendSigned(
          {
            service: "ssm",
            contentType: "application/x-amz-json-1.1",
            target: "AmazonSSM.GetParameter",
            body: JSON.stringify({ Name, WithDecryption: true }),
          },
          caller,
        );
        return readValue(JSON.parse(text));
      } catch (cause) {
        if (cause instanceof RangeError && cause.name === "ParameterNotFound") return undefined;
        throw awsFaultOf(cause, `reading the parameter ${Name}`);
      }
    },
  };
}
