import { dealGroups } from "#services/cli/fleet/deal-groups.ts";
import type { CityReport, FleetControl } from "#services/rpc/deps.ts";
import { genesisRecord } from "#shared/consensus/genesis-record.ts";
import { exosRegtest } from "#shared/consensus/networks/exos-regtest.ts";
import { type HashHex, height, unixSeconds } from "#shared/primitives/brand.ts";
import { parseHashHex } from "#shared/primitives/hash.ts";

const { header: HEADER } = genesisRecord(exosRegtest);

/** A hash that reads as this number. */
function hashOf(number: number): HashHex {
  const hash = parseHashHex(number.toString(16).padStart(64, "0"));
  if (hash === undefined) throw new RangeError(`${number} makes no hash`);
  return hash;
}

/** A city that stands at the end of a chain whose blocks are these numbers, from genesis. */
export function cityAt(city: string, chain: readonly number[] | undefined): CityReport {
  const hashes = (chain ?? []).map(hashOf);
  const at = hashes.length - 1;
  const hash: HashHex | undefined = hashes[at];
  const header = { ...HEADER, time: unixSeconds(1_000 + 16 * at) };
  return {
    city,
    name: city.toUpperCase(),
    latitude: 1.5,
    longitude: -2.5,
    provider: "test",
    placement: "simulated",
    phase: hash === undefined ? "opening" : "ready",
    tip:
      hash === undefined ? undefined : { hash, height: height(at), work: BigInt(at + 1), header },
    peers: { inbound: 2, outbound: 1 },
    version: "0.0.0-test",
    hashAt: async (asked) => hashes[asked],
  };
}

/** Cities that stand still. */
export function fixedFleet(reports: readonly CityReport[]): FleetControl {
  const codes = reports.map(({ city }) => city);
  let groups: readonly (readonly string[])[] = [codes];
  return {
    cities: async () => reports,
    partition(first, second) {
      const dealt = dealGroups(codes, [first, second]);
      if (dealt.ok) groups = dealt.value;
      return dealt;
    },
    heal() {
      groups = [codes];
    },
    groups: () => groups,
  };
}
