import type { Ban } from "#shared/ports/ban-list.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { banSubject, MemoryBanList } from "./memory-ban-list.ts";

/** A list on disk, and whether it was lost. */
export interface OpenedBans {
  readonly bans: MemoryBanList;
  /** The file was there and could not be understood: nobody is banned. */
  readonly damaged: boolean;
}

class DiskBanList extends MemoryBanList {
  readonly #path: string;
  #saving: Promise<void> = Promise.resolve();

  constructor(path: string, clock: Pick<Clock, "now">, bans: Iterable<Ban> = []) {
    super(clock, bans);
    this.#path = path;
  }

  /** One file at a time: the last one to be asked for is the last one written. */
  override save(): Promise<void> {
    const write = () => writeJsonFile(this.#path, this.list());
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }
}

/** The list that is kept in a file, or an empty one. @throws StoreFault when it cannot be read */
export async function openDiskBanList(
  path: string,
  clock: Pick<Clock, "now">,
): Promise<OpenedBans> {
  const file = await readJsonFile(path);
  if (file === undefined) return { bans: new DiskBanList(path, clock), damaged: false };
  const rows = file === "damaged" || !Array.isArray(file.value) ? undefined : file.value;
  const bans = rows?.map(parseBan).filter((ban) => ban !== undefined);
  const damaged = bans === undefined || bans.length !== rows?.length;
  return { bans: new DiskBanList(path, clock, bans), damaged };
}

function parseBan(value: unknown): Ban | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { subject, created, until, reason }: Partial<Record<keyof Ban, unknown>> = value;
  if (typeof subject !== "string" || banSubject(subject) !== subject) return undefined;
  const times = [created, until].every((time) => Number.isInteger(time) && Number(time) >= 0);
  if (!times || typeof reason !== "string") return undefined;
  return {
    subject,
    created: unixSeconds(Number(created)),
    until: unixSeconds(Number(until)),
    reason,
  };
}
