import { asmOf } from "#services/rpc/views/asm.ts";
import { addressText } from "#services/rpc/views/network-names.ts";
import type { Network } from "#shared/consensus/params.ts";
import { hash160 } from "#shared/crypto/hashes.ts";
import { printAddress } from "#shared/script/address.ts";
import { classifyScript, type ScriptTemplate } from "#shared/script/classify-script.ts";

/** An output script as every dialect tells it. */
export interface ScriptView {
  readonly script: Uint8Array;
  readonly asm: string;
  /** Bitcoin Core's name of the template; cold staking has one of its own. */
  readonly type: string;
  readonly template: ScriptTemplate;
  /** The address that this script pays. */
  readonly address: string | undefined;
  /** Also those of bare keys, as older clients expect them. */
  readonly addresses: readonly string[];
}

export function viewScript(script: Uint8Array, network: Network): ScriptView {
  const template = classifyScript(script, network.consensus.dialect);
  const address = addressText(script, network);
  return {
    script,
    asm: asmOf(script, network),
    type: typeName(template),
    template,
    address,
    addresses: address === undefined ? keyAddresses(template, network) : [address],
  };
}

function keyAddresses(template: ScriptTemplate, { addresses }: Network): string[] {
  return keysOf(template).flatMap(
    (key) => printAddress({ kind: "p2pkh", hash: hash160(key) }, addresses) ?? [],
  );
}

function keysOf(template: ScriptTemplate): readonly Uint8Array[] {
  if (template.kind === "p2pk") return [template.publicKey];
  return template.kind === "multisig" ? template.publicKeys : [];
}

/** @source GetTxnOutputType, bitcoin/bitcoin script/solver.cpp (28.0) */
function typeName(template: ScriptTemplate): string {
  switch (template.kind) {
    case "p2pk":
      return "pubkey";
    case "p2pkh":
      return "pubkeyhash";
    case "p2sh":
      return "scripthash";
    case "witness":
      return witnessName(template.version, template.program);
    case "multisig":
    case "nulldata":
    case "coldstaking":
    case "nonstandard":
      return template.kind;
  }
}

function witnessName(version: number, program: Uint8Array): string {
  if (version === 0 && program.length === 20) return "witness_v0_keyhash";
  if (version === 0 && program.length === 32) return "witness_v0_scripthash";
  if (version === 1 && program.length === 32) return "witness_v1_taproot";
  if (version === 1 && program[0] === 0x4e && program[1] === 0x73 && program.length === 2) {
    return "anchor";
  }
  return "witness_unknown";
}
