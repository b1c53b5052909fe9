import { formatNetwork } from "#shared/consensus/format-network.ts";
import { genesisBlockOf } from "#shared/consensus/genesis-record.ts";
import {
  fault,
  isObject,
  type NetworkFault,
  type Place,
} from "#shared/consensus/network-fields.ts";
import { networkShape } from "#shared/consensus/network-shape.ts";
import { NETWORKS } from "#shared/consensus/networks.ts";
import type { ConsensusParams, Network } from "#shared/consensus/params.ts";
import { equalBytes } from "#shared/primitives/bytes.ts";
import { toHashHex } from "#shared/primitives/hash.ts";
import type { Result } from "#shared/primitives/result.ts";

/**
 * A private network from JSON of the form that `formatNetwork` writes. With `base`, the name of a
 * built-in network, only what differs from it need be there; lists are replaced whole, and null
 * takes a field away.
 *
 * @returns every fault that was found, each with the path of its field
 */
export function parseNetwork(json: unknown): Result<Network, readonly NetworkFault[]> {
  const place: Place = { path: "", faults: [] };
  const whole = withBase(json, place);
  const box = whole === undefined ? undefined : networkShape(whole, place);
  if (box !== undefined && place.faults.length === 0) checkNetwork(box[0], place);
  return box === undefined || place.faults.length > 0
    ? { ok: false, error: place.faults }
    : { ok: true, value: box[0] };
}

/** The JSON with what it leaves out, and without the word that says so. */
function withBase(json: unknown, place: Place): unknown {
  if (!isObject(json) || !("base" in json)) return json;
  const { base, ...rest } = json;
  const network = typeof base === "string" ? NETWORKS[base] : undefined;
  if (network !== undefined) return merge(formatNetwork(network), rest);
  const names = Object.keys(NETWORKS).join(", ");
  return fault({ ...place, path: "base" }, `must be one of ${names}`);
}

function merge(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  const names = new Set([...Object.keys(base), ...Object.keys(change)]);
  return Object.fromEntries(
    [...names].map((name) => [name, name in change ? merge(base[name], change[name]) : base[name]]),
  );
}

/** What no field shows by itself. */
function checkNetwork({ name, consensus }: Network, { faults }: Place): void {
  const at = (path: string, reason: string) => fault({ path, faults }, reason);
  if (name in NETWORKS) at("name", "is the name of a built-in network");
  checkDialect(consensus, at);
  checkGenesis(consensus, at);
  const { deploymentWindow, checkpoints, pinnedSets, stake } = consensus;
  if (deploymentWindow.threshold > deploymentWindow.blocks) {
    at("consensus.deploymentWindow.threshold", "must not be more than the window has blocks");
  }
  if (!isAscending(checkpoints.map(({ height }) => height))) {
    at("consensus.checkpoints", "must ascend by height");
  }
  if (!isAscending(pinnedSets.map(({ height }) => height))) {
    at("consensus.pinnedSets", "must ascend by height");
  }
  const depths = stake?.depth.map(({ from }) => from) ?? [0];
  if (depths[0] !== 0 || !isAscending(depths)) {
    at("consensus.stake.depth", "must begin at height 0 and ascend");
  }
}

type Report = (path: string, reason: string) => undefined;

/** The rules of each dialect are known on its own wire and with its own proofs only. */
function checkDialect({ dialect, wire, stake, work }: ConsensusParams, at: Report): void {
  const isExos = dialect === "exos";
  if (wire.transactionTime !== isExos) {
    at("consensus.wire.transactionTime", `must be ${isExos} in the dialect "${dialect}"`);
  }
  if (wire.blockSignature !== isExos) {
    at("consensus.wire.blockSignature", `must be ${isExos} in the dialect "${dialect}"`);
  }
  if ((stake !== undefined) !== isExos) {
    at("consensus.stake", `must be ${isExos ? "there" : "absent"} in the dialect "${dialect}"`);
  }
  if (!isExos && work.retarget) {
    at("consensus.work.retarget", 'must be false in the dialect "bitcoin"');
  }
}

function checkGenesis(consensus: ConsensusParams, at: Report): void {
  const decoded = genesisBlockOf(consensus);
  if (!decoded.ok) {
    at("consensus.genesis.raw", `is no block: ${decoded.error.message}`);
    return;
  }
  const { hash, header } = decoded.value;
  if (!equalBytes(hash, consensus.genesis.hash)) {
    at("consensus.genesis.hash", `must be the hash of raw, ${toHashHex(hash)}`);
  }
  if (header.bits !== consensus.genesisBits) {
    at("consensus.genesisBits", `must be those of raw, ${header.bits.toString(16)}`);
  }
}

function isAscending(numbers: readonly number[]): boolean {
  let before = -1;
  for (const number of numbers) {
    if (number <= before) return false;
    before = number;
  }
  return true;
}
