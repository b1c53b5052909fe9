import { type FileHandle, open } from "node:fs/promises";
import { StoreFault } from "#shared/ports/store-fault.ts";

/** A chain file on disk, held open until it is disposed of. */
export interface DiskChainFile extends AsyncDisposable {
  readonly name: string;
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** @throws StoreFault `EXOS-E2003` when it does not exist, is no file or cannot be read */
export async function openDiskChainFile(path: string): Promise<DiskChainFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    throw new StoreFault(`${path} cannot be opened.`, {
      retryable: false,
      code: "EXOS-E2003",
      cause,
    });
  }
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw new StoreFault(`${path} is not a file.`, { retryable: false, code: "EXOS-E2003" });
  }
  return {
    name: path,
    sizeBytes: stat.size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, stat.size - offset)));
      let filled = 0;
      try {
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, undefined, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
      } catch (cause) {
        throw new StoreFault(`${path} cannot be read.`, {
          retryable: false,
          code: "EXOS-E2003",
          cause,
        });
      }
      return bytes.subarray(0, filled);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}
