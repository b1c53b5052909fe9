import { randomUUID } from "node:crypto";
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { platform } from "node:process";
import { type Refusal, refusal } from "#shared/primitives/refusal.ts";
import type { Result } from "#shared/primitives/result.ts";
import { KEYSTORE_BYTES_MAX } from "#shared/wallet/keystore-file.ts";
import { checkWalletName } from "#shared/wallet/wallet-name.ts";
import { storeFaultOf } from "./store-fault-of.ts";

/** Files of keystores in one folder. Every method throws StoreFault when the disk fails. */
export interface KeystoreDisk {
  /** Names, sorted; a folder that is not there has none. */
  names(): Promise<readonly string[]>;
  /** @returns refusals E5004, E5006, E5007, E5008 */
  read(name: string): Promise<Result<string, Refusal>>;
  /** A file that is there stays. @returns refusals E5005 to E5007 */
  write(name: string, text: string): Promise<Result<undefined, Refusal>>;
  /** In place of the file that is there; a kill leaves the one or the other. */
  replace(name: string, text: string): Promise<void>;
}

const EXTENSION = ".json";
/** Rights of group and others. */
const OTHERS = 0o077;

/** The keystores of one folder, which is made when the first is written. */
export function openKeystoreDisk(folder: string): KeystoreDisk {
  const pathOf = (name: string) => join(folder, `${name}${EXTENSION}`);
  return {
    async names() {
      const files = await attempt(folder, "listing the wallets", async () =>
        absentAs(readdir(folder), []),
      );
      const names = files.filter((file) => file.endsWith(EXTENSION));
      return names
        .map((file) => file.slice(0, -EXTENSION.length))
        .filter((name) => checkWalletName(name) === undefined)
        .toSorted();
    },
    async read(name) {
      const wrong = checkWalletName(name) ?? (await checkFolder(folder));
      if (wrong !== undefined) return { ok: false, error: wrong };
      const text = await readKeystoreFile(pathOf(name), { ownOnly: true });
      return text ?? refusal("EXOS-E5004", `There is no wallet ${name}.`, { wallet: name });
    },
    async write(name, text) {
      const wrong = checkWalletName(name);
      if (wrong !== undefined) return { ok: false, error: wrong };
      await attempt(folder, "making the folder of the wallets", () =>
        mkdir(folder, { recursive: true, mode: 0o700 }),
      );
      const open = await checkFolder(folder);
      if (open !== undefined) return { ok: false, error: open };
      const isNew = await writeNewFile(pathOf(name), text);
      return isNew
        ? { ok: true, value: undefined }
        : refusal("EXOS-E5005", `There is a wallet ${name} already.`, { wallet: name });
    },
    replace: (name, text) => replaceFile(pathOf(name), text),
  };
}

/**
 * The text of a keystore, wherever it lies.
 *
 * @param options `ownOnly`: refuse one that others may read, as a copy on a stick always may be
 * @returns nothing where there is no file; refusals E5007 and E5008
 */
export function readKeystoreFile(
  path: string,
  { ownOnly }: { readonly ownOnly: boolean },
): Promise<Result<string, Refusal> | undefined> {
  return attempt(path, "reading a keystore", async () => {
    const file = await absentAs(open(path, "r"), undefined);
    if (file === undefined) return undefined;
    try {
      const { mode, size } = await file.stat();
      if (ownOnly && isOpen(mode)) {
        const message = `Others may read it. Run: chmod 600 ${path}`;
        return refusal("EXOS-E5007", message, { path });
      }
      if (size > KEYSTORE_BYTES_MAX) {
        return refusal("EXOS-E5008", `${path} is too large for a keystore.`, { path, bytes: size });
      }
      return { ok: true, value: await file.readFile("utf8") };
    } finally {
      await file.close();
    }
  });
}

/**
 * Write a file that is not there yet, whole or not at all, for its owner alone.
 *
 * @returns whether there was none
 */
export function writeNewFile(path: string, text: string): Promise<boolean> {
  return attempt(path, "writing a keystore", async () => {
    const draft = `${path}.${randomUUID()}.new`;
    try {
      await using file = await open(draft, "wx", 0o600);
      await file.writeFile(text);
      await file.sync();
      // A link never replaces what is there, which a rename would.
      await link(draft, path);
    } catch (cause) {
      if (codeOf(cause) === "EEXIST") return false;
      throw cause;
    } finally {
      await rm(draft, { force: true });
    }
    await syncFolder(path);
    return true;
  });
}

function replaceFile(path: string, text: string): Promise<void> {
  return attempt(path, "writing a keystore", async () => {
    const draft = `${path}.${randomUUID()}.new`;
    try {
      await using file = await open(draft, "wx", 0o600);
      await file.writeFile(text);
      await file.sync();
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    await syncFolder(path);
  });
}

async function syncFolder(path: string): Promise<void> {
  if (platform === "win32") return;
  await using folder: FileHandle = await open(join(path, ".."), "r");
  await folder.sync();
}

/** @returns E5007 for a folder that others may look into */
async function checkFolder(folder: string): Promise<Refusal | undefined> {
  const found = await attempt(folder, "looking at the folder of the wallets", () =>
    absentAs(stat(folder), undefined),
  );
  if (found === undefined || !isOpen(found.mode)) return undefined;
  const message = `Others may look into the folder. Run: chmod 700 ${folder}`;
  return refusal("EXOS-E5007", message, { path: folder }).error;
}

function isOpen(mode: number): boolean {
  return platform !== "win32" && (mode & OTHERS) !== 0;
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

/** What a promise gives, or something else where there is no such file. */
async function absentAs<T, U>(promise: Promise<T>, absent: U): Promise<T | U> {
  try {
    return await promise;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return absent;
    throw cause;
  }
}

async function attempt<T>(path: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storeFaultOf(cause, path, doing);
  }
}
