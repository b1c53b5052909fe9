import type { Ban } from "#shared/ports/ban-list.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { SavedState } from "#shared/ports/saved-state.ts";
import { unixSeconds } from "#shared/primitives/brand.ts";
import { jsonFile } from "./json-file.ts";
import { banSubject, MemoryBanList } from "./memory-ban-list.ts";

/** A list on disk, and whether it was lost. */
export interface OpenedBans {
  readonly bans: MemoryBanList;
  /** The file was there and could not be understood: nobody is banned. */
  readonly damaged: boolean;
}

class SavedBanList extends MemoryBanList {
  readonly #state: SavedState;
  #saving: Promise<void> = Promise.resolve();
  /** What is kept already, as text; `undefined`: nobody knows. */
  #kept: string | undefined;

  constructor(
    state: SavedState,
    clock: Pick<Clock, "now">,
    { bans, isKept }: { readonly bans: readonly Ban[]; readonly isKept: boolean },
  ) {
    super(clock, bans);
    this.#state = state;
    this.#kept = isKept ? JSON.stringify(bans) : undefined;
  }

  /** One at a time: the last one to be asked for is the last one written. */
  override save(): Promise<void> {
    const write = async () => {
      const bans = this.list();
      const text = JSON.stringify(bans);
      // Most saves find nobody banned since: in a city each write is an object put.
      if (text === this.#kept) return;
      await this.#state.write(bans);
      this.#kept = text;
    };
    this.#saving = this.#saving.then(write, write);
    return this.#saving;
  }
}

/** The list that is kept in a file. @throws StoreFault when it cannot be read */
export function openDiskBanList(path: string, clock: Pick<Clock, "now">): Promise<OpenedBans> {
  return openSavedBanList(jsonFile(path), clock);
}

/** The list that was kept, or an empty one. @throws StoreFault when it cannot be read */
export async function openSavedBanList(
  state: SavedState,
  clock: Pick<Clock, "now">,
): Promise<OpenedBans> {
  const saved = await state.read();
  if (saved === undefined) {
    return { bans: new SavedBanList(state, clock, { bans: [], isKept: true }), damaged: false };
  }
  const rows = saved === "damaged" || !Array.isArray(saved.value) ? undefined : saved.value;
  const bans = rows?.map(parseBan).filter((ban) => ban !== undefined) ?? [];
  const damaged = bans.length !== rows?.length;
  return { bans: new SavedBanList(state, clock, { bans, isKept: !damaged }), damaged };
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
