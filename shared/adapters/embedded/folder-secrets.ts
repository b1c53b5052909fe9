import { open } from "node:fs/promises";
import { join } from "node:path";
import type { Secrets } from "#shared/ports/secrets.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** Rights of everybody else on the machine. */
const OTHERS = 0o007;
/** A secret is a line of text. */
const BYTES_MAX = 4_096;

/** Secrets as files of one folder, each named like its secret: for a machine that an operator keeps. */
export function createFolderSecrets({ folder }: { readonly folder: string }): Secrets {
  return {
    async get(name) {
      const path = join(folder, name);
      try {
        await using file = await open(path, "r");
        const { mode, size } = await file.stat();
        if ((mode & OTHERS) !== 0) {
          throw unusable(`${path} is open to everybody on this machine: chmod o-rwx ${path}`);
        }
        if (size > BYTES_MAX) throw unusable(`${path} is over ${BYTES_MAX} bytes: no secret is`);
        return (await file.readFile("utf8")).trim();
      } catch (cause) {
        if (cause instanceof StoreFault) throw cause;
        const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "";
        if (reason === "ENOENT") return undefined;
        throw unusable(`${path} cannot be read: ${reason || String(cause)}`, cause);
      }
    },
  };
}

/** A hand has to mend it; until then whoever holds the secret goes on with what it read before. */
function unusable(message: string, cause?: unknown): StoreFault {
  return new StoreFault(message, { retryable: false, code: "EXOS-E8020", cause });
}
