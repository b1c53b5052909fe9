import type { Secrets } from "#shared/ports/secrets.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { type AwsCaller, sendSigned } from "./signed-request.ts";

/** @throws TypeError when SSM answers with anything but a parameter */
function readValue(answer: { readonly Parameter?: { readonly Value?: unknown } }): string {
  const value = answer.Parameter?.Value;
  if (typeof value !== "string") throw new TypeError("the answer holds no value");
  return value;
}

/** A secret as it was last read. */
interface Read {
  readonly plain: string;
  /** Its ciphertext, which is another after each write; `undefined`: not read yet. */
  readonly sealed: string | undefined;
}

/**
 * Secrets as SecureStrings below one path: `GetParameter`, and nothing else of SSM. Who asks again is
 * given the ciphertext, for nothing; it is decrypted, which KMS bills, where it is another.
 * @param options `path` as `EXOS_SECRETS` has it
 */
export function createSsmSecrets({
  caller,
  path,
}: {
  readonly caller: AwsCaller;
  readonly path: string;
}): Secrets {
  const known = new Map<string, Read>();

  async function ask(name: string, WithDecryption: boolean): Promise<string> {
    const text = await sendSigned(
      {
        service: "ssm",
        contentType: "application/x-amz-json-1.1",
        target: "AmazonSSM.GetParameter",
        body: JSON.stringify({ Name: `${path}/${name}`, WithDecryption }),
      },
      caller,
    );
    return readValue(JSON.parse(text));
  }

  async function read(name: string): Promise<string> {
    const before = known.get(name);
    // The ciphertext first: a value that is written meanwhile is taken for another the next time.
    const sealed = before === undefined ? undefined : await ask(name, false);
    if (before !== undefined && before.sealed === sealed) return before.plain;
    const plain = await ask(name, true);
    known.set(name, { plain, sealed });
    return plain;
  }

  return {
    async get(name) {
      try {
        return await read(name);
      } catch (cause) {
        if (!(cause instanceof RangeError) || cause.name !== "ParameterNotFound") {
          throw awsFaultOf(cause, `reading the parameter ${path}/${name}`);
        }
        known.delete(name);
        return undefined;
      }
    },
  };
}
