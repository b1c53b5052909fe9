import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import type { HeaderRecord } from "#shared/consensus/header-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { compactBits, height, unixSeconds } from "#shared/primitives/brand.ts";

/** A record of a parent, made of genesis and what a rule reads. */
export function parentRecord(change: {
  readonly height?: number;
  readonly times?: readonly number[];
  readonly last?: HeaderRecord["context"]["last"];
  readonly deployments?: HeaderRecord["context"]["deployments"];
}): HeaderRecord {
  const genesis = genesisRecord(exosRegtest);
  const times = (change.times ?? [1000]).map(unixSeconds);
  return {
    ...genesis,
    height: height(change.height ?? 100),
    header: { ...genesis.header, time: times.at(-1) ?? unixSeconds(0) },
    context: {
      times,
      last: change.last ?? genesis.context.last,
      deployments: change.deployments ?? genesis.context.deployments,
    },
  };
}

/** A point of a ladder. */
export function point(bits: number, time: number) {
  return { bits: compactBits(bits), time: unixSeconds(time) };
}
