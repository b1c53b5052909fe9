import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSsmSecrets } from "#shared/adapters/aws/ssm-secrets.ts";
import { createFolderSecrets } from "#shared/adapters/embedded/folder-secrets.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { secretsContract } from "./secrets.contract.ts";

function folderHolding(secrets: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, value] of Object.entries(secrets)) {
    writeFileSync(join(folder, name), `${value}\n`, { mode: 0o600 });
  }
  return folder;
}

describe("secrets in a folder", () => {
  secretsContract(async (secrets) => createFolderSecrets({ folder: folderHolding(secrets) }));

  it("are read anew each time, so that a rotation needs no restart", async () => {
    const folder = folderHolding({ "edge-key": "one" });
    const secrets = createFolderSecrets({ folder });
    expect(await secrets.get("edge-key")).toBe("one");
    writeFileSync(join(folder, "edge-key"), "two");
    expect(await secrets.get("edge-key")).toBe("two");
  });

  it("are refused where others may read them, with what to do", async () => {
    const folder = folderHolding({ "edge-key": "one" });
    chmodSync(join(folder, "edge-key"), 0o604);
    const read = createFolderSecrets({ folder }).get("edge-key");
    await expect(read).rejects.toThrow(/chmod o-rwx .*edge-key/);
    await expect(read).rejects.toMatchObject({ code: "EXOS-E8020" });
    await expect(read).rejects.toBeInstanceOf(StoreFault);
  });

  it("are refused where there is no file of one, or far too much in it", async () => {
    const folder = folderHolding({ "edge-key": "x".repeat(4_097) });
    mkdirSync(join(folder, "edge-key-next"), { mode: 0o700 });
    const secrets = createFolderSecrets({ folder });
    await expect(secrets.get("edge-key")).rejects.toThrow("over 4096 bytes");
    await expect(secrets.get("edge-key-next")).rejects.toThrow("EISDIR");
  });
});

const CALLER = {
  region: async () => "eu-west-2",
  keys: async () => ({ accessKeyId: "AKID", secretAccessKey: "secret" }),
  wallMs: () => 0,
};

describe("secrets of SSM", () => {
  it("are decrypted where their ciphertext is another, also after they were away", async () => {
    const asked: boolean[] = [];
    let held: { readonly plain: string; readonly sealed: string } | undefined;
    const secrets = createSsmSecrets({
      path: "/exos/prod/syd",
      caller: {
        ...CALLER,
        async fetch(_, { body }) {
          const { WithDecryption } = JSON.parse(String(body));
          asked.push(WithDecryption);
          if (held === undefined) {
            return new Response('{"__type":"com.amazonaws.ssm#ParameterNotFound"}', {
              status: 400,
            });
          }
          return Response.json({ Parameter: { Value: WithDecryption ? held.plain : held.sealed } });
        },
      },
    });
    const get = async () => {
      asked.length = 0;
      return [await secrets.get("edge-key"), ...asked];
    };
    expect(await get()).toEqual([undefined, true]);
    held = { plain: "one", sealed: "1" };
    expect(await get()).toEqual(["one", true]);
    expect(await get()).toEqual(["one", false, true]);
    expect(await get()).toEqual(["one", false]);
    held = { plain: "two", sealed: "2" };
    expect(await get()).toEqual(["two", false, true]);
    held = undefined;
    expect(await get()).toEqual([undefined, false]);
    // Under the same ciphertext no other value comes back; under the same version one may.
    held = { plain: "three", sealed: "3" };
    expect(await get()).toEqual(["three", true]);
  });

  secretsContract(async (held) =>
    createSsmSecrets({
      path: "/exos/prod/syd",
      caller: {
        ...CALLER,
        async fetch(_, { body }) {
          const { Name } = JSON.parse(String(body));
          const value = held[String(Name).replace("/exos/prod/syd/", "")];
          if (value !== undefined) return Response.json({ Parameter: { Value: value } });
          return new Response('{"__type":"com.amazonaws.ssm#ParameterNotFound"}', { status: 400 });
        },
      },
    }),
  );
});
